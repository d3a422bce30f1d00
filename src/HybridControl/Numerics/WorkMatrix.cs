using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

/// <summary>A matrix of work space whose rows begin where vector loads are fast, with zeros after each row.</summary>
/// <remarks>
/// The first row begins at a multiple of 64 bytes, and rows are as long as whole packs, so that kernels run over
/// <see cref="Width"/> columns without a remainder; the columns beyond those asked for must stay zero. One of up to four columns
/// has four rows at least, zeros too. A default one has no room.
/// </remarks>
internal readonly struct WorkMatrix
{
    private const int Pack = 8;
    private readonly double[] _array;
    private readonly int _first;
    private readonly int _length;

    /// <summary>Makes room for a matrix of zeros.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    public WorkMatrix(int rows, int columns)
    {
        Width = WidthOf(columns);
        _length = LengthOf(rows, Width);
        _array = GC.AllocateArray<double>(_length + Pack, pinned: true); // pinned, or it would not stay where it begins
        _first = FirstAligned(_array);
    }

    private WorkMatrix(double[] array, int first, int rows, int width) =>
        (_array, _first, _length, Width) = (array, first, LengthOf(rows, width), width);

    /// <summary>Columns with the zeros after them; the distance between rows.</summary>
    public int Width { get; }

    /// <summary>All entries, row after row.</summary>
    public Span<double> Span => _array.AsSpan(_first, _length);

    /// <summary>A matrix of zeros in the same room, or in new room if that is too small.</summary>
    public WorkMatrix Reshape(int rows, int columns)
    {
        int width = WidthOf(columns);
        if (_array is null || _array.Length < LengthOf(rows, width) + Pack)
        {
            return new WorkMatrix(rows, columns);
        }

        var matrix = new WorkMatrix(_array, _first, rows, width);
        matrix.Span.Clear();
        return matrix;
    }

    /// <summary>The width of a matrix of <paramref name="columns"/> columns.</summary>
    public static int WidthOf(int columns) => columns <= 4 ? 4 : (columns + Pack - 1) / Pack * Pack;

    private static int LengthOf(int rows, int width) => width * (width == 4 ? Math.Max(rows, 4) : rows);

    private static unsafe int FirstAligned(double[] array)
    {
        nint address = (nint)Unsafe.AsPointer(ref array[0]) / sizeof(double);
        return (int)((Pack - (address % Pack)) % Pack);
    }
}
