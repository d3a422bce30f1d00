namespace HybridControl.Simulation;

/// <summary>The run that a <see cref="SolverComparison"/> takes for the truth.</summary>
/// <param name="Solver">Name of its method.</param>
/// <param name="Tolerance">Its relative tolerance.</param>
/// <param name="CheckedBy">A second method that was run at the same tolerance; empty where no second one reached the end.</param>
/// <param name="Uncertainty">
/// Difference of the two, measured as an error; from the method's own tightest run where there is no second. Errors below are not
/// resolved.
/// </param>
public sealed record SolverReference(string Solver, double Tolerance, string CheckedBy, double Uncertainty);
