using System.Collections.Immutable;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Units in which observability is judged: what counts as much of a state and as little of a measurement.</summary>
public sealed record ObservabilityScales
{
    /// <summary>A typical change of each state, positive, such as its deviation in the prior; empty for 1.</summary>
    public ImmutableArray<double> States { get; init; } = [];

    /// <summary>The noise deviation of each measured component, positive; empty for 1.</summary>
    public ImmutableArray<double> Measurements { get; init; } = [];
}
