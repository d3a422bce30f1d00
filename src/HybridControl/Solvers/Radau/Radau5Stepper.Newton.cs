using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <content>One trial step: the simplified Newton iteration and the error estimate.</content>
internal sealed partial class Radau5Stepper
{
    private const double Epsilon = 2.220446049250313e-16;
    private const int MostIterations = 7;
    private const double SlowContraction = 0.001; // above it a new Jacobian pays

    private readonly double _newtonTolerance;
    private double _contraction; // theta / (1 - theta) of the last iteration that measured it
    private double _contraction0; // theta of the last step
    private bool _linear; // a Jacobian is there
    private bool _current; // it belongs to the start of this step

    /// <summary>Takes a trial step.</summary>
    /// <param name="size">Its size.</param>
    /// <param name="end">Its end.</param>
    /// <param name="error">The scaled error, where the step has one.</param>
    /// <param name="factor">Next size over this one.</param>
    /// <returns>What stands in the way: accepted if nothing does, though the error may be too large.</returns>
    private StepStatus Try(double size, double end, out double error, out double factor)
    {
        (error, factor) = (double.NaN, 0.5);
        if (!_linear)
        {
            Evaluations += _system.Linearize(Time, States, StartSlopes, _data);
            (_linear, _current) = (true, true);
        }

        if (_system.Size != size)
        {
            StepStatus factored = _system.Factor(size);
            if (factored != StepStatus.Accepted)
            {
                return factored;
            }
        }

        BeginStages(size);
        StepStatus iterated = Iterate(size, end, out int iterations, ref factor);
        if (iterated != StepStatus.Accepted)
        {
            return iterated;
        }

        error = EstimateError(size);
        if (!double.IsFinite(error))
        {
            factor = LargestCut;
            return StepStatus.NotFinite;
        }

        double safety = Math.Min(Safety, Safety * (1.0 + (2.0 * MostIterations)) / (iterations + (2.0 * MostIterations)));
        factor = Math.Clamp(safety / FourthRoot(error), LargestCut, LargestGrowth);
        if (error >= 1.0)
        {
            return StepStatus.Accepted;
        }

        Evaluate(end, ref _points[2 * _n], ref _endSlopes[0]);
        if (!Dense.IsFinite(EndSlopes))
        {
            factor = LargestCut;
            return StepStatus.NotFinite;
        }

        return StepStatus.Accepted;
    }

    private void BeginStages(double size)
    {
        if (_lastSize > 0.0)
        {
            RadauKernels.Extrapolate(_n, size / _lastSize, _newton, _states, _w, _z, _points);
            return;
        }

        Array.Clear(_w);
        for (int stage = 0; stage < 3; stage++)
        {
            States.CopyTo(_points.AsSpan(stage * _n));
        }
    }

    private StepStatus Iterate(double size, double end, out int iterations, ref double factor)
    {
        _contraction = Math.Max(_contraction, Epsilon);
        _contraction = RoughMath.Exp2(0.8 * RoughMath.Log2(_contraction));
        _contraction0 = SlowContraction;
        double rate = 1.0 / size;
        double last = 0.0;
        double lastRatio = 0.0;
        ref double data = ref MemoryMarshal.GetArrayDataReference(_data);
        for (iterations = 1; ; iterations++)
        {
            _function.Derivatives(Time + (RadauTransformation.C1 * size), ref _points[0], ref data, ref _f[0]);
            _function.Derivatives(Time + (RadauTransformation.C2 * size), ref _points[_n], ref data, ref _f[_n]);
            _function.Derivatives(end, ref _points[2 * _n], ref data, ref _f[2 * _n]);
            Evaluations += 3;
            RadauKernels.Residual(_n, rate, Weighted(), _f);
            _system.Solve(_f.AsSpan(0, _n));
            _system.Solve(_f.AsSpan(_n, _n), _f.AsSpan(2 * _n, _n));
            double norm = Math.Sqrt(RadauKernels.Update(_n, _f, _weights, _states, _w, _z, _points) / Math.Max(1, 3 * _n));
            if (!double.IsFinite(norm))
            {
                factor = LargestCut;
                return StepStatus.NotFinite;
            }

            if (iterations > 1)
            {
                double ratio = norm / last;
                _contraction0 = iterations == 2 ? ratio : Math.Sqrt(ratio * lastRatio);
                lastRatio = ratio;
                if (_contraction0 >= 0.99 || iterations >= MostIterations)
                {
                    bool converged = _contraction0 < 0.99 && _contraction0 / (1.0 - _contraction0) * norm <= _newtonTolerance;
                    if (!converged)
                    {
                        return StepStatus.NoConvergence;
                    }
                }

                _contraction = _contraction0 / (1.0 - _contraction0);
                int left = MostIterations - 1 - iterations;
                double expected = _contraction * norm * Math.Pow(_contraction0, left) / _newtonTolerance;
                if (expected >= 1.0 && left >= 0)
                {
                    factor = 0.8 * Math.Pow(Math.Clamp(expected, 1e-4, 20.0), -1.0 / (4.0 + left));
                    return StepStatus.NoConvergence;
                }
            }

            last = Math.Max(norm, Epsilon);
            if (_contraction * norm <= _newtonTolerance)
            {
                return StepStatus.Accepted;
            }
        }
    }

    private ReadOnlySpan<double> Weighted()
    {
        if (!_system.HasMass)
        {
            return _w;
        }

        for (int stage = 0; stage < 3; stage++)
        {
            _system.MassTimes(_w.AsSpan(stage * _n, _n), _massTimes.AsSpan(stage * _n, _n));
        }

        return _massTimes;
    }

    // The difference to an embedded formula of order 3, through the real matrix once more: bounded for stiff components.
    private double EstimateError(double size)
    {
        Span<double> estimate = _error.AsSpan(0, _n);
        Span<double> difference = _f.AsSpan(0, _n);
        RadauKernels.Estimate(_n, 1.0 / size, _z, difference);
        if (_system.HasMass)
        {
            _system.MassTimes(difference, estimate);
            estimate.CopyTo(difference);
        }

        for (int i = 0; i < estimate.Length; i++)
        {
            estimate[i] = difference[i] + _slopes[i];
        }

        _system.Solve(estimate);
        double error = ErrorNorm(estimate);
        if (error < 1.0 || !(_rejected || _lastSize == 0.0))
        {
            return error;
        }

        Span<double> point = _f.AsSpan(_n, _n);
        for (int i = 0; i < estimate.Length; i++)
        {
            point[i] = _states[i] + estimate[i];
        }

        Evaluate(Time, ref _f[_n], ref _f[2 * _n]);
        for (int i = 0; i < estimate.Length; i++)
        {
            estimate[i] = difference[i] + _f[(2 * _n) + i];
        }

        _system.Solve(estimate);
        return ErrorNorm(estimate);
    }

    private double ErrorNorm(ReadOnlySpan<double> estimate) =>
        Math.Max(1e-10, Math.Sqrt(RadauKernels.SumOfSquares(estimate, _weights) * ErrorScale / Math.Max(1, _n)));
}
