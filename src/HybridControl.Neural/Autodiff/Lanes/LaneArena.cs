using System.Runtime.InteropServices;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Lanes;

/// <summary>Memory of one operation at work: pieces stay valid until the next <see cref="Reset"/>.</summary>
/// <remarks>Blocks are kept, so that a computation that repeats itself allocates once.</remarks>
internal sealed class LaneArena
{
    private const int SmallestBlock = 1 << 14;

    private readonly List<double[]> _blocks = [];
    private int _block;
    private int _used;

    /// <summary>Takes all pieces back.</summary>
    public void Reset() => (_block, _used) = (0, 0);

    /// <summary>A piece of unset lanes.</summary>
    public Span<Pack> Take(int count)
    {
        int length = count * Pack.Count;
        while (_block < _blocks.Count && _blocks[_block].Length - _used < length)
        {
            (_block, _used) = (_block + 1, 0);
        }

        if (_block == _blocks.Count)
        {
            _blocks.Add(new double[Math.Max(length, SmallestBlock)]);
        }

        Span<double> piece = _blocks[_block].AsSpan(_used, length);
        _used += length;
        return MemoryMarshal.Cast<double, Pack>(piece);
    }
}
