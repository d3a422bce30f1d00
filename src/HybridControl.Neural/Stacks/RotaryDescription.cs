using HybridControl.Neural.Sequences;

namespace HybridControl.Neural.Stacks;

/// <summary>Rotary positions.</summary>
/// <param name="Theta">Base of the frequencies, stretched already if a rule stretches it.</param>
/// <param name="Width">Entries of a head that turn; 0 for all.</param>
public sealed record RotaryDescription(double Theta = 10000.0, int Width = 0)
{
    /// <summary>The angles for heads of a width.</summary>
    public RotaryAngles Build(int headWidth) => new(Width == 0 ? headWidth : Width, Theta);
}
