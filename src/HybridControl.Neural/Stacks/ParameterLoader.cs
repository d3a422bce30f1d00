using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Stacks.Sizing;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Stacks;

/// <summary>Hands parameters to the layers of a stack that is being built, and keeps every finding on the way.</summary>
/// <remarks>A parameter that is missing or has another shape becomes a finding, and nothing is loaded from then on, so that one attempt tells all that is wrong and takes no memory.</remarks>
public sealed class ParameterLoader
{
    /// <summary>Numbers of a table at most: far beyond any model, and well within memory.</summary>
    private const int LargestTable = 1 << 26;

    private static readonly WeightlessBackend Sizes = new();

    private readonly IParameterSource _source;
    private readonly WeightFormat _format;
    private readonly FindingList _findings;
    private readonly Dictionary<string, Weight> _weights = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _owned = [];
    private readonly List<(string Name, FiniteMatrix Matrix)> _guarded = [];

    /// <summary>Creates a loader.</summary>
    /// <param name="source">Where parameters come from.</param>
    /// <param name="backend">Where they go.</param>
    /// <param name="format">How matrices are kept there; vectors and small tables always stay exact.</param>
    public ParameterLoader(IParameterSource source, ITensorBackend backend, WeightFormat format)
        : this(source, backend, format, new())
    {
    }

    internal ParameterLoader(IParameterSource source, ITensorBackend backend, WeightFormat format, FindingList findings) =>
        (_source, Backend, _format, _findings) = (source, backend, format, findings);

    /// <summary>Where parameters go.</summary>
    public ITensorBackend Backend { get; }

    /// <summary>Where parameters go as long as nothing is wrong; after that only their sizes matter.</summary>
    private ITensorBackend Target => _findings.Count == 0 ? Backend : Sizes;

    internal FindingList Findings => _findings;

    /// <summary>What the loader made; the stack disposes of it.</summary>
    internal IReadOnlyList<IDisposable> Owned => _owned;

    /// <summary>Numbers that were asked for so far, each parameter once.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes of the parameters in the memory of the back-end.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether there is a parameter of a name.</summary>
    public bool Has(string name) => _source.Has(name);

    /// <summary>A matrix that multiplies inputs. The same name gives the same weight.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="exact">Whether it is kept as the back-end computes, whatever the format of the others.</param>
    public Weight Matrix(string name, int rows, int columns, bool exact = false)
    {
        if (_weights.TryGetValue(name, out Weight? known) && (known.Rows, known.Columns) == (rows, columns))
        {
            return known;
        }

        Weight weight = Matrix(Find(name, rows, columns), exact);
        _weights[name] = weight;
        return weight;
    }

    /// <summary>A matrix that multiplies inputs, made from others.</summary>
    /// <param name="source">Its entries.</param>
    /// <param name="exact">Whether it is kept as the back-end computes, whatever the format of the others.</param>
    public Weight Matrix(IMatrixSource source, bool exact = false)
    {
        Weight weight = Target.LoadWeight(source, exact ? WeightFormat.Native : _format);
        _owned.Add(weight);
        (Count, Bytes) = (Count + ((long)source.Rows * source.Columns), Bytes + weight.Bytes);
        return weight;
    }

    /// <summary>A matrix that was computed: kept as the back-end computes, whatever the format of learned ones, and not counted with them.</summary>
    public Weight Fixed(IMatrixSource source)
    {
        Weight weight = Backend.LoadWeight(source, WeightFormat.Native);
        _owned.Add(weight);
        Bytes += weight.Bytes;
        return weight;
    }

    /// <summary>A matrix that will be combined with others before it is loaded.</summary>
    public IMatrixSource Find(string name, int rows, int columns)
    {
        IMatrixSource? source = _source.Find(name, rows, columns);
        if (source is null)
        {
            Tell(
                name,
                string.Create(CultureInfo.InvariantCulture, $"there is no such tensor; one of {rows} x {columns} is expected"),
                "The file does not belong to this configuration, or is incomplete.");
            return MatrixSources.Zeros(name, rows, columns);
        }

        if (source.Rows != rows || source.Columns != columns)
        {
            Tell(
                name,
                string.Create(CultureInfo.InvariantCulture, $"its shape is {source.Rows} x {source.Columns}; {rows} x {columns} is expected"),
                "The file does not belong to this configuration.");
            return MatrixSources.Zeros(name, rows, columns);
        }

        var guarded = new FiniteMatrix(source);
        _guarded.Add((name, guarded));
        return guarded;
    }

    /// <summary>Refuses every matrix in which a number was read that is not finite.</summary>
    internal void CheckFinite()
    {
        foreach ((string name, FiniteMatrix matrix) in _guarded)
        {
            if (matrix.BadRow is { } row)
            {
                TellNotFinite(name, row);
            }
        }
    }

    /// <summary>A vector, as a view of one row.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="length">Its length.</param>
    /// <param name="map">Applied to each entry; null for none.</param>
    public TensorView Vector(string name, int length, Func<double, double>? map = null) => Table(name, 1, length, map);

    /// <summary>A small matrix that is read entry by entry.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rows">Rows in the file.</param>
    /// <param name="columns">Columns in the file.</param>
    /// <param name="map">Applied to each entry; null for none.</param>
    /// <param name="transpose">Whether the view is columns x rows.</param>
    public TensorView Table(string name, int rows, int columns, Func<double, double>? map = null, bool transpose = false)
    {
        IMatrixSource source = Find(name, rows, columns);
        (int viewRows, int viewColumns) = transpose ? (columns, rows) : (rows, columns);
        if (_findings.Count > 0 || Backend is WeightlessBackend)
        {
            return Sized(viewRows, viewColumns);
        }

        if ((long)rows * columns > LargestTable)
        {
            Tell(name, string.Create(CultureInfo.InvariantCulture, $"a table of {rows} x {columns} numbers is beyond {LargestTable}"), "The configuration is wrong.");
            return Sized(viewRows, viewColumns);
        }

        var values = new double[rows * columns];
        var row = new double[columns];
        for (int i = 0; i < rows; i++)
        {
            source.ReadRow(i, row);
            for (int j = 0; j < columns; j++)
            {
                values[transpose ? (j * rows) + i : (i * columns) + j] = map is null ? row[j] : map(row[j]);
            }
        }

        CheckFinite(name, values);
        return Constant(values, viewRows, viewColumns);
    }

    /// <summary>A table that was computed.</summary>
    public TensorView Constant(ReadOnlySpan<double> values, int rows, int columns)
    {
        if (_findings.Count > 0)
        {
            return Sized(rows, columns);
        }

        TensorBuffer buffer = Backend.Allocate(values.Length);
        _owned.Add(buffer);
        (Count, Bytes) = (Count + values.Length, Bytes + buffer.Bytes);
        var view = new TensorView(buffer, 0, rows, columns, columns);
        Backend.Upload(values, view);
        return view;
    }

    /// <summary>A list of indexes that was computed.</summary>
    public IndexBuffer Indexes(ReadOnlySpan<int> indexes)
    {
        IndexBuffer buffer = Target.LoadIndexes(indexes);
        _owned.Add(buffer);
        return buffer;
    }

    /// <summary>Notes something else that is wrong with the description or its parameters.</summary>
    public void Refuse(string where, string what, string mend) => _findings.Error(where, what, mend);

    /// <summary>Once for each tensor, however many parameters are parts of it.</summary>
    private void Tell(string name, string what, string mend)
    {
        string origin = _source.OriginOf(name);
        if (_told.Add(origin))
        {
            _findings.Error($"{_source.Name}, {origin}", what, mend);
        }
    }

    private void CheckFinite(string name, ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (!double.IsFinite(value))
            {
                TellNotFinite(name, 0);
                return;
            }
        }
    }

    private void TellNotFinite(string name, int row) => Tell(
        name, string.Create(CultureInfo.InvariantCulture, $"it holds a number that is not finite, first in row {row}"), "The file is damaged, or the training diverged.");

    private TensorView Sized(int rows, int columns)
    {
        Count += (long)rows * columns;
        return new(Sizes.Allocate((long)rows * columns), 0, rows, columns, columns);
    }

    /// <summary>Gives back what was made, after a failure.</summary>
    internal void Release()
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }

        _owned.Clear();
    }
}
