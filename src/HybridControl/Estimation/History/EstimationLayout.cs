using System.Collections.Immutable;

namespace HybridControl.Estimation;

/// <summary>What the columns of a history are.</summary>
internal sealed record EstimationLayout(
    ImmutableArray<string> States,
    ImmutableArray<string> StateUnits,
    ImmutableArray<string> Measurements,
    ImmutableArray<string> MeasurementUnits,
    ImmutableArray<string> Modes,
    bool KeepFactors);
