namespace HybridControl.Ensembles.Lanes;

/// <summary>Trajectories that wait, in rows of registers, for a group that runs their mode. Not thread-safe.</summary>
internal sealed unsafe class LanePool : IDisposable
{
    private readonly AlignedBuffer _rows;
    private readonly int _width;
    private readonly int[] _next;
    private readonly int[] _heads;
    private readonly int[] _counts;
    private readonly OpenBlock[] _blocks;
    private readonly int[] _indices;
    private int _free;

    /// <summary>An empty pool.</summary>
    /// <param name="registers">Registers of a trajectory.</param>
    /// <param name="modes">The number of modes.</param>
    /// <param name="capacity">The most trajectories.</param>
    public LanePool(int registers, int modes, int capacity)
    {
        _width = registers;
        _rows = new AlignedBuffer(registers * capacity);
        _next = new int[capacity];
        _blocks = new OpenBlock[capacity];
        _indices = new int[capacity];
        _heads = new int[modes];
        _counts = new int[modes];
        Array.Fill(_heads, -1);
        for (int i = 0; i < capacity; i++)
        {
            _next[i] = i + 1 < capacity ? i + 1 : -1;
        }

        _free = capacity > 0 ? 0 : -1;
    }

    /// <summary>The number of trajectories.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there is no room.</summary>
    public bool IsFull => _free < 0;

    /// <summary>How many wait for a mode.</summary>
    public int CountOf(int mode) => _counts[mode];

    /// <summary>The registers of a place.</summary>
    public double* Row(int place) => _rows.First + ((long)place * _width);

    /// <summary>The trajectory of a place.</summary>
    public (OpenBlock Block, int Index) this[int place]
    {
        get => (_blocks[place], _indices[place]);
        set => (_blocks[place], _indices[place]) = value;
    }

    /// <summary>An empty place; the pool must not be full.</summary>
    public int Rent()
    {
        int place = _free;
        _free = _next[place];
        return place;
    }

    /// <summary>Takes a place out of the queue of a mode, which must not be empty.</summary>
    public int Take(int mode)
    {
        int place = _heads[mode];
        _heads[mode] = _next[place];
        _counts[mode]--;
        Count--;
        return place;
    }

    /// <summary>Puts a place into the queue of a mode.</summary>
    public void Add(int mode, int place)
    {
        _next[place] = _heads[mode];
        _heads[mode] = place;
        _counts[mode]++;
        Count++;
    }

    /// <summary>Gives an empty place back.</summary>
    public void Return(int place)
    {
        _next[place] = _free;
        _free = place;
        _blocks[place] = null!;
    }

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();
}
