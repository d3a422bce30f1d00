using System.Runtime.InteropServices;
using HybridControl.Numerics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Dynamics;

/// <summary>The matrix M of M x' = f(t, x, data): it reads the data block only, so that it is constant between instants.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed class MassMatrix
{
    private readonly bool[] _differential;
    private readonly int[] _places;
    private readonly VectorFunction _values;

    /// <summary>Describes a mass matrix.</summary>
    /// <param name="size">Rows, and columns.</param>
    /// <param name="entries">The entries that may differ from zero, each once, row by row.</param>
    /// <param name="values">Writes their values, in their order; reads the data block only.</param>
    /// <param name="reads">Slots of the data block that the values depend on.</param>
    public MassMatrix(int size, IReadOnlyList<(int Row, int Column)> entries, VectorFunction values, IReadOnlyList<int> reads)
        : this(SparsityPattern.Of(size, entries), entries, values, reads)
    {
    }

    private MassMatrix(SparsityPattern pattern, IReadOnlyList<(int Row, int Column)> entries, VectorFunction values, IReadOnlyList<int> reads)
    {
        Pattern = pattern;
        Entries = entries;
        Reads = reads;
        _values = values;
        _differential = new bool[pattern.Size];
        _places = new int[entries.Count];
        for (int k = 0; k < _places.Length; k++)
        {
            _places[k] = pattern.IndexOf(entries[k].Row, entries[k].Column);
            _differential[entries[k].Row] = true;
        }
    }

    /// <summary>The order of the values.</summary>
    public SparsityPattern Pattern { get; }

    /// <summary>The entries that may differ from zero.</summary>
    public IReadOnlyList<(int Row, int Column)> Entries { get; }

    /// <summary>Slots of the data block that the values depend on.</summary>
    public IReadOnlyList<int> Reads { get; }

    /// <summary>A matrix of numbers that never change.</summary>
    public static MassMatrix Constant(int size, IReadOnlyList<(int Row, int Column)> entries, double[] values) =>
        new(size, entries, (double _, ref double _, ref double _, ref double results) =>
            values.CopyTo(MemoryMarshal.CreateSpan(ref results, values.Length)), []);

    /// <summary>The same matrix with its values in the order of a pattern that contains it.</summary>
    public MassMatrix In(SparsityPattern pattern) => new(pattern, Entries, _values, Reads);

    /// <summary>Whether a row holds a derivative; if not, it is an algebraic equation.</summary>
    public bool IsDifferential(int row) => _differential[row];

    /// <summary>Writes the values in the order of <see cref="Pattern"/>.</summary>
    /// <param name="data">The data block.</param>
    /// <param name="values">Receives the entries.</param>
    public void Evaluate(double[] data, Span<double> values)
    {
        double state = 0.0;
        _values(0.0, ref state, ref MemoryMarshal.GetArrayDataReference(data), ref MemoryMarshal.GetReference(values));
        values[_places.Length..].Clear();
        for (int k = _places.Length - 1; k >= 0; k--)
        {
            (double value, values[k]) = (values[k], 0.0); // the place lies at k or behind it, where all is moved already
            values[_places[k]] = value;
        }
    }
}
