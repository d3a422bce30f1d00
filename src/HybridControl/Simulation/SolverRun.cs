namespace HybridControl.Simulation;

/// <summary>One run of a <see cref="SolverComparison"/>.</summary>
/// <param name="Solver">Name of the method.</param>
/// <param name="Tolerance">Relative tolerance; the step in seconds of a method of fixed step.</param>
/// <param name="Status">How the run ended.</param>
/// <param name="Reason">Why it failed or differs from the reference; empty where it did not.</param>
/// <param name="Error">Largest error of a state over the instants compared; NaN where there is nothing to compare.</param>
/// <param name="EventError">Largest difference in seconds of the time of a jump; NaN without jumps.</param>
/// <param name="Statistics">What it cost.</param>
/// <param name="Seconds">Least time of a run, recording jumps only; NaN where it did not reach its end.</param>
/// <remarks>
/// The error of a state is relative to its largest value in the reference, or to the ratio of absolute to relative tolerance where that
/// is larger. Instants between a jump of the run and the same jump of the reference are not compared: the difference there is the jump,
/// and <paramref name="EventError"/> says how far apart they are.
/// </remarks>
public sealed record SolverRun(
    string Solver, double Tolerance, RunStatus Status, string Reason, double Error, double EventError, RunStatistics Statistics, double Seconds)
{
    /// <summary>Whether the run reached its end with the jumps of the reference, so that its error means something.</summary>
    public bool IsComparable => double.IsFinite(Error) && double.IsFinite(Seconds);
}
