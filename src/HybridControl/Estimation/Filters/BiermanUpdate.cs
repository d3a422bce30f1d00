using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Updates a belief in U D U' form, one component of the measurement after the other.</summary>
/// <remarks>
/// Components whose noise is correlated are first combined so that it is not: R = T diag(r) T'. A pivot is only ever multiplied by a
/// ratio of two sums of squares, so that it stays what it must be, not negative; zero pivots and exact components pass.
/// Work space of one filter. G. J. Bierman, Factorization Methods for Discrete Sequential Estimation (1977), chapter V; the triangle is
/// lower here.
/// </remarks>
internal sealed class BiermanUpdate
{
    private const double Epsilon = 2.220446049250313e-16;

    private readonly int _n;
    private readonly double[] _unit;
    private readonly double[] _pivots;
    private readonly double[] _correction;
    private double[] _noise = [];
    private double[] _mixing = [];
    private double[] _variances = [];
    private double[] _rows = [];
    private double[] _values = [];
    private double[] _gains = [];
    private double[] _lengths = [];

    /// <summary>Makes room for n states; the room for measurements grows when it must.</summary>
    public BiermanUpdate(int n)
    {
        _n = n;
        _unit = new double[n * n];
        _pivots = new double[n];
        _correction = new double[n];
    }

    /// <summary>Updates a belief.</summary>
    /// <param name="prior">The belief before.</param>
    /// <param name="sensed">The linearised sensor.</param>
    /// <param name="noiseColumns">Columns of its noise factor.</param>
    /// <param name="innovation">Holds nu; receives the factor of S and everything that follows from it.</param>
    /// <param name="geometry">How a state is corrected.</param>
    /// <param name="posterior">Receives the belief after.</param>
    public EstimationStatus Apply(
        GaussianBelief prior, LinearizedSensor sensed, int noiseColumns, Innovation innovation, StateGeometry geometry, GaussianBelief posterior)
    {
        int n = _n;
        int k = innovation.Count;
        Reserve(k, noiseColumns);
        Decorrelate(sensed, noiseColumns, innovation);
        LinearDeviations.Measure(_rows.AsSpan(0, k * n), _mixing.AsSpan(0, k * k), k, prior, _lengths);
        UnitFactor.Split(prior.Factor, _unit, _pivots);
        _correction.AsSpan().Clear();
        for (int i = 0; i < k; i++)
        {
            ReadOnlySpan<double> h = _rows.AsSpan(i * n, n);
            Span<double> gain = _gains.AsSpan(i * n, n);
            double residual = _values[i] - Dense.Dot(h, _correction);
            double smallest = 8.0 * n * Epsilon * (_lengths[i] + Math.Sqrt(_variances[i]));
            _variances[i] = Learn(h, _variances[i], smallest * smallest, gain);
            Dense.Axpy(residual, gain, _correction);
        }

        WriteFactor(innovation);
        if (!innovation.Weigh())
        {
            return innovation.Misfit;
        }

        UnitFactor.Join(_unit, _pivots, posterior.MutableFactor);
        prior.Mean.CopyTo(posterior.MutableMean);
        geometry.Add(posterior.MutableMean, _correction);
        return EstimationStatus.Done;
    }

    // T^-1 H, T^-1 nu and r with R = T diag(r) T', T unit lower triangular.
    private void Decorrelate(LinearizedSensor sensed, int noiseColumns, Innovation innovation)
    {
        int n = _n;
        int k = innovation.Count;
        Span<double> noise = _noise.AsSpan(0, k * noiseColumns);
        Span<double> triangle = _gains.AsSpan(0, k * k);
        sensed.Noise.CopyTo(noise);
        LowerTriangularization.Apply(noise, k, noiseColumns);
        LowerTriangularization.CopyTriangle(noise, noiseColumns, 0, triangle, k);
        UnitFactor.Split(triangle, _mixing.AsSpan(0, k * k), _variances.AsSpan(0, k));
        sensed.Jacobian.CopyTo(_rows);
        innovation.Value.CopyTo(_values);
        for (int i = 0; i < k; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double share = _mixing[(i * k) + j];
                Dense.Axpy(-share, _rows.AsSpan(j * n, n), _rows.AsSpan(i * n, n));
                _values[i] -= share * _values[j];
            }
        }
    }

    // Takes one component in; returns its variance before, or zero if it told nothing.
    private double Learn(ReadOnlySpan<double> h, double noise, double smallest, Span<double> gain)
    {
        int n = _n;
        gain.Clear();
        double total = noise;
        for (int j = n - 1; j >= 0; j--)
        {
            double f = Direction(h, j);
            total += f * f * _pivots[j];
        }

        if (total <= smallest)
        {
            return 0.0;
        }

        double before = noise;
        for (int j = n - 1; j >= 0; j--)
        {
            double f = Direction(h, j);
            double v = _pivots[j] * f;
            double after = before + (f * v);
            if (after > 0.0)
            {
                _pivots[j] *= before / after;
            }

            double share = before > 0.0 ? -f / before : 0.0;
            gain[j] = v;
            for (int i = j + 1; i < n; i++)
            {
                double old = _unit[(i * n) + j];
                _unit[(i * n) + j] = old + (gain[i] * share);
                gain[i] += v * old;
            }

            before = after;
        }

        for (int i = 0; i < n; i++)
        {
            gain[i] /= before;
        }

        return before;
    }

    private double Direction(ReadOnlySpan<double> h, int j)
    {
        double f = h[j];
        for (int i = j + 1; i < _n; i++)
        {
            f += _unit[(i * _n) + j] * h[i];
        }

        return f;
    }

    // S^1/2 = T (unit triangle of h_p K_i) diag(sqrt(s)).
    private void WriteFactor(Innovation innovation)
    {
        int n = _n;
        int k = innovation.Count;
        Span<double> factor = innovation.MutableFactor;
        factor.Clear();
        for (int i = 0; i < k; i++)
        {
            double root = Math.Sqrt(_variances[i]);
            for (int p = i; p < k; p++)
            {
                double share = p == i ? root : root * Dense.Dot(_rows.AsSpan(p * n, n), _gains.AsSpan(i * n, n));
                for (int row = p; row < k; row++)
                {
                    factor[(row * k) + i] += _mixing[(row * k) + p] * share;
                }
            }
        }
    }

    private void Reserve(int k, int noiseColumns)
    {
        if (_variances.Length < noiseColumns)
        {
            int m = Math.Max(k, noiseColumns);
            _noise = new double[m * m];
            _mixing = new double[m * m];
            _variances = new double[m];
            _rows = new double[m * _n];
            _values = new double[m];
            _gains = new double[m * Math.Max(m, _n)];
            _lengths = new double[m];
        }
    }
}
