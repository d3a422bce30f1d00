using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

/// <summary>What the formats of weights make of a row: the definition that every back-end must meet.</summary>
public static class WeightRounding
{
    /// <summary>Greatest whole number of an eight-bit entry.</summary>
    public const int GreatestInt8 = 127;

    /// <summary>Rounds the entries of a row to what the format can hold, to nearest, ties to even.</summary>
    public static void Round(WeightFormat format, Span<double> row)
    {
        switch (format)
        {
            case WeightFormat.BFloat16:
                foreach (ref double entry in row)
                {
                    entry = BFloat16Of((float)entry);
                }

                break;
            case WeightFormat.Int8:
                float scale = Int8Scale(row);
                foreach (ref double entry in row)
                {
                    entry = scale * (double)Int8Of(entry, scale);
                }

                break;
        }
    }

    /// <summary>Size of one unit of an eight-bit row: its greatest magnitude over 127.</summary>
    public static float Int8Scale(ReadOnlySpan<double> row)
    {
        double greatest = 0.0;
        foreach (double entry in row)
        {
            greatest = Math.Max(greatest, Math.Abs(entry));
        }

        return (float)(greatest / GreatestInt8);
    }

    /// <summary>An entry of an eight-bit row in units of its scale.</summary>
    internal static sbyte Int8Of(double entry, float scale) =>
        scale == 0.0f ? (sbyte)0 : (sbyte)Math.Clamp(MathF.Round((float)entry / scale), -GreatestInt8, GreatestInt8);

    /// <summary>The nearest number of sixteen bits.</summary>
    internal static float BFloat16Of(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? value : BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }
}
