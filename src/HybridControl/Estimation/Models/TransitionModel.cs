using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>How the states of one mode move from one time to another: x+ = f(x, u) + w, w ~ N(0, G G').</summary>
/// <remarks>
/// <see cref="LinearTransition"/> holds matrices, <see cref="ExpressionTransition"/> expressions in discrete time,
/// <see cref="FlowTransition"/> the flow of a mode, integrated with its variational equations. A model may keep work
/// space: one thread at a time, and <see cref="Fork"/> for another.
/// </remarks>
public abstract class TransitionModel
{
    private readonly StateGeometry _geometry;
    private MemberWork? _work;

    /// <summary>Creates a model.</summary>
    /// <param name="stateNames">Names of the n states.</param>
    /// <param name="inputCount">The number of inputs.</param>
    /// <param name="noiseCount">The number q of columns of the noise factor G.</param>
    /// <exception cref="ModelException">There are no states.</exception>
    protected TransitionModel(IReadOnlyList<string> stateNames, int inputCount, int noiseCount)
    {
        ArgumentNullException.ThrowIfNull(stateNames);
        if (stateNames.Count == 0)
        {
            throw new ModelException("transition.states", "the model has no states", "Give it one at least.");
        }

        StateNames = stateNames;
        StateCount = stateNames.Count;
        InputCount = inputCount;
        NoiseCount = noiseCount;
        _geometry = StateGeometry.Flat(stateNames.Count);
    }

    /// <summary>Names of the states.</summary>
    public IReadOnlyList<string> StateNames { get; }

    /// <summary>The number n of states.</summary>
    public int StateCount { get; }

    /// <summary>The number of inputs.</summary>
    public int InputCount { get; }

    /// <summary>The number q of columns of the noise factor G, n by q.</summary>
    public int NoiseCount { get; }

    /// <summary>Whether f is affine in the states, so that its Jacobian does not depend on them.</summary>
    public virtual bool IsLinear => false;

    /// <summary>Whether two steps are the same as one of their length together, so that a measurement may come in between.</summary>
    public virtual bool CanDivideSteps => true;

    /// <summary>Whether the noise factor G is the same for all states: it depends on the interval and the inputs only.</summary>
    public virtual bool HasConstantNoise => false;

    /// <summary>Whether <see cref="Linearize"/> gives the same Jacobian and noise at all states, times and inputs.</summary>
    internal virtual bool HasConstantLinearization => false;

    /// <summary>Why the last call that gave false has no result.</summary>
    public virtual EstimationStatus Failure => EstimationStatus.FlowFailed;

    /// <summary>How states are subtracted and averaged; plain vectors by default.</summary>
    /// <exception cref="ModelException">Its dimension is not that of the model.</exception>
    public StateGeometry Geometry
    {
        get => _geometry;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            CovarianceFactor.CheckCount("geometry", value.Dimension, StateCount);
            _geometry = value;
        }
    }

    /// <summary>Moves a state without noise.</summary>
    /// <param name="from">Time of <paramref name="x"/>, in seconds.</param>
    /// <param name="to">Time of the result, in seconds.</param>
    /// <param name="x">The n states.</param>
    /// <param name="input">The inputs, constant in between.</param>
    /// <param name="next">Receives n numbers; must not overlap <paramref name="x"/>.</param>
    /// <returns>False if there is no result: the flow could not be integrated.</returns>
    public abstract bool Propagate(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next);

    /// <summary>Moves a state and tells how its neighbours move, and what noise comes in.</summary>
    /// <param name="from">Time of <paramref name="x"/>, in seconds.</param>
    /// <param name="to">Time of the result, in seconds.</param>
    /// <param name="x">The n states.</param>
    /// <param name="input">The inputs, constant in between.</param>
    /// <param name="next">Receives f(x), n numbers.</param>
    /// <param name="jacobian">Receives df/dx, n by n, row-major.</param>
    /// <param name="noise">Receives the factor G, n by q, row-major.</param>
    /// <returns>False if there is no result: the flow could not be integrated.</returns>
    public abstract bool Linearize(
        double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> next, Span<double> jacobian, Span<double> noise);

    /// <summary>What noise comes in along the way from a state.</summary>
    /// <param name="from">Time of <paramref name="x"/>, in seconds.</param>
    /// <param name="to">End time, in seconds.</param>
    /// <param name="x">The n states.</param>
    /// <param name="input">The inputs, constant in between.</param>
    /// <param name="noise">Receives the factor G, n by q, row-major.</param>
    /// <returns>False if there is no result: the flow could not be integrated.</returns>
    public abstract bool Noise(double from, double to, ReadOnlySpan<double> x, ReadOnlySpan<double> input, Span<double> noise);

    /// <summary>Moves many states, each with noise of its own.</summary>
    /// <param name="from">Time of the members, in seconds.</param>
    /// <param name="to">End time, in seconds.</param>
    /// <param name="members">States of n numbers each, replaced by the moved ones; NaN where there is no result. Modes are not touched.</param>
    /// <param name="input">The inputs, constant in between.</param>
    /// <param name="noise">Addresses of the random numbers.</param>
    /// <remarks>
    /// Linear models and expressions run on vector lanes, and so do flows with a solver of fixed step; else member after member.
    /// </remarks>
    public virtual void Propagate(double from, double to, StateEnsemble members, ReadOnlySpan<double> input, EnsembleNoise noise)
    {
        ArgumentNullException.ThrowIfNull(members);
        Work.Propagate(from, to, members, input, noise);
    }

    /// <summary>A copy with work space of its own, for another thread; the model itself if it has none.</summary>
    public virtual TransitionModel Fork() => this;

    /// <summary>Moves many states without noise.</summary>
    internal virtual void Move(double from, double to, StateEnsemble members, ReadOnlySpan<double> input) =>
        Work.MoveOneByOne(from, to, members, input);

    /// <summary>Work space for many states; made when it is first needed.</summary>
    internal MemberWork Work => _work ??= new MemberWork(this);

    /// <summary>Names x0, x1, ... for models that have none.</summary>
    protected static IReadOnlyList<string> NumberedNames(int count) => [.. Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"x{i}"))];
}
