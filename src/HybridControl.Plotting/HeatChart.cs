using System.Globalization;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>A matrix as colours; a large one is averaged to cells that can be told apart.</summary>
internal sealed class HeatChart : Chart
{
    private const int MostCells = 2000;
    private const int Levels = 24;

    // Cells that only touch would show the white between them.
    private const double Overlap = 0.3;

    private static readonly OxyColor High = OxyColor.FromRgb(0xB2, 0x18, 0x2B);
    private static readonly OxyColor Low = OxyColor.FromRgb(0x21, 0x66, 0xAC);

    private readonly double[] _cells;
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _allRows;
    private readonly bool _isSigned;
    private readonly double _largest;
    private readonly string _block;

    /// <param name="values">Rows by columns, row-major; the first row is at the bottom.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="isSigned">Whether zero is the middle of the colours; else it is their end.</param>
    /// <param name="x">What columns are.</param>
    /// <param name="y">What rows are.</param>
    /// <param name="xRange">Where the first column begins and the last ends.</param>
    public HeatChart(
        double[] values, int rows, int columns, bool isSigned, (string Name, string Unit) x, (string Name, string Unit) y, (double, double) xRange)
    {
        (X, Y, XRange, _isSigned, _allRows) = (x, y, xRange, isSigned, rows);
        int high = 1;
        int wide = 1;
        while (CeilingOf(rows, high) * CeilingOf(columns, wide) > MostCells)
        {
            // The side with more cells gets coarser.
            (high, wide) = CeilingOf(rows, high) > CeilingOf(columns, wide) ? (high + 1, wide) : (high, wide + 1);
        }

        (_rows, _columns) = (CeilingOf(rows, high), CeilingOf(columns, wide));
        _cells = new double[_rows * _columns];
        for (int r = 0; r < _rows; r++)
        {
            for (int c = 0; c < _columns; c++)
            {
                _cells[(r * _columns) + c] = Mean(values, columns, r * high, Math.Min(rows, (r + 1) * high), c * wide, Math.Min(columns, (c + 1) * wide));
            }
        }

        _largest = _cells.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        _block = high * wide == 1 ? "" : FormattableString.Invariant($"means of {high} x {wide}");
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange => (0, _allRows);

    public override (string Name, string Unit) X { get; }

    public override (string Name, string Unit) Y { get; }

    public override string Title => "";

    public override (double Width, double Height) Area => (540, Math.Clamp(12.0 * _allRows, 160, 480));

    public override IReadOnlyList<LegendEntry> Legend =>
    [
        new(Number(_largest), ColorOf(_largest), LegendMark.Area),
        new("0", ColorOf(0), LegendMark.Area),
        .. _isSigned ? [new LegendEntry(Number(-_largest), ColorOf(-_largest), LegendMark.Area)] : Array.Empty<LegendEntry>(),
        .. _block.Length > 0 ? [new LegendEntry(_block, OxyColors.Transparent, LegendMark.Area)] : Array.Empty<LegendEntry>(),
    ];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        double width = layout.Area.Width / _columns;
        double height = layout.Area.Height / _rows;
        for (int r = 0; r < _rows; r++)
        {
            for (int first = 0, last; first < _columns; first = last + 1)
            {
                OxyColor color = ColorOf(_cells[(r * _columns) + first]);
                last = first;
                while (last + 1 < _columns && ColorOf(_cells[(r * _columns) + last + 1]) == color)
                {
                    last++;
                }

                if (color != OxyColors.White)
                {
                    double bottom = layout.Area.Bottom - (r * height);
                    double left = layout.Area.Left + (first * width);
                    rc.Box(left, bottom - height - Overlap, layout.Area.Left + ((last + 1) * width) + Overlap, bottom, color);
                }
            }
        }
    }

    private static int CeilingOf(int count, int size) => (count + size - 1) / size;

    private static double Mean(double[] values, int stride, int top, int bottom, int left, int right)
    {
        double sum = 0;
        for (int r = top; r < bottom; r++)
        {
            for (int c = left; c < right; c++)
            {
                sum += values[(r * stride) + c];
            }
        }

        return sum / ((bottom - top) * (right - left));
    }

    private static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture).Replace('-', '−');

    private OxyColor ColorOf(double value)
    {
        if (!double.IsFinite(value))
        {
            return PlotStyle.Quiet;
        }

        double share = _largest == 0 ? 0 : Math.Round(Levels * Math.Abs(value) / _largest) / Levels;
        return share == 0 ? OxyColors.White : OxyColor.Interpolate(OxyColors.White, value > 0 ? High : Low, share);
    }
}
