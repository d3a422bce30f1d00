namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Where the parts of a chunk of a state-space-duality scan lie in the memory of a worker.</summary>
internal unsafe struct SsdRoom<T>
    where T : unmanaged
{
    private readonly int _chunk;
    private T* _panels;

    /// <summary>Describes the room.</summary>
    /// <param name="width">Channels of a head, P.</param>
    /// <param name="size">States of a channel, n.</param>
    /// <param name="chunk">Tokens of a chunk.</param>
    /// <param name="packWidth">Numbers of a pack.</param>
    /// <param name="panelPacks">Packs of a panel.</param>
    public SsdRoom(int width, int size, int chunk, int packWidth, int panelPacks)
    {
        (Size, _chunk) = (size, chunk);
        Panels = new Panels(width, packWidth, panelPacks);
        LeftStride = size + chunk;
    }

    /// <summary>States of a channel.</summary>
    public int Size { get; }

    /// <summary>Channels of a head.</summary>
    public Panels Panels { get; }

    /// <summary>Numbers from a row of <see cref="Left"/> to the next.</summary>
    public int LeftStride { get; }

    /// <summary>Step sizes; later, weights of the inputs in the next state.</summary>
    public T* Deltas { get; private set; }

    /// <summary>Exponents of the tokens, base 2.</summary>
    public T* Rates { get; private set; }

    /// <summary>Sums of the exponents from the token after each on.</summary>
    public T* Exponents { get; private set; }

    /// <summary>What each token leaves of the state before the chunk.</summary>
    public T* Remainders { get; private set; }

    /// <summary>Sums of a tile.</summary>
    public T* Tile { get; private set; }

    /// <summary>B', n x chunk.</summary>
    public T* InputRows { get; private set; }

    /// <summary>B' in panels.</summary>
    public T* InputPanels { get; private set; }

    /// <summary>C B', chunk x chunk.</summary>
    public T* Correlations { get; private set; }

    /// <summary>Left factor of the outputs, chunk x (n + chunk).</summary>
    public T* Left { get; private set; }

    /// <summary>Weighed inputs of one panel.</summary>
    public T* Weighed { get; private set; }

    /// <summary>Right factor of the outputs: states and, below them, inputs of a head, in panels.</summary>
    public readonly T* Panel(int head, int panel) => _panels + ((nint)((head * Panels.Count) + panel) * LeftStride * Panels.Width);

    /// <summary>Numbers in all for so many heads.</summary>
    public readonly int Length(int heads) => checked(
        (4 * _chunk) + (RowBlocks.Greatest * Panels.Width) + (2 * Size * _chunk) + (_chunk * _chunk) + (_chunk * LeftStride)
        + (_chunk * Panels.Width) + (heads * Panels.Count * LeftStride * Panels.Width) + Panels.PackWidth);

    /// <summary>Lays everything out.</summary>
    public void Place(T* memory)
    {
        Deltas = Take(ref memory, _chunk);
        Rates = Take(ref memory, _chunk);
        Exponents = Take(ref memory, _chunk);
        Remainders = Take(ref memory, _chunk);
        Tile = Take(ref memory, RowBlocks.Greatest * Panels.Width);
        InputRows = Take(ref memory, Size * _chunk);
        InputPanels = Take(ref memory, Size * _chunk);
        Correlations = Take(ref memory, _chunk * _chunk);
        Weighed = Take(ref memory, _chunk * Panels.Width);
        Left = Take(ref memory, (_chunk * LeftStride) + (Panels.PackWidth - (LeftStride % Panels.PackWidth)));
        _panels = memory;
    }

    private static T* Take(ref T* memory, int count)
    {
        T* taken = memory;
        memory += count;
        return taken;
    }
}
