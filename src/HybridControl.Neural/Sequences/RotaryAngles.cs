namespace HybridControl.Neural.Sequences;

/// <summary>How far rotary positions turn each pair of a head: angle = position * frequency.</summary>
/// <remarks>
/// Su et al., "RoFormer", arXiv 2104.09864. Frequencies are <c>theta^(-2i/width)</c>. The "ntk" rule stretches theta so that the slowest
/// pair spans a longer context. Two rules with the same numbers are equal, and share one table a pass.
/// </remarks>
/// <param name="Width">Entries of a head that turn, even; the rest of the head stays.</param>
/// <param name="Theta">Base of the frequencies.</param>
public sealed record RotaryAngles(int Width, double Theta)
{
    private readonly double[] _frequencies = [.. Enumerable.Range(0, Width / 2).Select(i => Math.Pow(Theta, -2.0 * i / Width))];

    /// <summary>Pairs that turn.</summary>
    public int Half => Width / 2;

    /// <summary>Theta stretched for a context that is longer than the one of training.</summary>
    /// <param name="theta">Base of training.</param>
    /// <param name="factor">How much longer.</param>
    /// <param name="width">Entries of a head that turn.</param>
    public static double Stretch(double theta, double factor, int width) => theta * Math.Pow(factor, width / (width - 2.0));

    /// <summary>Compares the rule.</summary>
    public bool Equals(RotaryAngles? other) => other is not null && Width == other.Width && Theta.Equals(other.Theta);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Width, Theta);

    /// <summary>Cosines, then sines.</summary>
    internal void Write(long position, Span<double> target)
    {
        for (int i = 0; i < _frequencies.Length; i++)
        {
            (target[_frequencies.Length + i], target[i]) = Math.SinCos(position * _frequencies[i]);
        }
    }
}
