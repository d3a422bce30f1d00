namespace HybridControl.Ensembles;

/// <summary>An input that takes a new random value at every tick and holds it in between.</summary>
/// <param name="Input">Name of the input.</param>
/// <param name="Distribution">How each value is distributed, independent of all others.</param>
/// <param name="Period">Seconds between ticks; the first is at the start.</param>
public sealed record NoiseInput(string Input, Distribution Distribution, double Period);
