namespace HybridControl.Solvers;

/// <summary>How a one-step method chooses its next step: h (safety) error^-a (last error)^beta, within bounds.</summary>
/// <param name="Beta">Weight of the last error; zero for a controller without memory.</param>
/// <param name="Safety">Part of the step that the estimate would allow.</param>
/// <param name="LargestGrowth">Bound of the factor upward.</param>
/// <param name="LargestCut">Bound of the factor downward.</param>
/// <remarks>K. Gustafsson, ACM Trans. Math. Softw. 17 (1991), 533-554.</remarks>
internal readonly record struct StepControl(double Beta, double Safety, double LargestGrowth, double LargestCut)
{
    /// <summary>Hairer's constants for DOPRI5.</summary>
    public static StepControl Default { get; } = new(0.04, 0.9, 10.0, 0.2);

    /// <summary>Hairer's constants for DOP853: high orders live well without memory.</summary>
    public static StepControl HighOrder { get; } = new(0.0, 0.9, 6.0, 0.333);
}
