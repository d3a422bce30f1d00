using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>Steps any Rosenbrock method: the emitted step where there is one, else loops around the right-hand side.</summary>
internal sealed class RosenbrockStepper : ImplicitStepper
{
    private readonly RosenbrockTableau _tableau;
    private readonly Dictionary<MethodCode, NewtonSystem> _systems = [];
    private readonly double[] _sum;
    private readonly double[] _weights;
    private readonly DenseDefect _defect;
    private RosenbrockCode _code = null!;
    private NewtonSystem? _system;
    private bool _linear;

    public RosenbrockStepper(RosenbrockTableau tableau, StepSettings settings, int dimension, double[] data)
        : base(settings, tableau.Order, tableau.Stages, dimension, data)
    {
        _tableau = tableau;
        _sum = new double[dimension];
        _weights = new double[dimension];
        _defect = new DenseDefect(dimension, data);
    }

    /// <inheritdoc/>
    public override int DenseDegree => 4;

    /// <inheritdoc/>
    public override int WorstState =>
        Obstacle == StepStatus.Singular && _system is { SingularColumn: >= 0 } system ? system.SingularColumn : base.WorstState;

    /// <inheritdoc/>
    internal override void Use(MethodCode code)
    {
        base.Use(code);
        _code = (RosenbrockCode)code;
        _system = _code.Whole is null ? SystemOf(_code) : null;
        _linear = false;
    }

    /// <inheritdoc/>
    public override void Accept()
    {
        base.Accept();
        _linear = false;
    }

    /// <inheritdoc/>
    public override void WriteDense(int state, Span<double> coefficients)
    {
        double start = States[state];
        double end = EndStates[state];
        ReadOnlySpan<double> stages = Stages;
        double first = StageSum.Of(_tableau.H[0].AsSpan(), stages, N, state);
        double second = StageSum.Of(_tableau.H[1].AsSpan(), stages, N, state);
        double third = StageSum.Of(_tableau.H[2].AsSpan(), stages, N, state);
        coefficients[4] = -third;
        coefficients[3] = third - second;
        coefficients[2] = second - first;
        coefficients[1] = end - start + first;
        coefficients[0] = start;
    }

    /// <inheritdoc/>
    internal override void Exchange(StateArchive archive)
    {
        base.Exchange(archive);
        archive.Exchange(ref _linear);
        bool loops = archive.Exchange(_system is not null);
        _system = loops ? SystemOf(_code) : null;
        _system?.Exchange(archive);
    }

    /// <inheritdoc/>
    protected override void Begin()
    {
        _linear = false;
        _system?.ReadMass(Data);
    }

    /// <inheritdoc/>
    protected override double Try(double size, double end)
    {
        Evaluations += _tableau.Stages - 1;
        Obstacle = StepStatus.NotFinite;
        Factorizations++;
        if (_code.Whole is { } whole)
        {
            Jacobians++;
            double error = whole(
                Time, size, ref MemoryMarshal.GetReference(States), ref MemoryMarshal.GetArrayDataReference(Data),
                ref MemoryMarshal.GetArrayDataReference(Work), Settings.Relative, Settings.Absolute);
            if (!(error < 0.0))
            {
                return error;
            }

            _system ??= SystemOf(_code);
        }

        return Loop(_system!, size, end);
    }

    /// <inheritdoc/>
    protected override bool Complete(double end)
    {
        int slopes = (_tableau.Stages + 2) * N;
        Evaluate(end, ref Work[0], ref Work[slopes]);
        Obstacle = StepStatus.NotFinite;
        return Dense.IsFinite(Work.AsSpan(slopes, N));
    }

    /// <inheritdoc/>
    protected override double ErrorOf(int state) => Stages[((_tableau.Stages - 1) * N) + state];

    private double Loop(NewtonSystem system, double size, double end)
    {
        if (!_linear)
        {
            Evaluations += system.Linearize(Time, States, StartSlopes, Data, inTime: true);
            Jacobians++;
            _linear = true;
        }

        Obstacle = system.Factor(1.0 / (_tableau.Gamma * size));
        if (Obstacle != StepStatus.Accepted)
        {
            return double.PositiveInfinity;
        }

        Obstacle = StepStatus.NotFinite;
        Span<double> stages = Stages;
        Span<double> point = Work.AsSpan(0, N);
        for (int s = 0; s < _tableau.Stages; s++)
        {
            Span<double> stage = stages.Slice(s * N, N);
            if (s == 0)
            {
                StartSlopes.CopyTo(stage);
            }
            else
            {
                ReadOnlySpan<double> row = _tableau.A[s].AsSpan();
                if (_tableau.Extends(s))
                {
                    StageSum.Add(point, 1.0, row[^1..], stages[((s - 1) * N)..], point);
                }
                else
                {
                    StageSum.Add(States, 1.0, row, stages, point);
                }

                double time = _tableau.Nodes[s] == 1.0 ? end : Time + (_tableau.Nodes[s] * size);
                Function.Derivatives(
                    time, ref Work[0], ref MemoryMarshal.GetArrayDataReference(Data), ref MemoryMarshal.GetReference(stage));
                AddEarlier(system, s, 1.0 / size, stage);
            }

            if (_tableau.Slopes[s] != 0.0 && system.DependsOnTime)
            {
                StageSum.Add(stage, size, _tableau.Slopes.AsSpan().Slice(s, 1), system.TimeDerivative, stage);
            }

            system.Solve(stage);
        }

        ReadOnlySpan<double> last = stages[^N..];
        StageSum.Add(point, 1.0, [1.0], last, point);
        ErrorWeights.Write(States, point, Settings, _weights);
        double error = ErrorWeights.MeanSquare(last, _weights);
        if (!(error * ErrorScale <= 1.0))
        {
            return error;
        }

        double rate = 1.0 / size;
        Span<double> inside = _defect.Point;
        Span<double> slopes = _defect.Slopes;
        for (int i = 0; i < N; i++)
        {
            double change = point[i] - States[i];
            inside[i] = Math.FusedMultiplyAdd(RosenbrockTableau.DefectPlace, change, States[i]);
            slopes[i] = rate * change;
        }

        StageSum.Add(inside, 1.0, _tableau.InsideStates.AsSpan(), stages, inside);
        StageSum.Add(slopes, rate, _tableau.InsideSlopes.AsSpan(), stages, slopes);
        Evaluations++;
        double place = Time + (RosenbrockTableau.DefectPlace * size);
        double lack = _defect.Measure(place, system, rate / _tableau.Gamma, _weights, error, StartSlopes, _tableau.InsideStart);
        if (lack * ErrorScale > 1.0 && _defect.IsRounding(lack, place, system, _weights, out long evaluations))
        {
            Evaluations += evaluations;
            return error;
        }

        return lack;
    }

    // M times the sum of C U / h over the stages before this one.
    private void AddEarlier(NewtonSystem system, int s, double rate, Span<double> stage)
    {
        ReadOnlySpan<double> row = _tableau.C[s].AsSpan();
        if (!system.HasMass)
        {
            StageSum.Add(stage, rate, row, Stages, stage);
            return;
        }

        Array.Clear(_sum);
        StageSum.Add(_sum, 1.0, row, Stages, _sum);
        system.AddMass(rate, _sum, stage);
    }

    private NewtonSystem SystemOf(RosenbrockCode code)
    {
        if (!_systems.TryGetValue(code, out NewtonSystem? system))
        {
            system = new NewtonSystem(JacobianFunction.For(code.Function));
            _systems.Add(code, system);
        }

        return system;
    }
}
