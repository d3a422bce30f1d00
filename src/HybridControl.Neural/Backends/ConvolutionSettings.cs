namespace HybridControl.Neural.Backends;

/// <summary>A depthwise convolution along time.</summary>
/// <param name="Width">Taps of a channel.</param>
/// <param name="Activation">Applied to the sum.</param>
/// <param name="Centered">
/// False: causal, the last tap meets the newest sample. True: the middle tap meets the sample itself, zeros stand beyond both
/// ends, and there is no state.
/// </param>
public readonly record struct ConvolutionSettings(int Width, Activation Activation, bool Centered = false);
