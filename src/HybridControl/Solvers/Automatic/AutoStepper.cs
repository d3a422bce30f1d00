using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>Steps with the method that suits the flow where it is, and changes it between steps.</summary>
/// <remarks>
/// <para>An explicit method is kept from growing its step by stability, an implicit one by accuracy alone. So the product of the step
/// and the spectral radius of the Jacobian (<see cref="SpectralRadius"/>) tells which is better: an explicit step that stays at the border of
/// its stability is wasted effort, and an implicit step that an explicit method could take is dear. Each is looked for every few
/// steps, has to be seen several times in a row, and more often after each change, so that a flow between the two does not change for ever.</para>
/// <para>The stepper of the other method is made when it is first needed; steps allocate nothing after that.</para>
/// </remarks>
internal sealed class AutoStepper : Stepper
{
    private const int StepsBetweenLooks = 12;
    private const int StepsBetweenCloserLooks = 2;
    private const int StepsBeforeFirstLook = 4; // of a run: a flow that is stiff from the start is soon known
    private const double FarBeyond = 3.0;
    private const double FirstImplicitGrowth = 8.0; // of a step that only stability has held
    private const int MostSightings = 64;
    private const int ClosedFormLooks = 100; // a stretch of so many groups of steps is stiff, or long enough for another method

    private readonly AutoMethods _methods;
    private readonly int _n;
    private readonly double[] _data;
    private readonly Stepper?[] _steppers;
    private readonly SpectralRadius _radius;
    private readonly double[] _slopes;
    private readonly double[] _weights;
    private readonly double[] _scratch;
    private readonly bool _closed;
    private AutoCode _code = null!;
    private Stepper _current;
    private AutoMethod _method;
    private int _wanted;
    private int _untilLook = StepsBeforeFirstLook;
    private int _sightings;
    private int _needed = AutoMethods.FirstSightings;
    private long _otherSteps;
    private long _otherRejections;
    private long _otherEvaluations;
    private long _otherJacobians;
    private long _otherFactorizations;

    public AutoStepper(AutoMethods methods, int dimension, double[] data, IReadOnlyList<MethodCode> flows)
    {
        _methods = methods;
        _n = dimension;
        _data = data;
        _steppers = new Stepper?[methods.Solvers.Length];
        _radius = new SpectralRadius(dimension);
        _slopes = new double[dimension + 1];
        _weights = new double[dimension];
        _scratch = new double[(2 * dimension) + 1];
        foreach (MethodCode flow in flows)
        {
            _closed |= Prepare((AutoCode)flow) == AutoMethod.Exact;
        }

        DenseDegree = _closed ? Math.Max(methods.DenseDegree, AffineSeries.Degree) : methods.DenseDegree;
        _method = flows.Count > 0 ? ((AutoCode)flows[0]).First : AutoMethod.Explicit;
        _current = StepperOf(_method);
    }

    /// <inheritdoc/>
    public override Span<double> States => _current.States;

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndStates => _current.EndStates;

    /// <inheritdoc/>
    public override ReadOnlySpan<double> StartSlopes => _current.StartSlopes;

    /// <inheritdoc/>
    public override ReadOnlySpan<double> EndSlopes => _current.EndSlopes;

    /// <inheritdoc/>
    public override int DenseDegree { get; }

    /// <inheritdoc/>
    public override int WorstState => _current.WorstState;

    /// <inheritdoc/>
    public override double NextSize
    {
        get => _current.NextSize;
        set => _current.NextSize = value;
    }

    /// <inheritdoc/>
    internal override int Choice
    {
        get => (int)_method + 1;
        set => _wanted = value;
    }

    /// <inheritdoc/>
    internal override void Use(MethodCode code)
    {
        _code = (AutoCode)code;
        _radius.Forget();
        _sightings = 0;
        _untilLook = Steps == 0 ? StepsBeforeFirstLook : StepsBetweenLooks;
        Become(_code.CanSwitch && IsChoice(_wanted - 1) ? (AutoMethod)(_wanted - 1) : FirstOf(_code));
        _current.Use(_code[_method]);
    }

    /// <inheritdoc/>
    public override void Restart(double time, bool keepSize)
    {
        _current.Restart(time, keepSize);
        Follow();
    }

    /// <inheritdoc/>
    public override StepStatus Step(double limit)
    {
        if (Evaluations == 0)
        {
            LookAhead(limit);
        }
        else if (_untilLook <= 0 && _code.CanSwitch)
        {
            Look();
        }

        _current.ErrorScale = ErrorScale;
        StepStatus status = _current.Step(limit);
        if (status is StepStatus.TooSmall or StepStatus.Singular or StepStatus.NoConvergence && _code.CanSwitch && TryOther(limit, out StepStatus other))
        {
            status = other;
        }

        Follow();
        return status;
    }

    /// <inheritdoc/>
    public override void Accept()
    {
        _current.Accept();
        _untilLook--;
        Follow();
    }

    /// <inheritdoc/>
    public override void Reject(double factor)
    {
        _current.Reject(factor);
        Follow();
    }

    /// <inheritdoc/>
    public override void MoveTo(double time, ReadOnlySpan<double> states)
    {
        _current.MoveTo(time, states);
        _untilLook--;
        Follow();
    }

    /// <inheritdoc/>
    public override void WriteDense(int state, Span<double> coefficients)
    {
        int written = _current.DenseDegree + 1;
        _current.WriteDense(state, coefficients[..written]);
        coefficients[written..(DenseDegree + 1)].Clear();
    }

    /// <inheritdoc/>
    internal override void WriteDense(ReadOnlySpan<int> states, Span<double> coefficients, int stride) =>
        _current.WriteDense(states, coefficients, stride);

    /// <inheritdoc/>
    internal override int StepDegree => _current.StepDegree;

    /// <inheritdoc/>
    internal override void Exchange(StateArchive archive)
    {
        base.Exchange(archive);
        int method = archive.Exchange((int)_method);
        if (!IsChoice(method))
        {
            throw StateArchive.Damage($"method number {method}");
        }

        if (archive.IsReading)
        {
            Become((AutoMethod)method);
            _current.Use(_code[_method]);
        }

        _radius.Exchange(archive);
        archive.Exchange(ref _untilLook);
        archive.Exchange(ref _sightings);
        archive.Exchange(ref _needed);
        archive.Exchange(ref _otherSteps);
        archive.Exchange(ref _otherRejections);
        archive.Exchange(ref _otherEvaluations);
        archive.Exchange(ref _otherJacobians);
        archive.Exchange(ref _otherFactorizations);
        _current.Exchange(archive);
    }

    // So that a run compiles nothing.
    private static AutoMethod Prepare(AutoCode flow)
    {
        _ = flow[flow.First];
        return flow.First;
    }

    // A method that this flow can be followed by.
    private bool IsChoice(int method) =>
        method == (int)AutoMethod.Explicit || method == (int)_code.Stiff ||
        (method == (int)AutoMethod.Exact && _closed && _code.First == AutoMethod.Exact);

    // What is stiff in one mode is likely to be so in the next.
    private AutoMethod FirstOf(AutoCode flow) => flow.First switch
    {
        AutoMethod.Exact when _closed => AutoMethod.Exact,
        AutoMethod.Exact or AutoMethod.Explicit when flow.CanSwitch && _method is AutoMethod.Rosenbrock or AutoMethod.Iterated => flow.Stiff,
        AutoMethod.Exact => AutoMethod.Explicit,
        _ => flow.First,
    };

    // Is the step where the other method would take it, or better?
    private void Look()
    {
        if (_method == AutoMethod.Exact)
        {
            _untilLook = StepsBetweenLooks;
            if (++_sightings > ClosedFormLooks)
            {
                Switch(AutoMethod.Explicit, _current.NextSize);
            }

            return;
        }

        double size = _current.NextSize;
        double radius = EstimateRadius();
        double reach = size * radius;
        bool sighted = _method != AutoMethod.Explicit ? reach < _methods.Loose : reach > (_radius.Decays ? _methods.StiffDecay : _methods.Stiff);
        _sightings = sighted ? _sightings + 1 : Math.Max(0, _sightings - 1); // sizes swing about the border
        if (_sightings < _needed)
        {
            _untilLook = sighted ? StepsBetweenCloserLooks : StepsBetweenLooks;
            return;
        }

        bool explicitly = _method != AutoMethod.Explicit;
        Switch(explicitly ? AutoMethod.Explicit : _code.Stiff, explicitly ? Math.Min(size, 0.5 * _methods.Stiff / radius) : FirstImplicitGrowth * size);
    }

    // Before the first step of a run: would a first step that the error allows leave the region of stability far behind?
    private void LookAhead(double limit)
    {
        if (_method != AutoMethod.Explicit || !_code.CanSwitch)
        {
            return;
        }

        double radius = EstimateRadius();
        AdaptiveSolver solver = _methods.Solvers[(int)AutoMethod.Explicit];
        ErrorWeights.Write(States, States, solver.Settings, _weights);
        double size = FirstStep.Choose(
            _code.Function, Time, States, _slopes.AsSpan(0, _n), _weights, _data, solver.Order, limit - Time, _scratch, out int evaluations);
        _otherEvaluations += evaluations;
        if (double.IsFinite(radius) && size * radius > FarBeyond * _methods.Stiff)
        {
            Become(_code.Stiff);
            _current.Use(_code[_method]);
            _current.Restart(Time, keepSize: false);
        }
    }

    private double EstimateRadius()
    {
        _code.Function.Derivatives(
            Time, ref States[0], ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_data), ref _slopes[0]);
        ReadOnlySpan<double> slopes = _slopes.AsSpan(0, _n);
        _otherEvaluations += 2;
        if (!_radius.IsKnown)
        {
            _radius.Estimate(_code.Function, Time, States, slopes, _data);
            _otherEvaluations++;
        }

        return _radius.Estimate(_code.Function, Time, States, slopes, _data);
    }

    private void Switch(AutoMethod method, double size)
    {
        Stepper before = _current;
        double time = before.Time;
        Become(method);
        _current.Use(_code[method]);
        _current.Restart(time, keepSize: false);
        _current.NextSize = size;
        _sightings = 0;
        _needed = Math.Min(2 * _needed, MostSightings);
        _untilLook = StepsBetweenLooks;
    }

    // Where one method finds no step at all the other may: it is asked before the run ends.
    private bool TryOther(double limit, out StepStatus status)
    {
        AutoMethod failed = _method;
        Switch(failed == AutoMethod.Explicit ? _code.Stiff : AutoMethod.Explicit, 0.0);
        _current.ErrorScale = ErrorScale;
        status = _current.Step(limit);
        if (status == StepStatus.Accepted)
        {
            return true;
        }

        Become(failed); // its report is the better known one
        return false;
    }

    private void Become(AutoMethod method)
    {
        _method = method;
        Stepper before = _current;
        _current = StepperOf(method);
        if (!ReferenceEquals(before, _current))
        {
            _current.Reset();
            before.States.CopyTo(_current.States);
            _otherSteps += before.Steps - _current.Steps;
            _otherRejections += before.Rejections - _current.Rejections;
            _otherEvaluations += before.Evaluations - _current.Evaluations;
            _otherJacobians += before.Jacobians - _current.Jacobians;
            _otherFactorizations += before.Factorizations - _current.Factorizations;
        }
    }

    private Stepper StepperOf(AutoMethod method) =>
        _steppers[(int)method] ??= _methods.Solvers[(int)method].Start(_n, _data);

    private void Follow()
    {
        Time = _current.Time;
        EndTime = _current.EndTime;
        Size = _current.Size;
        Steps = _otherSteps + _current.Steps;
        Rejections = _otherRejections + _current.Rejections;
        Evaluations = _otherEvaluations + _current.Evaluations;
        Jacobians = _otherJacobians + _current.Jacobians;
        Factorizations = _otherFactorizations + _current.Factorizations;
    }
}
