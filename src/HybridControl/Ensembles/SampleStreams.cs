namespace HybridControl.Ensembles;

/// <summary>What the random streams of a plan are for.</summary>
/// <remarks>A stream in the sense of <see cref="Numerics.Philox4x32"/>; those of variation v and of noise n are offset by their number.</remarks>
public static class SampleStreams
{
    /// <summary>Draw 0 of trajectory i is the sample of the first variation, or where it lies within its stratum.</summary>
    public const uint Variations = 0;

    /// <summary>Draw k of trajectory i is the value of the first noise at its tick k.</summary>
    public const uint Noise = 1_000_000;

    /// <summary>Orders of Latin hypercubes and scramblings of Sobol points; trajectory 0.</summary>
    public const uint Designs = 2_000_000;

    /// <summary>Draw k of sample i is what one place of the model draws for the time k: in a reset, a delay or an initial value.</summary>
    public const uint Model = Automata.LoweredModel.FirstStream;
}
