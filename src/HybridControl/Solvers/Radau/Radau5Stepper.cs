using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>Steps the Radau IIA method of order 5.</summary>
internal sealed partial class Radau5Stepper : Stepper
{
    private const double Safety = 0.9;
    private const double LargestGrowth = 8.0;
    private const double LargestCut = 0.2;
    private const double LargestKept = 1.2; // growth for which new factors do not pay
    private const double LeastSize = 1e-280; // its reciprocal is finite
    private const double LeastError = 1e-2; // of a step before, where the next size is predicted from two

    private readonly StepSettings _settings;
    private readonly double _relative;
    private readonly double _absolute;
    private readonly int _n;
    private readonly double[] _data;
    private readonly Dictionary<MethodCode, RadauSystem> _systems = [];
    private readonly double[] _states;
    private readonly double[] _slopes;
    private readonly double[] _endSlopes;
    private readonly double[] _weights;
    private readonly double[] _points; // stages, 3 n; the last is the end
    private readonly double[] _z; // stages less the states
    private readonly double[] _w; // the same, transformed
    private readonly double[] _f;
    private readonly double[] _massTimes;
    private readonly double[] _newton; // collocation polynomial of the step before
    private readonly double[] _error;
    private OdeFunction _function = null!;
    private RadauSystem _system = null!;
    private double _next;
    private double _lastSize; // of the step before in this stretch; zero if there is none
    private double _lastError;
    private bool _fresh;
    private bool _rejected;

    public Radau5Stepper(StepSettings settings, int dimension, double[] data)
    {
        _settings = settings;
        _n = dimension;
        _data = data;
        _relative = 0.1 * Math.Pow(settings.Relative, 2.0 / 3.0);
        _absolute = settings.Absolute / settings.Relative * _relative;
        _newtonTolerance = Math.Max(10.0 * Epsilon / _relative, Math.Min(0.03, Math.Sqrt(_relative)));
        _states = new double[dimension + 1]; // one more, so that a reference exists for systems without states
        _slopes = new double[dimension + 1];
        _endSlopes = new double[dimension + 1];
        _weights = new double[dimension];
        _points = new double[(3 * dimension) + 1];
        _z = new double[3 * dimension];
        _w = new double[3 * dimension];
        _f = new double[(3 * dimension) + 1];
        _massTimes = new double[3 * dimension];
        _newton = new double[3 * dimension];
        _error = new double[dimension + 1];
    }

    /// <inheritdoc/>
    public override Span<double> States => _states.AsSpan(0, _n);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndStates => _points.AsSpan(2 * _n, _n);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> StartSlopes => _slopes.AsSpan(0, _n);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndSlopes => _endSlopes.AsSpan(0, _n);

    /// <inheritdoc/>
    public override int DenseDegree => 3;

    /// <inheritdoc/>
    public override double NextSize
    {
        get => _next;
        set => _next = value;
    }

    /// <inheritdoc/>
    public override int WorstState
    {
        get
        {
            int worst = -1;
            double largest = -1.0;
            for (int i = 0; i < _n; i++)
            {
                double error = Math.Abs(_error[i] * _weights[i]);
                if (double.IsNaN(error))
                {
                    return i;
                }

                if (error > largest)
                {
                    (worst, largest) = (i, error);
                }
            }

            return worst;
        }
    }

    /// <inheritdoc/>
    internal override void Use(MethodCode code)
    {
        _function = code.Function;
        if (!_systems.TryGetValue(code, out RadauSystem? system))
        {
            system = new RadauSystem(((RadauCode)code).Jacobian);
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
    public override StepStatus Step(double limit)
    {
        if (_fresh)
        {
            Begin(limit);
        }

        for (int i = 0; i < _n; i++)
        {
            _weights[i] = 1.0 / (_absolute + (_relative * Math.Abs(_states[i])));
        }

        double smallest = Math.Max(16.0 * Math.BitIncrement(Math.Abs(Time)) - (16.0 * Math.Abs(Time)), LeastSize);
        while (true)
        {
            bool keeps = _linear && _next >= _system.Size && _next <= LargestKept * _system.Size;
            double size = Math.Min(keeps ? _system.Size : _next, _settings.MaximumStep);
            bool clipped = Time + (1.01 * size) >= limit;
            size = clipped ? limit - Time : size;
            if (size > _settings.MaximumStep * (1.0 + 1e-12))
            {
                (size, clipped) = (0.5 * size, false);
            }

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
        for (int i = 0; i < _n; i++)
        {
            (_newton[i], _newton[_n + i], _newton[(2 * _n) + i]) = RadauTransformation.Newton(_z[i], _z[_n + i], _z[(2 * _n) + i]);
        }

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
        (coefficients[1], coefficients[2], coefficients[3]) =
            RadauTransformation.Powers(_z[state], _z[_n + state], _z[(2 * _n) + state]);
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
        archive.Exchange(_newton);
        archive.Exchange(_error);
        archive.Exchange(ref _next);
        archive.Exchange(ref _lastSize);
        archive.Exchange(ref _lastError);
        archive.Exchange(ref _contraction);
        archive.Exchange(ref _fresh);
        archive.Exchange(ref _rejected);
        archive.Exchange(ref _linear);
        archive.Exchange(ref _current);
        _system.Exchange(archive);
    }

    private void Evaluate(double time, ref double states, ref double slopes)
    {
        _function.Derivatives(time, ref states, ref MemoryMarshal.GetArrayDataReference(_data), ref slopes);
        Evaluations++;
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
            for (int i = 0; i < _n; i++)
            {
                _weights[i] = 1.0 / (_absolute + (_relative * Math.Abs(_states[i])));
            }

            _next = _settings.FirstStep > 0.0
                ? _settings.FirstStep
                : FirstStep.Choose(_function, Time, States, StartSlopes, _weights, _data, 4, limit - Time, _f);
            Evaluations++;
        }
    }

    // The next size, also predicted from two steps after Gustafsson.
    private void Finish(double size, double error, double factor, bool clipped)
    {
        if (_lastSize > 0.0)
        {
            double predicted = Safety * (size / _lastSize) * FourthRoot(_lastError / (error * error));
            factor = Math.Min(factor, Math.Clamp(predicted, LargestCut, LargestGrowth));
        }

        _lastError = Math.Max(LeastError, error);
        factor = _rejected ? Math.Min(factor, 1.0) : factor;
        _rejected = false;
        _linear = _contraction0 <= SlowContraction;
        double next = size * factor;
        _next = clipped ? Math.Max(next, _next) : next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double FourthRoot(double value) => Math.Sqrt(Math.Sqrt(value));
}
