namespace HybridControl.Neural.Autodiff;

/// <summary>Constants of one use of an operation; each operation says which it reads.</summary>
internal readonly record struct OperationSettings
{
    /// <summary>First real constant: a factor, a lower bound.</summary>
    public double First { get; init; }

    /// <summary>Second real constant: a shift, an upper bound.</summary>
    public double Second { get; init; }

    /// <summary>First row of a block.</summary>
    public int Row { get; init; }

    /// <summary>First column of a block.</summary>
    public int Column { get; init; }

    /// <summary>Heads of attention, or groups of a norm.</summary>
    public int Heads { get; init; }

    /// <summary>Heads of keys and values, or groups of B and C.</summary>
    public int Groups { get; init; }

    /// <summary>Positions before its own that attention looks back on; 0 for all.</summary>
    public int Window { get; init; }

    /// <summary>Whether time runs from the last row to the first.</summary>
    public bool Reverse { get; init; }

    /// <summary>Rows to gather or classes that are right, sample innermost.</summary>
    public ReadOnlyMemory<int> Indices { get; init; }

    /// <summary>Whether the first input is read transposed.</summary>
    public bool TransposeFirst { get; init; }

    /// <summary>Whether the second input is read transposed.</summary>
    public bool TransposeSecond { get; init; }

    /// <summary>The function of a <c>Map</c>.</summary>
    public IBatchFunction? Function { get; init; }
}
