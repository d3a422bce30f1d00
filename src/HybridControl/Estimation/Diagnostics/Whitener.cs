using HybridControl.Numerics;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Turns a residual into independent unit normals by a factor of its covariance; takes missing components and singular covariances.</summary>
/// <remarks>
/// A triangular factor with sound pivots takes a forward substitution. Any other one, and what is left of it where components are
/// missing, is made triangular by Householder reflections from the right, rows in the order of what is left of them relative to their
/// length: no product A A' is formed, and units do not matter. Allocates at the start only, and
/// once more for a factor with more columns than components.
/// </remarks>
internal sealed class Whitener
{
    // A row of which less than this is left depends on the others.
    private const double Dependent = 1e-13;

    // A dependent component may be off by this share of its standard deviation.
    private const double Slack = 1e-6;

    private readonly double _exact;
    private double[] _rows;
    private readonly double[] _lengths;
    private readonly double[] _white;
    private readonly double[] _deviations;
    private readonly int[] _order;

    /// <param name="size">The largest number of components.</param>
    /// <param name="exact">What a component that is known exactly may be off, in its unit.</param>
    public Whitener(int size, double exact)
    {
        _exact = exact;
        _rows = new double[size * size];
        _lengths = new double[size];
        _white = new double[size];
        _deviations = new double[size];
        _order = new int[size];
    }

    /// <summary>The sum of squares of the independent normals.</summary>
    public double Distance { get; private set; }

    /// <summary>How many there are: the rank of the covariance of what is present.</summary>
    public int Degrees { get; private set; }

    /// <summary>How many components were not missing.</summary>
    public int Present { get; private set; }

    /// <summary>A component that the covariance takes for known is off, by its number; -1 if none is.</summary>
    public int Contradicted { get; private set; }

    /// <summary>The standard deviation of each component; NaN where it is missing.</summary>
    public ReadOnlySpan<double> Deviations => _deviations;

    /// <summary>Whitens a residual.</summary>
    /// <param name="residual">n components, NaN where missing.</param>
    /// <param name="factor">A of n rows, row-major, where A A' is the covariance.</param>
    /// <returns>Whether all numbers of present components are finite; nothing else is set if not.</returns>
    public bool Whiten(ReadOnlySpan<double> residual, ReadOnlySpan<double> factor)
    {
        int n = residual.Length;
        int columns = factor.Length / n;
        int present = 0;
        bool triangular = columns == n;
        for (int i = 0; i < n; i++)
        {
            _deviations[i] = double.NaN;
            if (double.IsNaN(residual[i]))
            {
                triangular = false;
                continue;
            }

            ReadOnlySpan<double> row = factor.Slice(i * columns, columns);
            double length = Length(row);
            if (!double.IsFinite(length) || double.IsInfinity(residual[i]))
            {
                return false;
            }

            triangular &= i < columns && Math.Abs(row[i]) > Dependent * length && !row[(i + 1)..].ContainsAnyExcept(0.0);
            _deviations[i] = length;
            _order[present++] = i;
        }

        (Present, Contradicted) = (present, -1);
        if (triangular)
        {
            Substitute(residual, factor);
        }
        else
        {
            Reduce(residual, factor, columns);
        }

        Distance = Dense.Dot(_white.AsSpan(0, Degrees), _white.AsSpan(0, Degrees));
        return double.IsFinite(Distance);
    }

    private static double Length(ReadOnlySpan<double> row) => Math.Sqrt(Dense.Dot(row, row));

    private void Substitute(ReadOnlySpan<double> residual, ReadOnlySpan<double> factor)
    {
        int n = residual.Length;
        for (int i = 0; i < n; i++)
        {
            _white[i] = (residual[i] - Explained(factor.Slice(i * n, i))) / factor[(i * n) + i];
        }

        Degrees = n;
    }

    private double Explained(ReadOnlySpan<double> row) => Dense.Dot(row, _white.AsSpan(0, row.Length));

    private void Reduce(ReadOnlySpan<double> residual, ReadOnlySpan<double> factor, int columns)
    {
        int present = Present;
        if (_rows.Length < present * columns)
        {
            _rows = new double[_lengths.Length * columns];
        }

        for (int i = 0; i < present; i++)
        {
            factor.Slice(_order[i] * columns, columns).CopyTo(_rows.AsSpan(i * columns));
            _lengths[i] = _deviations[_order[i]];
        }

        int rank = 0;
        for (; rank < Math.Min(present, columns); rank++)
        {
            int pivot = Pivot(rank, present, columns);
            if (pivot < 0)
            {
                break;
            }

            Swap(rank, pivot, columns);
            Reflect(rank, present, columns);
            Span<double> row = _rows.AsSpan(rank * columns, columns);
            _white[rank] = (residual[_order[rank]] - Explained(row[..rank])) / row[rank];
        }

        Degrees = rank;
        for (int i = rank; i < present; i++)
        {
            double left = residual[_order[i]] - Explained(_rows.AsSpan(i * columns, rank));
            if (Math.Abs(left) > _exact + (Slack * _lengths[i]))
            {
                Contradicted = _order[i];
            }
        }
    }

    // The row of which most is left relative to its length; -1 where nothing is left.
    private int Pivot(int from, int present, int columns)
    {
        (int best, double most) = (-1, Dependent);
        for (int i = from; i < present; i++)
        {
            double left = Length(_rows.AsSpan((i * columns) + from, columns - from));
            if (left > most * _lengths[i])
            {
                (best, most) = (i, left / _lengths[i]);
            }
        }

        return best;
    }

    private void Swap(int a, int b, int columns)
    {
        if (a == b)
        {
            return;
        }

        (_order[a], _order[b]) = (_order[b], _order[a]);
        (_lengths[a], _lengths[b]) = (_lengths[b], _lengths[a]);
        for (int j = 0; j < columns; j++)
        {
            (_rows[(a * columns) + j], _rows[(b * columns) + j]) = (_rows[(b * columns) + j], _rows[(a * columns) + j]);
        }
    }

    // A reflection from the right leaves one number of what is left of the pivot row, and turns the rows below alike.
    private void Reflect(int row, int present, int columns)
    {
        Span<double> v = _rows.AsSpan((row * columns) + row, columns - row);
        double length = Length(v);
        double alpha = v[0] > 0.0 ? -length : length;
        v[0] -= alpha;
        double squares = Dense.Dot(v, v);
        if (squares > 0.0)
        {
            for (int i = row + 1; i < present; i++)
            {
                Span<double> other = _rows.AsSpan((i * columns) + row, columns - row);
                Dense.Axpy(-2.0 * Dense.Dot(v, other) / squares, v, other);
            }
        }

        v.Clear();
        v[0] = alpha;
    }
}
