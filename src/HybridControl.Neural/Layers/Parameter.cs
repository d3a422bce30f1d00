namespace HybridControl.Neural.Layers;

/// <summary>A named matrix of learned numbers in a <see cref="ParameterSet"/>.</summary>
public sealed record Parameter
{
    internal Parameter(string name, int index, int offset, int rows, int columns)
    {
        Name = name;
        Index = index;
        Offset = offset;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Name, as in a file: parts joined by points.</summary>
    public string Name { get; }

    /// <summary>Number in its set; with a seed, the address of its first values.</summary>
    public int Index { get; }

    /// <summary>Where its entries begin in the values of the set.</summary>
    public int Offset { get; }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Columns; 1 for a vector.</summary>
    public int Columns { get; }

    /// <summary>Number of entries.</summary>
    public int Length => Rows * Columns;
}
