using System.Collections.Immutable;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Which combinations of states the measurements can tell, and how well.</summary>
/// <remarks>Immutable; equality is by reference.</remarks>
public sealed class ObservabilityReport
{
    internal ObservabilityReport()
    {
    }

    /// <summary>Names of the n states.</summary>
    public required ImmutableArray<string> States { get; init; }

    /// <summary>The dimension of what can be seen; n if everything can.</summary>
    public required int Rank { get; init; }

    /// <summary>
    /// The n singular values of the stacked matrix [H; HF; HFF; ...], largest first, in scaled units; their squares are the eigenvalues of
    /// the Gramian.
    /// </summary>
    public required ImmutableArray<double> SingularValues { get; init; }

    /// <summary>
    /// Directions along which the state can move without changing any measurement: n numbers each, in the units of the states, the
    /// largest 1 after scaling, with as many zeros as possible; n - rank of them.
    /// </summary>
    public required ImmutableArray<ImmutableArray<double>> Unobservable { get; init; }

    /// <summary>The same in words, and what is observable on paper only; each with what to try.</summary>
    public required ImmutableArray<ConsistencyFinding> Findings { get; init; }

    /// <summary>Whether every state can be told from the measurements.</summary>
    public bool IsObservable => Rank == States.Length;

    /// <summary>The largest over the smallest singular value; infinite if there is an unobservable direction. That of the Gramian is its square.</summary>
    public double Condition => IsObservable ? SingularValues[0] / SingularValues[^1] : double.PositiveInfinity;

    /// <summary>States that are known whatever the unobservable directions do.</summary>
    public IEnumerable<string> ObservableStates => States.Where((_, i) => Unobservable.All(direction => direction[i] == 0.0));

    /// <summary>A line on the rank, then the findings.</summary>
    public override string ToString() => string.Join(
        Environment.NewLine,
        [FormattableString.Invariant($"{Rank} of {States.Length} directions are observable, condition {Condition:G3}."), .. Findings]);
}
