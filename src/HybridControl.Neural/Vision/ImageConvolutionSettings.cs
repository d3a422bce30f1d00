using HybridControl.Neural.Backends;

namespace HybridControl.Neural.Vision;

/// <summary>What a convolution does beside multiplying.</summary>
internal readonly record struct ImageConvolutionSettings
{
    /// <summary>Whether it adds <c>bias</c>.</summary>
    public bool Bias { get; init; }

    /// <summary>The batch norm after it, which is multiplied into its weights; null for none.</summary>
    public BatchNorm? Norm { get; init; }

    /// <summary>Name of learned factors of the channels that go out; null for none.</summary>
    public string? Scale { get; init; }

    /// <summary>Applied at last.</summary>
    public Activation Activation { get; init; }

    /// <summary>Whether images come in channel after channel.</summary>
    public bool ChannelsFirst { get; init; }
}
