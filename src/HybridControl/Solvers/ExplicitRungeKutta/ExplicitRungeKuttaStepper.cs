using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>Steps any explicit Runge-Kutta method, with a fixed step or under PI control.</summary>
internal sealed class ExplicitRungeKuttaStepper : Stepper
{
    // Hairer's constants for DOPRI5: exponent, weight of the previous error, safety, bounds of the factor.
    private const double Beta = 0.04;
    private const double Safety = 0.9;
    private const double LargestGrowth = 10.0;
    private const double LargestCut = 0.2;
    private const double LeastLogError = -13.287712379549449; // binary logarithm of 1e-4

    private const int LongDense = 7; // weights of the dense output of both pairs of order 5

    private readonly ButcherTableau _tableau;
    private readonly StepSettings _settings;
    private readonly int _n;
    private readonly int _stages;
    private readonly bool _adaptive;
    private readonly double _exponent;
    private readonly double[] _data;
    private readonly double[] _dense;
    private readonly double[] _states;
    private readonly double[] _work;
    private readonly double[] _scratch;
    private OdeFunction _function = null!;
    private StepFunction _step = null!;
    private double _next;
    private double _logError;
    private bool _fresh;
    private bool _rejected;

    public ExplicitRungeKuttaStepper(ButcherTableau tableau, StepSettings settings, int dimension, double[] data)
    {
        _tableau = tableau;
        _settings = settings;
        _n = dimension;
        _stages = tableau.Stages;
        _adaptive = !tableau.E.IsEmpty;
        _exponent = (1.0 / tableau.Order) - (0.75 * Beta);
        _data = data;
        _dense = [.. tableau.D];
        _states = new double[dimension + 1]; // one more, so that a reference exists for systems without states
        _work = new double[(dimension * (_stages + 1)) + 1];
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
    public override int DenseDegree => 4;

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
        _step = ((ExplicitCode)code).Step;
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
    public override StepStatus Step(double limit)
    {
        if (_fresh)
        {
            Begin(limit);
        }

        ref double states = ref MemoryMarshal.GetArrayDataReference(_states);
        ref double data = ref MemoryMarshal.GetArrayDataReference(_data);
        ref double work = ref MemoryMarshal.GetArrayDataReference(_work);
        double smallest = 16.0 * Math.BitIncrement(Math.Abs(Time)) - (16.0 * Math.Abs(Time));
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
            Evaluations += _stages - 1;
            if (!_adaptive)
            {
                // The slopes at the end sum what every stage has touched, so one test finds any NaN.
                if (!AllFinite(EndStates) || !AllFinite(EndSlopes))
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
                    ? LargestGrowth
                    : Safety * RoughMath.Exp2((Beta * _logError) - (_exponent * log));
                factor = Math.Clamp(factor, LargestCut, _rejected ? 1.0 : LargestGrowth);
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
            _next = size * (finite ? Math.Max(LargestCut, Safety * RoughMath.Exp2(-_exponent * log)) : LargestCut);
            if (_next < smallest)
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
    public override void WriteDense(Span<double> coefficients)
    {
        for (int i = 0; i < _n; i++)
        {
            WriteDense(i, coefficients.Slice(5 * i, 5));
        }
    }

    /// <inheritdoc/>
    public override void WriteDense(int state, Span<double> coefficients) =>
        WriteDense(state, ref MemoryMarshal.GetReference(coefficients[..5]));

    /// <inheritdoc/>
    internal override void WriteDense(ReadOnlySpan<int> states, Span<double> coefficients, int stride)
    {
        ref double first = ref MemoryMarshal.GetReference(coefficients);
        foreach (int i in states)
        {
            WriteDense(i, ref Unsafe.Add(ref first, i * stride));
        }
    }

    // Without a loop, and in three sums, so that none waits for another: every step of a watched flow comes here.
    private static double LongSum(ref double d, ref double k, int n)
    {
        double a = (d * k) + (Unsafe.Add(ref d, 3) * Unsafe.Add(ref k, 3 * n));
        double b = (Unsafe.Add(ref d, 1) * Unsafe.Add(ref k, n)) + (Unsafe.Add(ref d, 4) * Unsafe.Add(ref k, 4 * n));
        double c = (Unsafe.Add(ref d, 2) * Unsafe.Add(ref k, 2 * n)) + (Unsafe.Add(ref d, 5) * Unsafe.Add(ref k, 5 * n));
        return a + b + (c + (Unsafe.Add(ref d, 6) * Unsafe.Add(ref k, 6 * n)));
    }

    private double Sum(ref double k)
    {
        double sum = 0.0;
        for (int j = 0; j < _dense.Length; j++)
        {
            sum += _dense[j] * Unsafe.Add(ref k, j * _n);
        }

        return sum;
    }

    private void WriteDense(int state, ref double c)
    {
        double h = Size;
        ref double slope = ref _work[_n + state];
        double start = h * slope;
        double end = h * Unsafe.Add(ref slope, _n * (_stages - 1));
        double value = _states[state];
        double change = _work[state] - value;
        double quartic = h * (_dense.Length == LongDense ? LongSum(ref _dense[0], ref slope, _n) : Sum(ref slope));
        Unsafe.Add(ref c, 4) = quartic;
        Unsafe.Add(ref c, 3) = start + end - (2.0 * (change + quartic));
        Unsafe.Add(ref c, 2) = (3.0 * change) - (2.0 * start) - end + quartic;
        Unsafe.Add(ref c, 1) = start;
        c = value;
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
    }

    private static bool AllFinite(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (!double.IsFinite(value))
            {
                return false;
            }
        }

        return true;
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
