using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>One step of a smoother: what is believed of a state, given what is believed of the state after it from all measurements.</summary>
/// <remarks>
/// m_k|T = m_k + G (m_(k+1)|T - m^-), and the factor comes from [G L_(k+1)|T, Lc]. Where a measurement at k+1 feels the noise omega of
/// the step that ended there, x_k = m_k + G (x_(k+1) - m^-) + G_w omega + Lc e, while the filter knows omega = c + C L^-1 (x_(k+1) - m) + D e
/// beside its state N(m, L L') after those measurements. Put in, that is a step of the same form with the gain G + G_w C L^-1 and the
/// rest [Lc, G_w D]: given x_(k+1) and everything measured up to it, x_k and the future are independent. Work space of one smoother.
/// </remarks>
internal sealed class BackwardStep
{
    private readonly ForwardRecord _record;
    private readonly StateGeometry _geometry;
    private readonly int _n;
    private readonly double[] _array;
    private readonly double[] _shift;
    private readonly double[] _correction;
    private readonly double[] _gain;
    private double[] _directions = [];
    private double[] _scales = [];

    /// <summary>Makes room for the predictions of a record.</summary>
    public BackwardStep(ForwardRecord record)
    {
        _record = record;
        _geometry = record.Filter.Transition.Geometry;
        _n = record.Filter.StateCount;
        _array = new double[_n * ((2 * _n) + record.Filter.RememberedSources)];
        _shift = new double[_n];
        _correction = new double[_n];
        _gain = new double[_n * _n];
    }

    /// <summary>Goes back through a prediction.</summary>
    /// <param name="index">Number of the prediction.</param>
    /// <param name="later">The smoothed belief after it.</param>
    /// <param name="result">Receives the smoothed belief before it; another one.</param>
    public void Apply(int index, GaussianBelief later, GaussianBelief result)
    {
        RecordedPrediction step = _record[index];
        GaussianBelief known = _record.AfterUpdates(index);
        step.Before.Mean.CopyTo(result.MutableMean);
        int n = _n;
        int columns = 2 * n;
        ReadOnlySpan<double> gain = step.Gain;
        if (step.SourceGain.Length > 0 && known.Memory is { IsActive: true } felt)
        {
            columns += felt.Count;
            gain = Combine(step, known, felt, columns, result);
            _geometry.Subtract(later.Mean, known.Mean, _shift);
        }
        else
        {
            _geometry.Subtract(later.Mean, step.After.Mean, _shift);
        }

        Dense.MultiplyVector(gain, _shift, _correction);
        _geometry.Add(result.MutableMean, _correction);
        Dense.MultiplyLower(gain, later.Factor, _array, n, n, columns);
        for (int i = 0; i < n; i++)
        {
            step.Rest.Slice(i * n, n).CopyTo(_array.AsSpan((i * columns) + n));
        }

        LowerTriangularization.Apply(_array.AsSpan(0, n * columns), n, columns);
        LowerTriangularization.CopyTriangle(_array, columns, 0, result.MutableFactor, n);
        result.MutableDiffuse(0);
        result.Memory?.Forget();
        if (later.DiffuseRank + step.UnknownRank > 0)
        {
            KeepUnknown(step, gain, later, result);
        }
    }

    // Moves the mean to where the updates have brought it, writes G_w D, and gives the gain on the state after them.
    private ReadOnlySpan<double> Combine(RecordedPrediction step, GaussianBelief known, NoiseMemory felt, int columns, GaussianBelief result)
    {
        (int n, int q) = (_n, felt.Count);
        _geometry.Subtract(known.Mean, step.After.Mean, _shift);
        Dense.MultiplyVector(step.Gain, _shift, _correction);
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<double> weights = step.SourceGain.Slice(i * q, q);
            Span<double> row = _gain.AsSpan(i * n, n);
            Span<double> rest = _array.AsSpan((i * columns) + (2 * n), q);
            row.Clear();
            rest.Clear();
            for (int j = 0; j < q; j++)
            {
                Dense.Axpy(weights[j], felt.Cross.Slice(j * n, n), row);
                Dense.Axpy(weights[j], felt.Own.Slice(j * q, q), rest);
            }

            LowerTriangular.SolveTransposed(known.Factor, row);
            Dense.Axpy(1.0, step.Gain.Slice(i * n, n), row);
            _correction[i] += Dense.Dot(weights, felt.Mean);
        }

        _geometry.Add(result.MutableMean, _correction);
        return _gain;
    }

    // What is unknown of the later state by way of the gain, and what the later state does not tell.
    private void KeepUnknown(RecordedPrediction step, ReadOnlySpan<double> gain, GaussianBelief later, GaussianBelief result)
    {
        (int n, int d, int own) = (_n, later.DiffuseRank, step.UnknownRank);
        int columns = d + own;
        if (_directions.Length < n * columns)
        {
            _directions = new double[n * columns];
            _scales = new double[2 * n];
        }

        Span<double> directions = _directions.AsSpan(0, n * columns);
        Span<double> scales = _scales.AsSpan(0, n);
        Span<double> sizes = _scales.AsSpan(n, n);
        UnknownDirections.Measure(step.UnknownRest, n, own, scales);
        UnknownDirections.Measure(later.DiffuseFactor, n, d, sizes);
        directions.Clear();
        for (int i = 0; i < n; i++)
        {
            Span<double> row = directions.Slice(i * columns, columns);
            for (int j = 0; j < n; j++)
            {
                Dense.Axpy(gain[(i * n) + j], later.DiffuseFactor.Slice(j * d, d), row[..d]);
                scales[i] += Math.Abs(gain[(i * n) + j]) * sizes[j];
            }

            step.UnknownRest.Slice(i * own, own).CopyTo(row[d..]);
        }

        int rank = UnknownDirections.Reduce(directions, n, columns, scales);
        directions[..(n * rank)].CopyTo(result.MutableDiffuse(rank));
    }
}
