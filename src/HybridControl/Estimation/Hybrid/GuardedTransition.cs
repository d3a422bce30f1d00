using HybridControl.Symbolics;

namespace HybridControl.Estimation;

/// <summary>A jump that a multiple-model estimator takes where the states are beyond a guard.</summary>
/// <param name="From">Number of the mode it leaves.</param>
/// <param name="To">Number of the mode it enters; the same for a jump within a mode.</param>
/// <param name="Guard">Where it jumps: comparisons of expressions of states and time, joined by &amp;. For a guard with | give two transitions.</param>
public sealed record GuardedTransition(int From, int To, Condition Guard)
{
    /// <summary>Standard deviation of the threshold of each comparison, in its units; zero, the default, for a sharp guard.</summary>
    public double Deviation { get; init; }

    /// <summary>How the threshold scatters.</summary>
    public ThresholdLaw Law { get; init; }

    /// <summary>States that are reset, with what they become, expressions of the states before; the others keep their values.</summary>
    public IReadOnlyList<(string State, Expr Value)> Reset { get; init; } = [];
}
