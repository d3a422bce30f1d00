using System.Runtime.InteropServices;
using HybridControl.Numerics;
using HybridControl.Solvers;

namespace HybridControl.Estimation;

/// <summary>The moments of a belief that moves with a flow, by sigma points at every instant: one system for the solver.</summary>
/// <remarks>
/// <para>
/// m' = sum w f(X_i), P' = V L' + L V' + B B' with V_i = (f(X_i+) - f(X_i-)) / (2 s), and C' = C (V L^-1)' for the covariance C of the state
/// at the start with the present one. Not P but its factor is integrated: L' follows from P' as the derivative of Cholesky's
/// algorithm, which divides by pivots that are not zero only.
/// </para>
/// <para>
/// Noise makes a zero pivot grow like the square root of time, which no solver can start; then the first n steps are Euler's, each a
/// ten-millionth of the interval. Work space of one filter.
/// </para>
/// </remarks>
internal sealed class SigmaPointFlow
{
    private const double StartFraction = 1e-7;

    private readonly FlowTransition _model;
    private readonly Stepper _stepper;
    private readonly int _n;
    private readonly int _q;
    private readonly double[] _rates;
    private readonly double[] _point;
    private readonly double[] _slopes;
    private readonly double[] _velocity;
    private readonly double[] _diffusion;
    private readonly double[] _growth;
    private readonly double[] _array;
    private readonly double[] _white;
    private SigmaPointRule _rule;

    /// <summary>Makes room for the moments of a flow.</summary>
    public SigmaPointFlow(FlowTransition model, SigmaPointRule rule)
    {
        _model = model;
        _rule = rule;
        _n = model.StateCount;
        _q = model.Equations.NoiseCount;
        int size = _n + (2 * _n * _n);
        _stepper = model.NewStepper(size, Derivatives);
        _rates = new double[size];
        _point = new double[_n];
        _slopes = new double[3 * _n];
        _velocity = new double[_n * _n];
        _diffusion = new double[Math.Max(1, _n * _q)];
        _growth = new double[_n * _n];
        _array = new double[_n * (_n + _q)];
        _white = new double[_n];
    }

    /// <summary>Moves a belief.</summary>
    /// <param name="rule">Where the points lie.</param>
    /// <param name="from">Time before, in seconds.</param>
    /// <param name="to">Time after, in seconds.</param>
    /// <param name="input">The inputs.</param>
    /// <param name="prior">The belief before.</param>
    /// <param name="result">Receives the belief after.</param>
    /// <param name="cross">Receives the transposed D of the prediction's first deviations: cov(x_from, x_to) = L D'.</param>
    /// <returns>False if the moments could not be integrated.</returns>
    public bool Move(
        SigmaPointRule rule, double from, double to, ReadOnlySpan<double> input, GaussianBelief prior, GaussianBelief result, Span<double> cross)
    {
        int n = _n;
        _rule = rule;
        Span<double> all = _stepper.States;
        prior.Mean.CopyTo(all);
        prior.Factor.CopyTo(all[n..]);
        for (int i = 0; i < n * n; i++)
        {
            all[n + (n * n) + i] = prior.Factor[((i % n) * n) + (i / n)];
        }

        double start = Begin(from, to, input, all);
        if (!_model.Integrate(_stepper, start, to, input))
        {
            return false;
        }

        all = _stepper.States;
        all[..n].CopyTo(result.MutableMean);
        all.Slice(n, n * n).CopyTo(_growth);
        LowerTriangularization.Apply(_growth, n, n);
        LowerTriangularization.CopyTriangle(_growth, n, 0, result.MutableFactor, n);
        all[(n + (n * n))..].CopyTo(cross);
        return true;
    }

    // Euler steps while noise, not the flow, decides on a pivot; returns the time after them.
    private double Begin(double from, double to, ReadOnlySpan<double> input, Span<double> all)
    {
        int n = _n;
        double h = StartFraction * (to - from);
        double time = from;
        for (int step = 0; step < n && _q > 0; step++)
        {
            _model.Equations.WriteInputs(time, input, _model.Data);
            Derivatives(time, ref all[0], ref MemoryMarshal.GetReference(_model.Data), ref _rates[0]);
            int columns = n + _q;
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    _array[(i * columns) + j] = j < n
                        ? all[n + (i * n) + j] + (h * _velocity[(j * n) + i])
                        : Math.Sqrt(h) * _diffusion[(i * _q) + j - n];
                }
            }

            LowerTriangularization.Apply(_array, n, columns);
            bool isNoise = step > 0;
            for (int i = 0; i < n; i++)
            {
                isNoise |= _array[(i * columns) + i] > 10.0 * Math.Abs(all[n + (i * (n + 1))]);
            }

            if (!isNoise)
            {
                return from;
            }

            Dense.Axpy(h, _rates.AsSpan(0, n), all[..n]);
            Dense.Axpy(h, _rates.AsSpan(n + (n * n)), all[(n + (n * n))..]);
            LowerTriangularization.CopyTriangle(_array, columns, 0, all.Slice(n, n * n), n);
            time += h;
        }

        return time;
    }

    private void Derivatives(double time, ref double states, ref double data, ref double results)
    {
        int n = _n;
        int square = n * n;
        ReadOnlySpan<double> all = MemoryMarshal.CreateReadOnlySpan(ref states, n + (2 * square));
        Span<double> rates = MemoryMarshal.CreateSpan(ref results, n + (2 * square));
        ReadOnlySpan<double> mean = all[..n];
        ReadOnlySpan<double> factor = all.Slice(n, square);
        FlowEquations equations = _model.Equations;
        MovePoints(equations, time, mean, factor, ref data, rates[..n]);
        if (_q > 0)
        {
            equations.Diffusion(time, ref states, ref data, ref _diffusion[0]);
        }

        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = Dense.Dot(_diffusion.AsSpan(i * _q, _q), _diffusion.AsSpan(j * _q, _q));
                for (int k = 0; k <= i; k++)
                {
                    sum += (_velocity[(k * n) + j] * factor[(i * n) + k]) + (k <= j ? _velocity[(k * n) + i] * factor[(j * n) + k] : 0.0);
                }

                _growth[(i * n) + j] = sum;
            }
        }

        DifferentiateFactor(factor, rates.Slice(n, square));
        for (int row = 0; row < n; row++)
        {
            int at = n + square + (row * n);
            all.Slice(at, n).CopyTo(_white);
            LowerTriangular.Solve(factor, _white);
            Span<double> rate = rates.Slice(at, n);
            rate.Clear();
            for (int j = 0; j < n; j++)
            {
                Dense.Axpy(_white[j], _velocity.AsSpan(j * n, n), rate);
            }
        }
    }

    // The mean of f, and V with a row for each column of L.
    private void MovePoints(
        FlowEquations equations, double time, ReadOnlySpan<double> mean, ReadOnlySpan<double> factor, ref double data, Span<double> rate)
    {
        int n = _n;
        Span<double> center = _slopes.AsSpan(0, n);
        Span<double> up = _slopes.AsSpan(n, n);
        Span<double> down = _slopes.AsSpan(2 * n, n);
        double scale = _rule.Scale;
        mean.CopyTo(_point);
        equations.Flow(time, ref _point[0], ref data, ref center[0]);
        center.CopyTo(rate);
        for (int j = 0; j < n; j++)
        {
            Shift(mean, factor, j, scale);
            equations.Flow(time, ref _point[0], ref data, ref up[0]);
            Shift(mean, factor, j, -scale);
            equations.Flow(time, ref _point[0], ref data, ref down[0]);
            for (int i = 0; i < n; i++)
            {
                _velocity[(j * n) + i] = (up[i] - down[i]) / (2.0 * scale);
                rate[i] += _rule.Weight * (up[i] + down[i] - (2.0 * center[i]));
            }
        }
    }

    private void Shift(ReadOnlySpan<double> mean, ReadOnlySpan<double> factor, int column, double scale)
    {
        for (int i = 0; i < _n; i++)
        {
            _point[i] = mean[i] + (scale * factor[(i * _n) + column]);
        }
    }

    // L' L^T + L L'^T = P', row by row.
    private void DifferentiateFactor(ReadOnlySpan<double> factor, Span<double> rate)
    {
        int n = _n;
        rate.Clear();
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double pivot = factor[j * (n + 1)];
                if (pivot == 0.0)
                {
                    continue;
                }

                double rest = _growth[(i * n) + j] - Dense.Dot(rate.Slice(i * n, j), factor.Slice(j * n, j)) -
                    Dense.Dot(factor.Slice(i * n, j), rate.Slice(j * n, j));
                rate[(i * n) + j] = i == j ? 0.5 * rest / pivot : (rest - (factor[(i * n) + j] * rate[j * (n + 1)])) / pivot;
            }
        }
    }
}
