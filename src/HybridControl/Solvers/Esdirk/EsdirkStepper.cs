using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>Steps any ESDIRK method by simplified Newton iterations whose Jacobian and factors are kept while they serve.</summary>
/// <remarks>
/// The iteration stops by its rate of convergence, after E. Hairer and G. Wanner, Solving Ordinary Differential Equations II,
/// section IV.8. Derivatives at the ends of a step are those of its stages: a stiff right-hand side evaluated there would
/// multiply what the iteration leaves, and algebraic variables have theirs nowhere else.
/// </remarks>
internal sealed class EsdirkStepper : ImplicitStepper
{
    private const int MostIterations = 10;
    private const double Accuracy = 0.02; // of an iteration, beside the tolerance of the step
    private const double Rounding = 2e-15; // the least that an iteration can reach, beside the states
    private const double SlowRate = 0.05; // above it the Jacobian is computed anew after the step
    private const double LeastContrast = 0.3; // that the next step begins with
    private const double KeptGrowth = 1.2; // sizes that grow by less keep the factors

    private readonly EsdirkTableau _tableau;
    private readonly double _accuracy;
    private readonly double _floor; // changes below are rounding, and tell nothing
    private readonly Dictionary<MethodCode, NewtonSystem> _systems = [];
    private readonly double[] _known;
    private readonly double[] _rest;
    private readonly double[] _change;
    private NewtonSystem _system = null!;
    private double _factored; // the size that the factors belong to; zero for none
    private double _contrast; // rate / (1 - rate) of the last iteration
    private double _slowest;
    private bool _current; // whether J is that of this step
    private bool _linear; // whether there is a J

    public EsdirkStepper(EsdirkTableau tableau, StepSettings settings, int dimension, double[] data)
        : base(settings, tableau.Order, tableau.Stages, dimension, data)
    {
        _tableau = tableau;
        _accuracy = Math.Max(Accuracy, Rounding / settings.Relative);
        _floor = 100.0 * Rounding / settings.Relative;
        _known = new double[dimension];
        _rest = new double[dimension];
        _change = new double[dimension];
    }

    /// <inheritdoc/>
    public override int DenseDegree => 4;

    /// <inheritdoc/>
    internal override void Use(MethodCode code)
    {
        base.Use(code);
        if (!_systems.TryGetValue(code, out _system!))
        {
            _system = new NewtonSystem(((LinearizedCode)code).Jacobian);
            _systems.Add(code, _system);
        }
    }

    /// <inheritdoc/>
    public override void Accept()
    {
        base.Accept();
        _current = false;
        _linear &= _slowest <= SlowRate;
    }

    /// <inheritdoc/>
    public override void WriteDense(int state, Span<double> coefficients)
    {
        double h = Size;
        double value = States[state];
        double change = EndStates[state] - value;
        double start = h * StartSlopes[state];
        double end = h * EndSlopes[state];
        double quartic = h * StageSum.Of(_tableau.D.AsSpan(), Stages, N, state);
        coefficients[4] = quartic;
        coefficients[3] = start + end - (2.0 * (change + quartic));
        coefficients[2] = (3.0 * change) - (2.0 * start) - end + quartic;
        coefficients[1] = start;
        coefficients[0] = value;
    }

    /// <inheritdoc/>
    internal override void Exchange(StateArchive archive)
    {
        base.Exchange(archive);
        archive.Exchange(ref _factored);
        archive.Exchange(ref _contrast);
        archive.Exchange(ref _slowest);
        archive.Exchange(ref _current);
        archive.Exchange(ref _linear);
        _system.Exchange(archive);
        if (archive.IsReading && _factored > 0.0)
        {
            _ = _system.Factor(1.0 / (_tableau.Gamma * _factored)); // the same factors as before
        }
    }

    /// <inheritdoc/>
    protected override void Begin()
    {
        _linear = false;
        _current = false;
        _contrast = 1.0;
        _system.ReadMass(Data);
        if (_system.HasMass)
        {
            Linearize(inTime: true);
            if (!_system.SolveSlopes(Work.AsSpan(N, N)))
            {
                Work.AsSpan(N, N).Fill(double.NaN); // no derivative, no step: the factors will tell
            }
        }
    }

    /// <inheritdoc/>
    protected override double Try(double size, double end)
    {
        StartSlopes.CopyTo(Stages);
        while (true)
        {
            if (!_linear)
            {
                Linearize(inTime: false);
            }

            if (_factored != size)
            {
                _factored = 0.0;
                Factorizations++;
                Obstacle = _system.Factor(1.0 / (_tableau.Gamma * size));
                if (Obstacle != StepStatus.Accepted)
                {
                    return double.PositiveInfinity;
                }

                _factored = size;
            }

            Obstacle = Solve(size, end);
            if (Obstacle == StepStatus.Accepted)
            {
                break;
            }

            if (_current)
            {
                return double.PositiveInfinity;
            }

            _linear = false; // once more with a Jacobian of this step
        }

        for (int i = 0; i < N; i++)
        {
            _change[i] = ErrorOf(i, size);
        }

        Obstacle = StepStatus.NotFinite;
        return MeanSquare(_change, EndStates);
    }

    /// <inheritdoc/>
    protected override bool Complete(double end)
    {
        Span<double> slopes = Work.AsSpan((_tableau.Stages + 2) * N, N);
        Stages[^N..].CopyTo(slopes);
        return Dense.IsFinite(slopes);
    }

    /// <inheritdoc/>
    protected override double ErrorOf(int state) => ErrorOf(state, 1.0);

    /// <inheritdoc/>
    protected override double Smooth(double factor) => _linear && _slowest <= SlowRate && factor is >= 1.0 and <= KeptGrowth ? 1.0 : factor;

    private double ErrorOf(int state, double size) => size * StageSum.Of(_tableau.E.AsSpan(), Stages, N, state);

    private void Linearize(bool inTime)
    {
        // The slopes here are derivatives: with a mass matrix, or after a step, they are not the right-hand side itself.
        Evaluate(Time, ref MemoryMarshal.GetReference(States), ref MemoryMarshal.GetArrayDataReference(_rest));
        Jacobians++;
        Evaluations += _system.Linearize(Time, States, _rest, Data, inTime);
        (_linear, _current, _factored) = (true, true, 0.0);
    }

    // The stages one after the other; the last point is the end of the step.
    private StepStatus Solve(double size, double end)
    {
        _slowest = 0.0;
        Span<double> stages = Stages;
        for (int s = 1; s < _tableau.Stages; s++)
        {
            double time = _tableau.C[s] == 1.0 ? end : Time + (_tableau.C[s] * size);
            StageSum.Add(States, size, _tableau.A[s].AsSpan(), stages, _known);
            StageSum.Add(_known, size * _tableau.Gamma, _tableau.Guesses[s].AsSpan(), stages, Work.AsSpan(0, N));
            bool measures = s == _tableau.Stages - 1 && _slowest == 0.0;
            StepStatus status = Iterate(time, size * _tableau.Gamma, s == 1 ? Math.Pow(_contrast, 0.8) : _contrast, measures);
            if (status != StepStatus.Accepted)
            {
                return status;
            }

            Span<double> slope = stages.Slice(s * N, N);
            double rate = 1.0 / (size * _tableau.Gamma);
            for (int i = 0; i < N; i++)
            {
                slope[i] = rate * (Work[i] - _known[i]);
            }
        }

        return StepStatus.Accepted;
    }

    // M (X - known) / (gamma h) = f(t, X). A change is small where J is right or where J is far too large, as across a jump of
    // the flow that nobody has declared: a step in which no stage has told the two apart takes one iteration more.
    private StepStatus Iterate(double time, double reach, double contrast, bool measures)
    {
        Span<double> point = Work.AsSpan(0, N);
        double last = 0.0;
        for (int iteration = 0; iteration < MostIterations; iteration++)
        {
            Evaluate(time, ref Work[0], ref MemoryMarshal.GetArrayDataReference(_rest));
            for (int i = 0; i < N; i++)
            {
                _change[i] = point[i] - _known[i];
            }

            _system.AddMass(-1.0 / reach, _change, _rest);
            _system.Solve(_rest);
            double size = Math.Sqrt(MeanSquare(_rest, States));
            if (!(size < double.PositiveInfinity))
            {
                return StepStatus.NotFinite;
            }

            if (iteration > 0)
            {
                double rate = size / last;
                _slowest = Math.Max(_slowest, rate);
                if (rate >= 0.99 || size * Math.Pow(rate, MostIterations - 1 - iteration) > _accuracy * (1.0 - rate))
                {
                    return IsRounding(time, size) ? StepStatus.Accepted : StepStatus.NoConvergence;
                }

                contrast = rate / (1.0 - rate);
            }

            StageSum.Add(point, 1.0, [1.0], _rest, point);
            last = size;
            if (contrast * size <= _accuracy && (iteration > 0 || !measures || size <= _floor))
            {
                _contrast = Math.Max(contrast, LeastContrast); // so slowly may it converge once the Jacobian has aged
                return StepStatus.Accepted;
            }
        }

        return IsRounding(time, last) ? StepStatus.Accepted : StepStatus.NoConvergence;
    }

    // Whether a change that does not become smaller is rounding of the right-hand side, with a Jacobian that belongs to it.
    private bool IsRounding(double time, double change)
    {
        if (!_current)
        {
            return false;
        }

        long evaluations = 0;
        ReadOnlySpan<double> squares = _system.RoundingAt(time, Work.AsSpan(0, N), _rest, Data, ref evaluations);
        Evaluations += evaluations;
        double sum = 0.0;
        for (int i = 0; i < N; i++)
        {
            double scale = Settings.Absolute + (Settings.Relative * Math.Abs(States[i]));
            sum += squares[i] / (scale * scale);
        }

        return change * change * N <= sum;
    }
}
