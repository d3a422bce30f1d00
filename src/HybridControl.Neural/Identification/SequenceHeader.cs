using System.Collections.Immutable;

namespace HybridControl.Neural.Identification;

/// <summary>What a file of a stack says beside its tensors.</summary>
internal sealed record SequenceHeader
{
    public required int Version { get; init; }

    public required int Layers { get; init; }

    public required int Width { get; init; }

    public required int Modes { get; init; }

    public required double SamplePeriod { get; init; }

    public required ImmutableArray<string> Inputs { get; init; }

    public required ImmutableArray<string> Outputs { get; init; }

    public required ImmutableArray<double> InputCenter { get; init; }

    public required ImmutableArray<double> InputScale { get; init; }

    public required ImmutableArray<double> OutputCenter { get; init; }

    public required ImmutableArray<double> OutputScale { get; init; }
}
