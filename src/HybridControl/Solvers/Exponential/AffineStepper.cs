using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>Steps an affine flow along its Taylor series, each step as long as the series is exact to rounding.</summary>
internal sealed class AffineStepper : Stepper
{
    private readonly StepSettings _settings;
    private readonly int _n;
    private readonly double[] _data;
    private readonly double[] _states;
    private readonly double[] _end;
    private readonly double[] _endSlopes;
    private readonly double[] _matrix;
    private readonly double[] _ramp;
    private readonly AffineSeries _series;
    private readonly Dictionary<AffineCode, JacobianWork> _jacobians = new(ReferenceEqualityComparer.Instance);
    private AffineCode _code = null!;
    private JacobianWork _jacobian = null!;
    private double _next;
    private bool _fresh;
    private bool _haveEndSlopes;

    public AffineStepper(StepSettings settings, int dimension, double[] data)
    {
        _settings = settings;
        _n = dimension;
        _data = data;
        _states = new double[dimension + 1];
        _end = new double[dimension + 1];
        _endSlopes = new double[dimension + 1];
        _matrix = new double[dimension * dimension];
        _ramp = new double[dimension];
        _series = new AffineSeries(dimension);
    }

    /// <inheritdoc/>
    public override Span<double> States => _states.AsSpan(0, _n);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndStates => _end.AsSpan(0, _n);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> StartSlopes => _series.Slopes;

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndSlopes
    {
        get
        {
            FindEndSlopes();
            return _endSlopes.AsSpan(0, _n);
        }
    }

    /// <inheritdoc/>
    public override int DenseDegree => AffineSeries.Degree;

    /// <inheritdoc/>
    internal override int StepDegree => _series.Used;

    /// <inheritdoc/>
    public override double NextSize
    {
        get => _next;
        set => _next = value;
    }

    /// <inheritdoc/>
    public override int WorstState => _series.Slopes.IndexOfAnyExceptInRange(double.MinValue, double.MaxValue);

    /// <inheritdoc/>
    internal override void Use(MethodCode code)
    {
        _code = (AffineCode)code;
        if (!_jacobians.TryGetValue(_code, out _jacobian!))
        {
            _jacobians.Add(_code, _jacobian = _code.Jacobian.Start());
        }
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
            Begin();
        }

        double longest = Math.Min(limit - Time, _settings.MaximumStep);
        double wanted = _next > 0.0 ? Math.Min(_next, longest) : _settings.FirstStep > 0.0 ? Math.Min(_settings.FirstStep, longest) : longest;
        wanted = Time + (1.01 * wanted) >= limit && longest <= _settings.MaximumStep ? longest : wanted;
        double size = _series.Fit(wanted, _settings.Absolute, out double growth);
        bool clipped = size == limit - Time;
        if (!clipped)
        {
            // The time between two representable times: what rounding took from each step would add up.
            size = Time + size - Time;
            _series.Measure(size);
        }

        if (!(size > 0.0))
        {
            return StepStatus.TooSmall;
        }

        bool finite = true;
        for (int i = 0; i < _n; i++)
        {
            _end[i] = _series.AtEnd(i);
            finite &= double.IsFinite(_end[i]);
        }

        if (!finite)
        {
            return StepStatus.NotFinite;
        }

        Size = size;
        EndTime = clipped ? limit : Time + size;
        _next = clipped ? Math.Max(_next, size * growth) : size * growth;
        _haveEndSlopes = false;
        return StepStatus.Accepted;
    }

    /// <inheritdoc/>
    public override void Accept()
    {
        FindEndSlopes();
        _end.CopyTo(_states, 0);
        Time = EndTime;
        Steps++;
        Expand(_endSlopes);
    }

    /// <inheritdoc/>
    public override void Reject(double factor)
    {
        _next = Size * factor;
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
    public override void WriteDense(int state, Span<double> coefficients) =>
        _series.Write(state, coefficients[..(DenseDegree + 1)]);

    /// <inheritdoc/>
    internal override void WriteDense(ReadOnlySpan<int> states, Span<double> coefficients, int stride)
    {
        foreach (int i in states)
        {
            _series.Write(i, coefficients.Slice(i * stride, stride));
        }
    }

    /// <inheritdoc/>
    internal override void Exchange(StateArchive archive)
    {
        base.Exchange(archive);
        archive.Exchange(_states);
        archive.Exchange(_end);
        archive.Exchange(_endSlopes);
        archive.Exchange(_matrix);
        archive.Exchange(_ramp);
        archive.Exchange(ref _next);
        archive.Exchange(ref _fresh);
        archive.Exchange(ref _haveEndSlopes);
        _series.Exchange(archive);
    }

    // A new stretch: instants may have changed what the coefficients depend on.
    private void Begin()
    {
        _fresh = false;
        EvaluateFlow(Time, ref _states[0], _endSlopes);
        _jacobian.Evaluate(Time, States, _endSlopes.AsSpan(0, _n), _data);
        SparsityPattern pattern = _code.Jacobian.Pattern;
        Array.Clear(_matrix);
        for (int i = 0; i < _n; i++)
        {
            for (int k = pattern.RowStarts[i]; k < pattern.RowStarts[i + 1]; k++)
            {
                _matrix[(i * _n) + pattern.Columns[k]] = _jacobian.Values[k];
            }
        }

        if (_code.Jacobian.DependsOnTime)
        {
            _jacobian.TimeDerivative(Time, States, _endSlopes.AsSpan(0, _n), _data, _ramp);
        }
        else
        {
            Array.Clear(_ramp);
        }

        Expand(_endSlopes);
    }

    private void Expand(double[] slopes)
    {
        States.CopyTo(_series.Values);
        slopes.AsSpan(0, _n).CopyTo(_series.Slopes);
        _series.Extend(_matrix, _ramp);
    }

    private void FindEndSlopes()
    {
        if (!_haveEndSlopes)
        {
            EvaluateFlow(EndTime, ref _end[0], _endSlopes);
            _haveEndSlopes = true;
        }
    }

    private void EvaluateFlow(double time, ref double states, double[] slopes)
    {
        _code.Function.Derivatives(time, ref states, ref MemoryMarshal.GetArrayDataReference(_data), ref slopes[0]);
        Evaluations++;
    }
}
