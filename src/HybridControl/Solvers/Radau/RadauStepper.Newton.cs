using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <content>One trial step: the simplified Newton iteration and the error estimate.</content>
internal sealed partial class RadauStepper
{
    private const double Epsilon = 2.220446049250313e-16;
    private const double SlowContraction = 0.001; // above it a new Jacobian pays

    private double _newtonTolerance;
    private double _denseShare; // of what dense output may lack in what a step may: in the squares
    private double _contraction; // theta / (1 - theta) of the last iteration that measured it
    private double _contraction0; // theta of the last step
    private int _iterations; // of the last step
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
            Evaluations += _system.Linearize(Time, States, StartSlopes, _data, inTime: false);
            Jacobians++;
            (_linear, _current) = (true, true);
        }

        if (_system.Size != size)
        {
            Factorizations++;
            StepStatus factored = _system.Factor(_scheme, size);
            if (factored != StepStatus.Accepted)
            {
                return factored;
            }
        }

        BeginStages(size);
        StepStatus iterated = Iterate(size, end, ref factor);
        if (iterated != StepStatus.Accepted)
        {
            return iterated;
        }

        error = EstimateError(size, out bool isDivided);
        if (isDivided && error < 1.0)
        {
            error = WithDefect(size, error);
            _contraction = error < 1.0 ? _contraction : 1.0; // the next iteration is to show its rate
        }

        if (!double.IsFinite(error))
        {
            factor = LargestCut;
            return StepStatus.NotFinite;
        }

        int most = _scheme.MostIterations;
        double safety = Math.Min(Safety, Safety * (1.0 + (2.0 * most)) / (_iterations + (2.0 * most)));
        factor = Math.Clamp(safety / Root(error), LargestCut, LargestGrowth);
        if (error >= 1.0)
        {
            return StepStatus.Accepted;
        }

        Evaluate(end, ref _points[_end], ref _endSlopes[0]);
        if (!Dense.IsFinite(EndSlopes))
        {
            factor = LargestCut;
            return StepStatus.NotFinite;
        }

        return StepStatus.Accepted;
    }

    private void BeginStages(double size)
    {
        int length = _scheme.Stages * _n;
        if (_lastSize > 0.0)
        {
            RadauKernels.Extrapolation(_lastScheme, _scheme, size / _lastSize, _extrapolation);
            RadauKernels.Map(_scheme, _lastScheme.Stages, _n, _extrapolation, _kept, _states, _z, _points);
            RadauKernels.Map(_scheme, _scheme.Stages, _n, _scheme.Inverse, _z, _zeros, _w, _f);
            return;
        }

        Array.Clear(_w);
        for (int from = 0; from < length; from += _n)
        {
            States.CopyTo(_points.AsSpan(from));
        }
    }

    private StepStatus Iterate(double size, double end, ref double factor)
    {
        int stages = _scheme.Stages;
        int length = stages * _n;
        int most = _scheme.MostIterations;
        double[] nodes = _scheme.Nodes;
        _contraction = Math.Max(_contraction, Epsilon);
        _contraction = RoughMath.Exp2(0.8 * RoughMath.Log2(_contraction));
        _contraction0 = SlowContraction;
        double last = 0.0;
        double lastRatio = 0.0;
        ref double data = ref MemoryMarshal.GetArrayDataReference(_data);
        Span<double> increments = _increments.AsSpan(0, length);
        for (_iterations = 1; ; _iterations++)
        {
            for (int j = 0; j < stages - 1; j++)
            {
                _function.Derivatives(Time + (nodes[j] * size), ref _points[j * _n], ref data, ref _f[j * _n]);
            }

            _function.Derivatives(end, ref _points[_end], ref data, ref _f[_end]);
            Evaluations += stages;
            RadauKernels.Sum(_scheme, _n, _scheme.Inverse, _f, _system.Rates, Weighted(length), _increments);
            _system.SolveAll(_scheme, increments);
            double norm = Math.Sqrt(
                RadauKernels.Update(_scheme, _n, _increments, _weights, _w, _states, _z, _points) / Math.Max(1, length));
            if (!double.IsFinite(norm))
            {
                factor = LargestCut;
                return StepStatus.NotFinite;
            }

            if (_iterations > 1)
            {
                double ratio = norm / last;
                _contraction0 = _iterations == 2 ? ratio : Math.Sqrt(ratio * lastRatio);
                lastRatio = ratio;
                if (_contraction0 >= 0.99 || _iterations >= most)
                {
                    bool converged = _contraction0 < 0.99 && _contraction0 / (1.0 - _contraction0) * norm <= _newtonTolerance;
                    if (!converged)
                    {
                        return StepStatus.NoConvergence;
                    }
                }

                _contraction = _contraction0 / (1.0 - _contraction0);
                int left = most - 1 - _iterations;
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

    private double[] Weighted(int length)
    {
        if (!_system.HasMass)
        {
            return _w;
        }

        for (int from = 0; from < length; from += _n)
        {
            _system.MassTimes(_w.AsSpan(from, _n), _massTimes.AsSpan(from, _n));
        }

        return _massTimes;
    }

    // What the slope at the start differs by from that of the polynomial, through the real matrix: bounded for stiff components. A second time where
    // a step fails at the start or again, as in RADAU5: what a start lacks to be on a slow solution is no error of the step. Nor is what an
    // algebraic equation lacks of zero at the start: it is left by the iteration, and no shorter step takes it away.
    //
    // Where the difference is no error even before that, nothing was divided away, and dense output is right: the polynomial has the right
    // slope at the start, as it has at the nodes. Equations without a slope do not show there, nor does an iteration that was believed after one round.
    private double EstimateError(double size, out bool isDivided)
    {
        Span<double> estimate = _error.AsSpan(0, _n);
        Span<double> difference = _f.AsSpan(0, _n);
        RadauKernels.StartSlopes(_scheme, _n, 1.0 / size, _z, difference);
        if (_system.HasMass)
        {
            _system.MassTimes(difference, estimate);
            estimate.CopyTo(difference);
        }

        AddSlopes(StartSlopes, difference, estimate);
        double reach = size / _scheme.Gamma;
        isDivided = _iterations == 1 || _system.HasMass || !(ErrorWeights.MeanSquare(estimate, _weights) * reach * reach * _denseShare * ErrorScale <= 1.0);
        _system.Solve(estimate);
        double error = ErrorNorm(estimate);
        if (error >= 1.0 && (_rejected || _lastSize == 0.0))
        {
            isDivided = true;
            StageSum.Add(States, 1.0, [1.0], estimate, _f.AsSpan(_n, _n));
            Evaluate(Time, ref _f[_n], ref _f[2 * _n]);
            AddSlopes(_f.AsSpan(2 * _n, _n), difference, estimate);
            _system.Solve(estimate);
            error = ErrorNorm(estimate);
        }

        return error;
    }

    // The error that counts, with what dense output lacks.
    private double WithDefect(double size, double error)
    {
        int stages = _scheme.Stages;
        double rate = 1.0 / size;
        ReadOnlySpan<double> states = _scheme.FarthestStates;
        ReadOnlySpan<double> slopes = _scheme.FarthestSlopes;
        StageSum.Add(States, 1.0, states[..stages], _z, _defect.Point);
        StageSum.Add(_zeros, rate, slopes[..stages], _z, _defect.Slopes);
        StageSum.Add(_defect.Point, _scheme.Gamma, states[stages..], _error, _defect.Point);
        StageSum.Add(_defect.Slopes, rate * _scheme.Gamma, slopes[stages..], _error, _defect.Slopes);
        double share = _denseShare * ErrorScale;
        Evaluations++;
        double time = Time + (_scheme.Farthest * size);
        double lack = _defect.Measure(
            time, _system, _scheme.Gamma * rate, _weights, error * error / share, StartSlopes, _scheme.FarthestStart);
        if (lack * share >= 1.0 && _defect.IsRounding(lack, time, _system, _weights, out long evaluations))
        {
            Evaluations += evaluations;
            return error;
        }

        return Math.Sqrt(share * lack);
    }

    private void AddSlopes(ReadOnlySpan<double> slopes, ReadOnlySpan<double> difference, Span<double> sum)
    {
        MassMatrix? mass = _function.Mass;
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] = difference[i] + (mass?.IsDifferential(i) == false ? 0.0 : slopes[i]);
        }
    }

    private double ErrorNorm(ReadOnlySpan<double> estimate) =>
        Math.Max(1e-10, Math.Sqrt(ErrorWeights.MeanSquare(estimate, _weights) * ErrorScale));
}
