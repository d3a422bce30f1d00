using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Eliminates what nobody knows from what a state before a step is, given the state after it.</summary>
/// <remarks>
/// Rows y_i = b_i delta + d_i e become known; x = B delta + L e is the state before, delta without information, e ~ N(0, I).
/// A row that sees an unknown direction fixes it: delta is turned so that b_i = (beta, 0, ...), and delta_1 = (y_i - d_i e) / beta is
/// put into all other rows. The row is the one that sees most of what it could, so that factors stay small whatever the units.
/// Rows that see nothing of what is left are ordinary. This is the limit of L L' + kappa B B' for kappa to infinity, without a
/// difference of large numbers: J. Durbin and S. J. Koopman, Time Series Analysis by State Space Methods (2nd ed., 2012),
/// have the same moments by recursions; the elimination is ours. Work space of one record.
/// </remarks>
internal sealed class UnknownElimination
{
    private readonly int _n;
    private readonly int _known;
    private readonly double[] _unknown;
    private readonly double[] _coefficients;
    private readonly double[] _scales;
    private readonly double[] _gain;
    private int _d;

    /// <summary>Makes room.</summary>
    /// <param name="n">The number of states.</param>
    /// <param name="known">The number of rows that become known, of which the first n are the states afterwards.</param>
    public UnknownElimination(int n, int known)
    {
        (_n, _known) = (n, known);
        _unknown = new double[(known + n) * n];
        _coefficients = new double[(known + n) * known];
        _scales = new double[known + n];
        _gain = new double[known];
    }

    /// <summary>The number of unknown directions that what becomes known fixes.</summary>
    public int Rank { get; private set; }

    /// <summary>Eliminates.</summary>
    /// <param name="filter">The filter that has just predicted.</param>
    /// <param name="before">Its belief before.</param>
    /// <param name="array">
    /// Deviations of what becomes known, then of the state before. The first <see cref="Rank"/> rows are used up; what follows is the ordinary rest.
    /// </param>
    /// <param name="columns">Its columns.</param>
    /// <param name="lengths">For each row that becomes known what its rounding errors are relative to; goes with the rows.</param>
    public void Apply(GaussianFilter filter, GaussianBelief before, Span<double> array, int columns, Span<double> lengths)
    {
        (int n, int known, int d) = (_n, _known, before.DiffuseRank);
        _d = d;
        Span<double> unknown = _unknown.AsSpan(0, (known + n) * d);
        unknown.Clear();
        _scales.AsSpan().Clear();
        filter.WriteUnknown(before, unknown[..(n * d)], _scales.AsSpan(0, n));
        before.DiffuseFactor.CopyTo(unknown[(known * d)..]);
        UnknownDirections.Measure(before.DiffuseFactor, n, d, _scales.AsSpan(known));
        _coefficients.AsSpan().Clear();
        for (int i = 0; i < known; i++)
        {
            _coefficients[(i * known) + i] = -1.0;
        }

        for (Rank = 0; Rank < d; Rank++)
        {
            int pivot = UnknownDirections.Largest(unknown, d, Rank, known, Rank, _scales);
            if (pivot < 0)
            {
                break;
            }

            Exchange(pivot, Rank, array, columns, lengths);
            double beta = UnknownDirections.Turn(unknown, d, Rank, Rank);
            for (int i = Rank + 1; i < known + n; i++)
            {
                double factor = unknown[(i * d) + Rank] / beta;
                unknown[(i * d) + Rank] = 0.0;
                if (factor == 0.0)
                {
                    continue;
                }

                Dense.Axpy(-factor, array.Slice(Rank * columns, columns), array.Slice(i * columns, columns));
                Dense.Axpy(-factor, _coefficients.AsSpan(Rank * known, known), _coefficients.AsSpan(i * known, known));
                if (i < known)
                {
                    lengths[i] += Math.Abs(factor) * lengths[Rank];
                }
            }
        }
    }

    /// <summary>The gain of what becomes known on a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="ordinary">Its gain on the ordinary rows.</param>
    public ReadOnlySpan<double> Gain(int state, ReadOnlySpan<double> ordinary)
    {
        _coefficients.AsSpan((_known + state) * _known, _known).CopyTo(_gain);
        for (int r = 0; r < ordinary.Length; r++)
        {
            Dense.Axpy(-ordinary[r], _coefficients.AsSpan((Rank + r) * _known, _known), _gain);
        }

        return _gain;
    }

    /// <summary>Writes the directions of the state before that nothing fixes, one row for each state.</summary>
    /// <returns>Their number.</returns>
    public int WriteUnknown(Span<double> directions)
    {
        int left = _d - Rank;
        for (int i = 0; i < _n; i++)
        {
            _unknown.AsSpan(((_known + i) * _d) + Rank, left).CopyTo(directions[(i * left)..]);
        }

        return UnknownDirections.Reduce(directions[..(_n * left)], _n, left, _scales.AsSpan(_known));
    }

    private void Exchange(int i, int j, Span<double> array, int columns, Span<double> lengths)
    {
        if (i == j)
        {
            return;
        }

        (_scales[i], _scales[j]) = (_scales[j], _scales[i]);
        (lengths[i], lengths[j]) = (lengths[j], lengths[i]);
        UnknownDirections.ExchangeRows(_unknown, _d, i, j);
        UnknownDirections.ExchangeRows(_coefficients, _known, i, j);
        UnknownDirections.ExchangeRows(array, columns, i, j);
    }
}
