using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Predictions and updates while directions of the state are unknown: x = m + L e + B delta, delta without information.</summary>
/// <remarks>
/// Measurements are taken one number at a time. One that sees an unknown direction, h B = b not zero, fixes it: B is
/// turned so that b = (beta, 0, ...), delta_1 is eliminated with the gain K = b_1 / beta, and d falls by one; the likelihood,
/// integrated over delta, gains -log |beta|. One that sees none is an ordinary exact update of states and sensor noise
/// together, so that R may be full or singular. Equal to the limit kappa to infinity of the filter started from
/// L L' + kappa B B', with log-likelihood + d/2 log(2 pi kappa). Work space of one filter.
/// J. Durbin and S. J. Koopman, Time Series Analysis by State Space Methods (2nd ed., 2012), sections 5.2, 6.4 and 7.2; square-root form ours.
/// </remarks>
internal sealed class DiffuseStart
{
    private const double Epsilon = 2.220446049250313e-16;

    private readonly int _n;
    private double[] _joint = [];
    private double[] _row = [];
    private double[] _gain = [];
    private double[] _correction = [];
    private readonly double[] _scales;
    private double[] _unknown = [];

    /// <summary>Makes room for n states.</summary>
    public DiffuseStart(int n) => (_n, _scales) = (n, new double[n]);

    /// <summary>Moves the unknown directions: B+ = F B; those that F maps to nothing are forgotten.</summary>
    public void Predict(ReadOnlySpan<double> jacobian, GaussianBelief prior, GaussianBelief result)
    {
        (int n, int d) = (_n, prior.DiffuseRank);
        Reserve(0, 0, n * d);
        Span<double> moved = _unknown.AsSpan(0, n * d);
        UnknownDirections.Move(jacobian, prior.DiffuseFactor, moved, _scales);
        int kept = 0;
        for (int j = 0; j < d; j++)
        {
            bool isZero = true;
            for (int i = 0; i < n; i++)
            {
                moved[(i * d) + kept] = moved[(i * d) + j];
                isZero &= moved[(i * d) + j] == 0.0;
            }

            kept += isZero ? 0 : 1;
        }

        Copy(moved, d, 0, kept, result);
    }

    /// <summary>Updates a belief; the innovation keeps the components that fixed no direction, one after the other.</summary>
    public EstimationStatus Update(
        GaussianBelief prior, LinearizedSensor sensed, int noiseColumns, Innovation innovation, StateGeometry geometry, GaussianBelief result)
    {
        (int n, int k, int d) = (_n, innovation.Count, prior.DiffuseRank);
        int columns = n + noiseColumns;
        Reserve(n + k, columns, n * d);
        Span<double> joint = _joint.AsSpan(0, (n + k) * columns);
        Span<double> unknown = _unknown.AsSpan(0, n * d);
        Span<double> correction = _correction.AsSpan(0, n + k);
        Span<double> gain = _gain.AsSpan(0, n + k);
        joint.Clear();
        correction.Clear();
        for (int i = 0; i < n + k; i++)
        {
            ReadOnlySpan<double> source = i < n ? prior.Factor.Slice(i * n, n) : sensed.Noise.Slice((i - n) * noiseColumns, noiseColumns);
            source.CopyTo(joint[((i * columns) + (i < n ? 0 : n))..]);
        }

        prior.DiffuseFactor.CopyTo(unknown);
        UnknownDirections.Measure(unknown, n, d, _scales);
        int fixedCount = 0;
        int ordinary = 0;
        double logVolume = 0.0;
        for (int i = 0; i < k; i++)
        {
            ReadOnlySpan<double> h = sensed.Jacobian.Slice(i * n, n);
            double value = innovation.Value[i] - Dense.Dot(h, correction[..n]) - correction[n + i];
            Span<double> seen = _row.AsSpan(0, columns);
            joint.Slice((n + i) * columns, columns).CopyTo(seen);
            double scale = Math.Sqrt(Dense.Dot(seen, seen));
            for (int j = 0; j < n; j++)
            {
                ReadOnlySpan<double> row = joint.Slice(j * columns, columns);
                Dense.Axpy(h[j], row, seen);
                scale += Math.Abs(h[j]) * Math.Sqrt(Dense.Dot(row, row));
            }

            double beta = Turn(h, unknown, d, fixedCount);
            gain.Clear();
            if (beta != 0.0)
            {
                for (int j = 0; j < n; j++)
                {
                    gain[j] = unknown[(j * d) + fixedCount] / beta;
                }

                fixedCount++;
                logVolume += Math.Log(Math.Abs(beta));
            }
            else
            {
                double variance = Dense.Dot(seen, seen);
                if (Math.Sqrt(variance) <= 8.0 * columns * Epsilon * scale)
                {
                    if (!(Math.Abs(value) <= 1e-9 * (1.0 + Math.Abs(innovation.Value[i]))))
                    {
                        return EstimationStatus.Contradiction;
                    }

                    continue;
                }

                for (int j = 0; j < n + k; j++)
                {
                    gain[j] = Dense.Dot(joint.Slice(j * columns, columns), seen) / variance;
                }

                innovation.Set(ordinary++, innovation.Component(i), value, Math.Sqrt(variance));
            }

            Dense.Axpy(value, gain, correction);
            for (int j = 0; j < n + k; j++)
            {
                Dense.Axpy(-gain[j], seen, joint.Slice(j * columns, columns));
            }
        }

        innovation.KeepIndependent(ordinary);
        innovation.LogLikelihood -= logVolume;
        LowerTriangularization.Apply(joint[..(n * columns)], n, columns);
        LowerTriangularization.CopyTriangle(joint, columns, 0, result.MutableFactor, n);
        prior.Mean.CopyTo(result.MutableMean);
        geometry.Add(result.MutableMean, correction[..n]);
        Copy(unknown, d, fixedCount, d - fixedCount, result);
        UnknownDirections.Clean(result.MutableDiffuse(d - fixedCount), n, d - fixedCount, _scales);
        return EstimationStatus.Done;
    }

    // Reflects the columns of B from 'first' on so that h B = (beta, 0, ...) there; zero if h sees none of them.
    private double Turn(ReadOnlySpan<double> h, Span<double> b, int d, int first)
    {
        int count = d - first;
        Span<double> seen = _gain.AsSpan(0, count);
        seen.Clear();
        double scale = 0.0;
        for (int i = 0; i < _n; i++)
        {
            ReadOnlySpan<double> row = b.Slice((i * d) + first, count);
            Dense.Axpy(h[i], row, seen);
            scale += Math.Abs(h[i]) * _scales[i]; // of before the update: what is left of a row may be rounding errors
        }

        double norm = Math.Sqrt(Dense.Dot(seen, seen));
        if (norm <= UnknownDirections.Resolution * scale)
        {
            return 0.0;
        }

        double beta = seen[0] > 0.0 ? -norm : norm;
        seen[0] -= beta;
        double factor = 2.0 / Dense.Dot(seen, seen);
        for (int i = 0; i < _n; i++)
        {
            Span<double> row = b.Slice((i * d) + first, count);
            Dense.Axpy(-factor * Dense.Dot(row, seen), seen, row);
        }

        return beta;
    }

    private void Copy(ReadOnlySpan<double> b, int stride, int first, int count, GaussianBelief result)
    {
        Span<double> target = result.MutableDiffuse(count);
        for (int i = 0; i < _n; i++)
        {
            b.Slice((i * stride) + first, count).CopyTo(target[(i * count)..]);
        }
    }

    private void Reserve(int rows, int columns, int unknown)
    {
        if (_joint.Length < rows * columns)
        {
            _joint = new double[rows * columns];
        }

        if (_row.Length < columns)
        {
            _row = new double[columns];
        }

        if (_gain.Length < Math.Max(rows, _n))
        {
            _gain = new double[Math.Max(rows, _n)];
            _correction = new double[Math.Max(rows, _n)];
        }

        if (_unknown.Length < unknown)
        {
            _unknown = new double[unknown];
        }
    }
}
