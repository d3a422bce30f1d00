using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>Steps the Radau IIA methods: one of them, or the order that the rate of Newton's iteration calls for.</summary>
internal sealed partial class RadauStepper : Stepper
{
    private const double Safety = 0.9;
    private const double LargestGrowth = 8.0;
    private const double LargestCut = 0.2;
    private const double LargestKept = 1.2; // growth for which new factors do not pay
    private const double LeastSize = 1e-280; // its reciprocal is finite
    private const double LeastError = 1e-2; // of a step before, where the next size is predicted from two

    private readonly StepSettings _settings;
    private readonly int _leastStages;
    private readonly int _mostStages;
    private readonly int _n;
    private readonly double[] _data;
    private readonly Dictionary<MethodCode, RadauSystem> _systems = [];
    private readonly double[] _states;
    private readonly double[] _slopes;
    private readonly double[] _endSlopes;
    private readonly double[] _weights;
    private readonly double[] _zeros;
    private readonly double[] _points; // stages, n numbers each; the last is the end
    private readonly double[] _w; // stages less the states, transformed
    private readonly double[] _f;
    private readonly double[] _increments;
    private readonly double[] _massTimes;
    private readonly double[] _extrapolation;
    private readonly double[] _error;
    private readonly DenseDefect _defect;
    private OdeFunction _function = null!;
    private RadauSystem _system = null!;
    private RadauScheme _scheme;
    private RadauScheme _lastScheme;
    private double[] _z; // stages less the states
    private double[] _kept; // those of the step before
    private int _end; // where the last stage begins
    private double _relative;
    private double _absolute;
    private double _next;
    private double _lastSize; // of the step before in this stretch; zero if there is none
    private double _lastError;
    private bool _fresh;
    private bool _rejected;

    public RadauStepper(StepSettings settings, int leastStages, int mostStages, int dimension, double[] data)
    {
        _leastStages = leastStages;
        _mostStages = mostStages;
        _settings = settings;
        _n = dimension;
        _data = data;
        _states = new double[dimension + 1]; // one more, so that a reference exists for systems without states
        _slopes = new double[dimension + 1];
        _endSlopes = new double[dimension + 1];
        _weights = new double[dimension];
        _zeros = new double[dimension];
        _points = new double[(mostStages * dimension) + 1];
        _z = new double[mostStages * dimension];
        _kept = new double[mostStages * dimension];
        _w = new double[mostStages * dimension];
        _f = new double[(mostStages * dimension) + 1];
        _increments = new double[mostStages * dimension];
        _massTimes = new double[mostStages * dimension];
        _extrapolation = new double[mostStages * RadauScheme.Stride];
        _error = new double[dimension + 1];
        DenseDegree = mostStages + 1;
        _defect = new DenseDefect(dimension, data);
        _scheme = _lastScheme = RadauScheme.Of(_leastStages);
        Become(_scheme);
    }

    /// <inheritdoc/>
    public override Span<double> States => _states.AsSpan(0, _n);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndStates => _points.AsSpan(_end, _n);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> StartSlopes => _slopes.AsSpan(0, _n);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndSlopes => _endSlopes.AsSpan(0, _n);

    /// <inheritdoc/>
    public override int DenseDegree { get; }

    /// <inheritdoc/>
    internal override int StepDegree => _scheme.Stages + 1;

    /// <inheritdoc/>
    public override double NextSize
    {
        get => _next;
        set => _next = value;
    }

    /// <inheritdoc/>
    public override int WorstState => ErrorWeights.Largest(_error.AsSpan(0, _n), _weights);

    /// <inheritdoc/>
    internal override void Use(MethodCode code)
    {
        _function = code.Function;
        if (!_systems.TryGetValue(code, out RadauSystem? system))
        {
            system = new RadauSystem(((LinearizedCode)code).Jacobian);
            _systems.Add(code, system);
        }

        _system = system;
        _linear = false;
    }

    /// <inheritdoc/>
    public override void Restart(double time, bool keepSize)
    {
        Time = time;
        EndTime = time;
        _fresh = true;
        _next = keepSize ? _next : 0.0;
        _linear &= keepSize;
    }

    /// <inheritdoc/>
    internal override void Reset()
    {
        Become(RadauScheme.Of(_leastStages));
        (_rate, _failed, _linear) = (0.0, false, false);
    }

    /// <inheritdoc/>
    public override StepStatus Step(double limit)
    {
        if (_fresh)
        {
            Begin(limit);
        }

        Weigh();
        double smallest = Math.Max(Smallest, LeastSize);
        while (true)
        {
            if (_leastStages < _mostStages && _lastSize > 0.0)
            {
                ChooseOrder();
            }

            bool keeps = _linear && _next >= _system.Size && _next <= LargestKept * _system.Size;
            double size = Clip(keeps ? _system.Size : _next, _settings.MaximumStep, limit, out bool clipped);
            StepStatus obstacle = Try(size, clipped ? limit : Time + size, out double error, out double factor);
            if (obstacle == StepStatus.Accepted && error < 1.0)
            {
                Finish(size, error, factor, clipped);
                EndTime = clipped ? limit : Time + size;
                Size = size;
                return StepStatus.Accepted;
            }

            Rejections++;
            _rejected = true;
            _failed |= obstacle == StepStatus.NoConvergence;
            _linear &= _current; // a Jacobian of an earlier point is not trusted twice
            _next = size * (obstacle != StepStatus.Accepted || _lastSize > 0.0 ? factor : Math.Min(factor, 0.1));
            if (_next < smallest)
            {
                return obstacle == StepStatus.Accepted ? StepStatus.TooSmall : obstacle;
            }
        }
    }

    /// <inheritdoc/>
    public override void Accept()
    {
        (_z, _kept) = (_kept, _z);
        _lastScheme = _scheme;
        EndStates.CopyTo(_states);
        EndSlopes.CopyTo(_slopes);
        _lastSize = Size;
        _current = false;
        Time = EndTime;
        Steps++;
    }

    /// <inheritdoc/>
    public override void Reject(double factor)
    {
        _next = Size * factor;
        _rejected = true;
        EndTime = Time;
        Rejections++;
    }

    /// <inheritdoc/>
    public override void MoveTo(double time, ReadOnlySpan<double> states)
    {
        states.CopyTo(_states);
        Time = time;
        EndTime = time;
        Steps++;
    }

    /// <inheritdoc/>
    public override void WriteDense(int state, Span<double> coefficients)
    {
        coefficients[0] = _states[state];
        int stages = _scheme.Stages;
        double lack = _scheme.Gamma * _error[state];
        for (int k = 0; k < stages; k++)
        {
            double sum = lack * _scheme.Correction[k];
            for (int j = 0; j < stages; j++)
            {
                sum = Math.FusedMultiplyAdd(_scheme.Powers[(j * RadauScheme.Stride) + k], _z[(j * _n) + state], sum);
            }

            coefficients[k + 1] = sum;
        }

        coefficients[stages + 1] = lack * _scheme.Correction[stages];
        coefficients[(stages + 2)..(DenseDegree + 1)].Clear();
    }

    /// <inheritdoc/>
    internal override void Exchange(StateArchive archive)
    {
        base.Exchange(archive);
        archive.Exchange(_states);
        archive.Exchange(_slopes);
        archive.Exchange(_endSlopes);
        archive.Exchange(_weights);
        archive.Exchange(_points);
        archive.Exchange(_z);
        archive.Exchange(_kept);
        archive.Exchange(_error);
        archive.Exchange(ref _next);
        archive.Exchange(ref _lastSize);
        archive.Exchange(ref _lastError);
        archive.Exchange(ref _contraction);
        archive.Exchange(ref _contraction0);
        archive.Exchange(ref _fresh);
        archive.Exchange(ref _rejected);
        archive.Exchange(ref _linear);
        archive.Exchange(ref _current);
        archive.Exchange(ref _rate);
        archive.Exchange(ref _trials);
        archive.Exchange(ref _failed);
        int iterations = archive.Exchange(_iterations);
        RadauScheme scheme = Exchange(_scheme, archive);
        _lastScheme = Exchange(_lastScheme, archive);
        if (archive.IsReading)
        {
            _iterations = iterations;
            int trials = _trials;
            Become(scheme);
            _trials = trials;
        }

        _system.Exchange(_scheme, archive);
    }

    private void Evaluate(double time, ref double states, ref double slopes)
    {
        _function.Derivatives(time, ref states, ref MemoryMarshal.GetArrayDataReference(_data), ref slopes);
        Evaluations++;
    }

    private RadauScheme Exchange(RadauScheme scheme, StateArchive archive)
    {
        int stages = archive.Exchange(scheme.Stages);
        return stages % 2 == 1 && stages >= _leastStages && stages <= _mostStages
            ? RadauScheme.Of(stages)
            : throw StateArchive.Damage($"{stages} stages");
    }

    private void Weigh()
    {
        for (int i = 0; i < _n; i++)
        {
            _weights[i] = 1.0 / (_absolute + (_relative * Math.Abs(_states[i])));
        }
    }

    // First slopes and first step size of a smooth stretch.
    private void Begin(double limit)
    {
        Evaluate(Time, ref _states[0], ref _slopes[0]);
        _fresh = false;
        _rejected = false;
        _lastSize = 0.0;
        _contraction = 1.0;
        _current = false;
        _system.ReadMass(_data);
        if (_settings.FirstStep > 0.0 || !(_next > 0.0))
        {
            Weigh();
            _next = _settings.FirstStep;
            if (!(_next > 0.0))
            {
                _next = FirstStep.Choose(
                    _function, Time, States, StartSlopes, _weights, _data, 4, limit - Time, _f, out int evaluations);
                Evaluations += evaluations;
            }
        }
    }

    // The next size, also predicted from two steps after Gustafsson.
    private void Finish(double size, double error, double factor, bool clipped)
    {
        if (_lastSize > 0.0 && _lastScheme == _scheme)
        {
            double predicted = Safety * (size / _lastSize) * Root(_lastError / (error * error));
            factor = Math.Min(factor, Math.Clamp(predicted, LargestCut, LargestGrowth));
        }

        _lastError = Math.Max(LeastError, error);
        factor = _rejected ? Math.Min(factor, 1.0) : factor;
        _rejected = false;
        _linear = _contraction0 <= SlowContraction;
        double next = size * factor;
        _next = clipped ? Math.Max(next, _next) : next;
    }

    // Of one order above that of the estimate.
    private double Root(double value) => _scheme.Stages switch
    {
        3 => Math.Sqrt(Math.Sqrt(value)),
        5 => Math.Pow(value, 1.0 / 6.0),
        _ => Math.Sqrt(Math.Sqrt(Math.Sqrt(value))),
    };
}
