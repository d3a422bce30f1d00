using System.Runtime.InteropServices;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Estimation;

/// <summary>Integrates the flow of a mode for many states at once, with steps of one size, on vector lanes.</summary>
/// <remarks>
/// Members are taken in groups that stay in the cache. Steps are as long as the solver says or a little shorter, so that
/// they divide the interval evenly; signals of the model cut them where their formulas change. Work space of one model.
/// </remarks>
internal sealed class FlowLanes
{
    private const int Group = 256;
    private const double Rounding = 1e-9;

    private readonly FlowEquations _equations;
    private readonly ButcherTableau _tableau;
    private readonly double _step;
    private readonly double[] _data;
    private readonly int _n;
    private readonly double[][] _slopes;
    private readonly double[] _stage;
    private readonly double[] _x;
    private readonly double[] _diffusion;
    private readonly double[] _normals = new double[Group];
    private int _width;

    /// <summary>Makes room for one group.</summary>
    /// <param name="equations">The flow.</param>
    /// <param name="solver">Method and step.</param>
    /// <param name="data">Data block of the model: parameters, discrete variables and inputs.</param>
    public FlowLanes(FlowEquations equations, FixedStepRungeKutta solver, double[] data)
    {
        (_equations, _tableau, _step, _data) = (equations, solver.Tableau, Math.Min(solver.Step, solver.MaximumStep), data);
        _n = equations.Compiled.StateCount;
        _slopes = new double[_tableau.Stages - 1][];
        for (int i = 0; i < _slopes.Length; i++)
        {
            _slopes[i] = new double[_n * Group];
        }

        _x = new double[_n * Group];
        _stage = new double[_n * Group];
        _diffusion = new double[_n * equations.NoiseCount * Group];
    }

    /// <summary>Moves all members; those that leave the finite numbers become NaN.</summary>
    public void Propagate(double from, double to, StateEnsemble members, ReadOnlySpan<double> input, EnsembleNoise noise)
    {
        for (int first = 0; first < members.Count; first += Group)
        {
            int count = Math.Min(Group, members.Count - first);
            _width = (count + StateEnsemble.Alignment - 1) / StateEnsemble.Alignment * StateEnsemble.Alignment;
            for (int i = 0; i < _n; i++)
            {
                members.Component(i).Slice(first, count).CopyTo(_x.AsSpan(i * _width));
            }

            Integrate(from, to, input, noise, first, count);
            for (int i = 0; i < _n; i++)
            {
                _x.AsSpan(i * _width, count).CopyTo(members.Component(i)[first..]);
            }
        }
    }

    private void Integrate(double from, double to, ReadOnlySpan<double> input, EnsembleNoise noise, int first, int count)
    {
        double time = from;
        int substep = 0;
        while (time < to)
        {
            _equations.WriteInputs(time, input, _data);
            double limit = input.IsEmpty ? Math.Min(to, _equations.NextBreakpoint(time)) : to;
            double needed = Math.Ceiling(((limit - time) / _step) - Rounding);
            if (!(needed + substep <= EnsembleNoise.MostSubsteps))
            {
                _x.AsSpan().Fill(double.NaN); // the random numbers of a step end here
                return;
            }

            int steps = Math.Max(1, (int)needed);
            double h = (limit - time) / steps;
            for (int k = 0; k < steps; k++, substep++)
            {
                double at = time + (k * h);
                Disturbance(at, count);
                Step(at, h, count);
                Disturb(Math.Sqrt(h), noise, first, substep, count);
            }

            time = limit;
        }
    }

    private void Step(double time, double h, int count)
    {
        ref double data = ref MemoryMarshal.GetArrayDataReference(_data);
        for (int stage = 0; stage < _slopes.Length; stage++)
        {
            double[] point = stage == 0 ? _x : _stage;
            _equations.FlowOfMany(time + (_tableau.C[stage] * h), ref point[0], ref data, ref _slopes[stage][0], _width, count);
            double[] target = stage + 1 == _slopes.Length ? _x : _stage;
            if (target == _stage)
            {
                _x.AsSpan(0, _n * _width).CopyTo(_stage);
            }

            for (int j = 0; j <= stage; j++)
            {
                double weight = _tableau.A[stage][j];
                if (weight != 0.0)
                {
                    Dense.Axpy(h * weight, _slopes[j].AsSpan(0, _n * _width), target);
                }
            }
        }
    }

    // B at the beginning of the step: the noise is that of Ito.
    private void Disturbance(double time, int count)
    {
        if (_equations.NoiseCount > 0)
        {
            _equations.DiffusionOfMany(time, ref _x[0], ref MemoryMarshal.GetArrayDataReference(_data), ref _diffusion[0], _width, count);
        }
    }

    private void Disturb(double scale, EnsembleNoise noise, int first, int substep, int count)
    {
        int q = _equations.NoiseCount;
        for (int source = 0; source < q; source++)
        {
            Span<double> normals = _normals.AsSpan(0, count);
            noise.Fill(first, source, substep, normals);
            for (int i = 0; i < _n; i++)
            {
                ReadOnlySpan<double> diffusion = _diffusion.AsSpan(((i * q) + source) * _width, count);
                Span<double> x = _x.AsSpan(i * _width, count);
                for (int j = 0; j < count; j++)
                {
                    x[j] += scale * diffusion[j] * normals[j];
                }
            }
        }
    }
}
