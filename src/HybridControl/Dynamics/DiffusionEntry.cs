namespace HybridControl.Dynamics;

/// <summary>Where a coefficient of a diffusion stands: in the rate of which state, times which Wiener process.</summary>
/// <param name="State">Number of the state.</param>
/// <param name="Process">Place of the process among those that the flow uses.</param>
internal readonly record struct DiffusionEntry(int State, int Process);
