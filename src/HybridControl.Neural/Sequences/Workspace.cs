using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences;

/// <summary>Memory for what layers compute on the way: rented in order, given back in reverse. Once it is large enough nothing is allocated.</summary>
public sealed class Workspace : IDisposable
{
    private const long LeastBlock = 1 << 16;

    // Vectors start where a cache line starts.
    private const int Alignment = 16;

    private readonly ITensorBackend _backend;
    private readonly List<TensorBuffer> _blocks = [];
    private int _block;
    private long _used;

    /// <summary>Creates an empty one.</summary>
    public Workspace(ITensorBackend backend) => _backend = backend;

    /// <summary>Bytes that it holds.</summary>
    public long Bytes => _blocks.Sum(block => block.Bytes);

    /// <summary>A matrix whose entries are anything, until the scope in which it was rented ends.</summary>
    public TensorView Rent(int rows, int columns)
    {
        long count = (long)rows * columns;
        while (_block < _blocks.Count && _used + count > _blocks[_block].Length)
        {
            _block++;
            _used = 0;
        }

        if (_block == _blocks.Count)
        {
            _blocks.Add(_backend.Allocate(Math.Max(count, _blocks.Count == 0 ? LeastBlock : 2 * _blocks[^1].Length)));
        }

        var view = new TensorView(_blocks[_block], _used, rows, columns, columns);
        _used = (_used + count + Alignment - 1) / Alignment * Alignment;
        return view;
    }

    /// <summary>Opens a scope: what is rented until it is disposed of is given back then.</summary>
    public Scope Open() => new(this, _block, _used);

    /// <summary>Gives back all that was rented.</summary>
    public void GiveBack() => (_block, _used) = (0, 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TensorBuffer block in _blocks)
        {
            block.Dispose();
        }

        _blocks.Clear();
    }

    /// <summary>Gives back what was rented since it was opened.</summary>
    public readonly ref struct Scope
    {
        private readonly Workspace _workspace;
        private readonly int _block;
        private readonly long _used;

        internal Scope(Workspace workspace, int block, long used) => (_workspace, _block, _used) = (workspace, block, used);

        /// <summary>Gives back what was rented.</summary>
        public void Dispose() => (_workspace._block, _workspace._used) = (_block, _used);
    }
}
