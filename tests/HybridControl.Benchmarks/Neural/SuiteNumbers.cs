using HybridControl.Neural.Tensors;

namespace HybridControl.Benchmarks.Neural;

/// <summary>Numbers of the operands: a hash of the place, so that every language makes the same bits.</summary>
/// <remarks>The final mixing of MurmurHash3 (A. Appleby) over a Weyl sequence; the upper 24 bits are the number.</remarks>
internal sealed class SuiteNumbers(int seed, int rows, int columns, float low = -1.0f, float high = 1.0f) : IMatrixSource
{
    public string Name => "numbers";

    public int Rows => rows;

    public int Columns => columns;

    public void ReadRow(int row, Span<float> target)
    {
        for (int j = 0; j < columns; j++)
        {
            target[j] = At((row * columns) + j);
        }
    }

    public void ReadRow(int row, Span<double> target)
    {
        for (int j = 0; j < columns; j++)
        {
            target[j] = At((row * columns) + j);
        }
    }

    /// <summary>All of them, row after row.</summary>
    public float[] ToArray() => [.. Enumerable.Range(0, rows * columns).Select(At)];

    private float At(int place)
    {
        uint x = unchecked(((uint)place * 0x9E3779B9) + ((uint)seed * 0x85EBCA6B));
        x ^= x >> 16;
        x *= 0x85EBCA6B;
        x ^= x >> 13;
        x *= 0xC2B2AE35;
        x ^= x >> 16;
        float unit = (x >> 8) * (1.0f / (1 << 24));
        float scaled = unit * (high - low); // rounded before the sum, as the peer rounds
        return scaled + low;
    }
}
