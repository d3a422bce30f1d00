namespace HybridControl.Neural.Explanation;

/// <summary>The real states of a mode: its real part, then its imaginary part where that matters.</summary>
/// <param name="First">Number of the first state.</param>
/// <param name="Count">1 or 2.</param>
public readonly record struct RealMode(int First, int Count);
