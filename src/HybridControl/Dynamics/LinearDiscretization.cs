using HybridControl.Numerics;

namespace HybridControl.Dynamics;

/// <summary>x' = A x + B u + noise of density Qc over a step of any length: x+ = Phi x + Gamma u + w, w ~ N(0, G G').</summary>
/// <remarks>
/// Taylor series over a part h of the step with |A| h at most 1/4, then doublings: Phi(2h) = Phi^2, Gamma(2h) = Gamma + Phi Gamma,
/// and G(2h) from triangularising [G, Phi G]. Unlike one exponential of a block matrix this never forms exp(-A t), which
/// overflows for stable stiff A, and the noise stays positive semidefinite. Work space of one user: allocates nothing after
/// it was made. C. Moler and C. Van Loan, SIAM Review 45 (2003), 3-49.
/// </remarks>
internal sealed class LinearDiscretization
{
    // (1/4)^15 / 15! is below 1e-21.
    private const int Degree = 14;

    private readonly int _n;
    private readonly int _inputs;
    private readonly double[] _a;
    private readonly double[] _b;
    private readonly double[] _density;
    private readonly double _norm;
    private readonly double[] _phi;
    private readonly double[] _gamma;
    private readonly double[] _noise;
    private readonly double[] _term;
    private readonly double[] _other;
    private readonly double[] _sum;
    private readonly double[] _array;

    /// <summary>Prepares a system.</summary>
    /// <param name="a">A, n by n, row-major.</param>
    /// <param name="b">B, n by k, row-major; empty for no inputs.</param>
    /// <param name="density">Qc, n by n, row-major, symmetric positive semidefinite, per second.</param>
    /// <param name="n">The number of states.</param>
    public LinearDiscretization(double[] a, double[] b, double[] density, int n)
    {
        (_a, _b, _density, _n) = (a, b, density, n);
        _inputs = b.Length / n;
        for (int i = 0; i < n; i++)
        {
            double row = 0.0;
            for (int j = 0; j < n; j++)
            {
                row += Math.Abs(a[(i * n) + j]);
            }

            _norm = Math.Max(_norm, row);
        }

        _phi = new double[n * n];
        _gamma = new double[b.Length];
        _noise = new double[n * n];
        _term = new double[n * n];
        _other = new double[n * n];
        _sum = new double[n * n];
        _array = new double[2 * n * n];
    }

    /// <summary>Length of the step that the results are for, in seconds.</summary>
    public double Step { get; private set; } = double.NaN;

    /// <summary>Phi, n by n.</summary>
    public ReadOnlySpan<double> Phi => _phi;

    /// <summary>Gamma, n by k.</summary>
    public ReadOnlySpan<double> Gamma => _gamma;

    /// <summary>The factor G of the noise, n by n, lower triangular.</summary>
    public ReadOnlySpan<double> Noise => _noise;

    /// <summary>Computes everything for a step, unless it was the last one asked for.</summary>
    /// <returns>False if the results are not finite.</returns>
    public bool Prepare(double step)
    {
        if (step == Step)
        {
            return true;
        }

        int doublings = Math.Max(0, (int)Math.Ceiling(Math.Log2(4.0 * _norm * step)));
        if (!double.IsFinite(step) || doublings > 1000)
        {
            return false;
        }

        double h = Math.ScaleB(step, -doublings);
        FlowSeries(h);
        NoiseSeries(h);
        for (int i = 0; i < doublings; i++)
        {
            Double();
        }

        Step = step;
        return Dense.IsFinite(_phi) && Dense.IsFinite(_noise);
    }

    // Phi = sum of (A h)^k / k!, and the integral of it, h sum of (A h)^k / (k+1)!, times B.
    private void FlowSeries(double h)
    {
        int n = _n;
        _phi.AsSpan().Clear();
        _sum.AsSpan().Clear();
        _term.AsSpan().Clear();
        for (int i = 0; i < n; i++)
        {
            _term[i * (n + 1)] = 1.0;
        }

        for (int k = 0; k <= Degree; k++)
        {
            Dense.Axpy(1.0, _term, _phi);
            Dense.Axpy(h / (k + 1), _term, _sum);
            Dense.Multiply(_term, _a, _other, n, n, n);
            _term.AsSpan().Clear();
            Dense.Axpy(h / (k + 1), _other, _term);
        }

        if (_inputs > 0)
        {
            Dense.Multiply(_sum, _b, _gamma, n, n, _inputs);
        }
    }

    // Qd = sum of h^(k+1) / (k+1)! T_k with T_0 = Qc, T_(k+1) = A T_k + T_k A'.
    private void NoiseSeries(double h)
    {
        int n = _n;
        _sum.AsSpan().Clear();
        _term.AsSpan().Clear();
        Dense.Axpy(h, _density, _term);
        for (int k = 0; k <= Degree; k++)
        {
            Dense.Axpy(1.0, _term, _sum);
            Dense.Multiply(_a, _term, _other, n, n, n);
            double factor = h / (k + 2);
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    _term[(i * n) + j] = factor * (_other[(i * n) + j] + _other[(j * n) + i]);
                }
            }
        }

        Cholesky.Factor(_sum, _noise, n);
    }

    private void Double()
    {
        int n = _n;
        Dense.MultiplyLower(_phi, _noise, _array.AsSpan(n), n, n, 2 * n);
        for (int i = 0; i < n; i++)
        {
            _noise.AsSpan(i * n, n).CopyTo(_array.AsSpan(2 * i * n));
        }

        LowerTriangularization.Apply(_array, n, 2 * n);
        LowerTriangularization.CopyTriangle(_array, 2 * n, 0, _noise, n);
        if (_inputs > 0)
        {
            Span<double> moved = _other.AsSpan(0, n);
            for (int column = 0; column < _inputs; column++)
            {
                for (int i = 0; i < n; i++)
                {
                    double sum = _gamma[(i * _inputs) + column];
                    for (int j = 0; j < n; j++)
                    {
                        sum += _phi[(i * n) + j] * _gamma[(j * _inputs) + column];
                    }

                    moved[i] = sum;
                }

                for (int i = 0; i < n; i++)
                {
                    _gamma[(i * _inputs) + column] = moved[i];
                }
            }
        }

        Dense.Multiply(_phi, _phi, _term, n, n, n);
        _term.CopyTo(_phi, 0);
    }
}
