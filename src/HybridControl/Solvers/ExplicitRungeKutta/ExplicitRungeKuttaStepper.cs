using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>Steps any explicit Runge-Kutta method, with a fixed step or under PI control.</summary>
internal sealed partial class ExplicitRungeKuttaStepper : Stepper
{
    private const double LeastLogError = -13.287712379549449; // binary logarithm of 1e-4

    private readonly ButcherTableau _tableau;
    private readonly StepSettings _settings;
    private readonly int _n;
    private readonly int _stages;
    private readonly bool _adaptive;
    private readonly StepControl _control;
    private readonly double _exponent;
    private readonly double[] _data;
    private readonly double[] _states;
    private readonly double[] _work;
    private readonly double[] _scratch;
    private OdeFunction _function = null!;
    private StepFunction _step = null!;
    private ExplicitCode _code = null!;
    private double _next;
    private double _logError;
    private bool _fresh;
    private bool _rejected;

    public ExplicitRungeKuttaStepper(ButcherTableau tableau, StepControl control, StepSettings settings, int dimension, double[] data)
    {
        _tableau = tableau;
        _settings = settings;
        _n = dimension;
        _stages = tableau.Stages;
        _adaptive = !tableau.E.IsEmpty;
        _control = control;
        _exponent = (1.0 / (tableau.ErrorOrder + 1)) - (0.75 * control.Beta);
        _data = data;
        _dense = tableau.D.Length == 1 ? [.. tableau.D[0]] : [];
        _extends = tableau.ExtendsDense;
        _sums = dimension * (_stages + tableau.Extra.Length + 1);
        _states = new double[dimension + 1]; // one more, so that a reference exists for systems without states
        _work = new double[_sums + (dimension * Math.Max(1, tableau.D.Length)) + 1];
        _scratch = new double[(2 * dimension) + 1];
    }

    /// <inheritdoc/>
    public override Span<double> States => _states.AsSpan(0, _n);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndStates => _work.AsSpan(0, _n);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> StartSlopes => _work.AsSpan(_n, _n);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndSlopes => _work.AsSpan(_n * _stages, _n);

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
            ReadOnlySpan<double> weights = _tableau.E.AsSpan();
            for (int i = 0; i < _n; i++)
            {
                double error = 0.0;
                for (int j = 0; j < weights.Length; j++)
                {
                    error += weights[j] == 0.0 ? 0.0 : weights[j] * _work[((j + 1) * _n) + i];
                }

                error = Math.Abs(error) / (_settings.Absolute + (_settings.Relative * Math.Abs(_states[i])));
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
        _code = (ExplicitCode)code;
        _step = _code.Step;
        Array.Clear(_work);
    }

    /// <inheritdoc/>
    public override void Restart(double time, bool keepSize)
    {
        Time = time;
        EndTime = time;
        _fresh = true;
        _next = keepSize ? _next : 0.0;
    }

    /// <inheritdoc/>
    internal override void Reset()
    {
        _logError = LeastLogError;
        _rejected = false;
    }

    /// <inheritdoc/>
    public override StepStatus Step(double limit)
    {
        if (_fresh)
        {
            Begin(limit);
        }

        ref double states = ref MemoryMarshal.GetArrayDataReference(_states);
        ref double data = ref MemoryMarshal.GetArrayDataReference(_data);
        ref double work = ref MemoryMarshal.GetArrayDataReference(_work);
        _extended = false;
        while (true)
        {
            double size = Math.Min(_next, _settings.MaximumStep);
            bool clipped = Time + (1.01 * size) >= limit;
            size = clipped ? limit - Time : size;
            if (size > _settings.MaximumStep * (1.0 + 1e-12))
            {
                (size, clipped) = (0.5 * size, false);
            }

            double error = _step(Time, size, ref states, ref data, ref work, _settings.Relative, _settings.Absolute) * ErrorScale;
            Evaluations += _tableau.RefusesEarly && !(error <= 1.0) ? _stages - 2 : _stages - 1;
            if (!_adaptive)
            {
                // The slopes at the end sum what every stage has touched, so one test finds any NaN.
                if (!Dense.IsFinite(EndStates) || !Dense.IsFinite(EndSlopes))
                {
                    return StepStatus.NotFinite;
                }

                Finish(limit, size, clipped);
                return StepStatus.Accepted;
            }

            double log = 0.5 * RoughMath.Log2(error);
            if (error <= 1.0)
            {
                double factor = error <= 1e-24
                    ? _control.LargestGrowth
                    : _control.Safety * RoughMath.Exp2((_control.Beta * _logError) - (_exponent * log));
                factor = Math.Clamp(factor, _control.LargestCut, _rejected ? 1.0 : _control.LargestGrowth);
                _logError = Math.Max(log, LeastLogError);
                _rejected = false;
                double next = size * factor;
                _next = clipped ? Math.Max(next, _next) : next;
                Finish(limit, size, clipped);
                return StepStatus.Accepted;
            }

            Rejections++;
            _rejected = true;
            bool finite = error < double.PositiveInfinity;
            _next = size * (finite ? Math.Max(_control.LargestCut, _control.Safety * RoughMath.Exp2(-_exponent * log)) : _control.LargestCut);
            if (_next < 16.0 * Math.BitIncrement(Math.Abs(Time)) - (16.0 * Math.Abs(Time)))
            {
                return finite ? StepStatus.TooSmall : StepStatus.NotFinite;
            }
        }
    }

    /// <inheritdoc/>
    public override void Accept()
    {
        Array.Copy(_work, _states, _n);
        Array.Copy(_work, _n * _stages, _work, _n, _n);
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
    internal override void Exchange(StateArchive archive)
    {
        base.Exchange(archive);
        archive.Exchange(_states);
        archive.Exchange(_work);
        archive.Exchange(ref _next);
        archive.Exchange(ref _logError);
        archive.Exchange(ref _fresh);
        archive.Exchange(ref _rejected);
        archive.Exchange(ref _extended);
    }

    private void Finish(double limit, double size, bool clipped)
    {
        Size = size;
        EndTime = clipped ? limit : Time + size;
    }

    // First slopes and first step size of a smooth stretch.
    private void Begin(double limit)
    {
        _function.Derivatives(Time, ref _states[0], ref MemoryMarshal.GetArrayDataReference(_data), ref _work[_n]);
        Evaluations++;
        _fresh = false;
        _rejected = false;
        if (_settings.FirstStep > 0.0 || !(_next > 0.0))
        {
            _next = _settings.FirstStep > 0.0 ? _settings.FirstStep : ChooseFirstStep(limit - Time);
            _logError = LeastLogError; // a size that was kept keeps its error too
        }
    }

    // Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, section II.4, algorithm for the initial step.
    private double ChooseFirstStep(double longest)
    {
        double states = 0.0;
        double slopes = 0.0;
        for (int i = 0; i < _n; i++)
        {
            double scale = _settings.Absolute + (_settings.Relative * Math.Abs(_states[i]));
            states += _states[i] / scale * (_states[i] / scale);
            slopes += _work[_n + i] / scale * (_work[_n + i] / scale);
        }

        if (slopes == 0.0)
        {
            return longest;
        }

        double first = states < 1e-10 || slopes < 1e-10 ? 1e-6 : 0.01 * Math.Sqrt(states / slopes);
        first = Math.Min(first, longest);
        for (int i = 0; i < _n; i++)
        {
            _scratch[i] = _states[i] + (first * _work[_n + i]);
        }

        _function.Derivatives(Time + first, ref _scratch[0], ref MemoryMarshal.GetArrayDataReference(_data), ref _scratch[_n]);
        Evaluations++;
        double curvature = 0.0;
        for (int i = 0; i < _n; i++)
        {
            double scale = _settings.Absolute + (_settings.Relative * Math.Abs(_states[i]));
            double change = (_scratch[_n + i] - _work[_n + i]) / scale;
            curvature += change * change;
        }

        double largest = Math.Max(Math.Sqrt(slopes), Math.Sqrt(curvature) / first);
        double second = largest <= 1e-15
            ? Math.Max(1e-6, first * 1e-3)
            : Math.Pow(0.01 / largest * Math.Sqrt(_n), 1.0 / _tableau.Order);
        double chosen = Math.Min(100.0 * first, second);
        return chosen > 0.0 ? chosen : Math.Min(1e-6, longest); // also when a slope is NaN: the step itself will tell
    }
}
