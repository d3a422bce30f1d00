using HybridControl.Neural.Sequences;

namespace HybridControl.Neural.Stacks;

/// <summary>Rotary positions.</summary>
/// <param name="Theta">Base of the frequencies, stretched already if a rule stretches it.</param>
/// <param name="Width">Entries of a head that turn; 0 for all.</param>
public sealed record RotaryDescription(double Theta = 10000.0, int Width = 0)
{
    /// <summary>Notes what cannot be for heads of a width.</summary>
    internal void Check(DescriptionCheck check, int headWidth)
    {
        int turning = Width == 0 ? headWidth : Width;
        check.Size("width", turning, least: 2, most: Math.Max(headWidth, 2));
        check.Multiple("width", turning, "a pair", 2);
        check.Number("theta", Theta, least: 1.0);
    }

    /// <summary>The angles for heads of a width.</summary>
    public RotaryAngles Build(int headWidth) => new(Width == 0 ? headWidth : Width, Theta);
}
