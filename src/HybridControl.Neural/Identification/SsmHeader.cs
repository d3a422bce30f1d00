using System.Collections.Immutable;

namespace HybridControl.Neural.Identification;

/// <summary>What a file says beside the tensors of the layer.</summary>
internal sealed record SsmHeader
{
    public required int Version { get; init; }

    public required double SamplePeriod { get; init; }

    public required ImmutableArray<string> Inputs { get; init; }

    public required ImmutableArray<string> Outputs { get; init; }

    public required ImmutableArray<double> InputCenter { get; init; }

    public required ImmutableArray<double> OutputCenter { get; init; }

    /// <summary>Real and imaginary part in turn, states by outputs.</summary>
    public required ImmutableArray<double> Gain { get; init; }

    public required ImmutableArray<double> InnovationCovariance { get; init; }
}
