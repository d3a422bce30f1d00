using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>The ensemble Kalman filter: the covariance is that of N members, each of which moves by the model.</summary>
/// <remarks>
/// <para>
/// No Jacobians and no n by n matrix: for many states, and for flows that only run. With A the anomalies of the members,
/// Y those of their measurements and d the mean innovation, the gain is A Y' (Y Y' + (N - 1) R)^-1; <see cref="EnsembleUpdate"/>
/// says how members are corrected. N - 1 directions at most are corrected, unless a localisation opens more; sampling errors make
/// the spread too small, which inflation mends. Every member is in the mode that its propagator gives it; an update does not
/// weigh modes: for that, see <see cref="ParticleFilter"/>.
/// </para>
/// <para>
/// Cost of an update with k components: k^2 (k + N) + n k N, or N^3 and n N^2 in ensemble space. G. Evensen, Data Assimilation
/// (2009); P. Sakov and P. R. Oke, Mon. Weather Rev. 136 (2008), 1042-1053, for rotations that keep the mean.
/// </para>
/// </remarks>
public sealed class EnsembleKalmanFilter : SampledFilter
{
    private readonly MemberSensor _sensed;
    private readonly double[] _weights;
    private readonly EnsembleAnomalies _anomalies;
    private readonly GainUpdate _gain = new();
    private readonly TransformUpdate _transform;
    private readonly double _inflation = 1.0;
    private readonly EnsembleLocalization? _localization;

    /// <summary>Starts a filter from members.</summary>
    /// <param name="propagator">What moves the members.</param>
    /// <param name="sensor">The sensor of updates that name none; null if every update names its own.</param>
    /// <param name="initial">Members at <paramref name="time"/>, at least two; copied.</param>
    /// <param name="seed">Seed of every random number.</param>
    /// <param name="time">Time of the members, in seconds.</param>
    /// <exception cref="ModelException">The sizes do not fit, or a member is not finite.</exception>
    public EnsembleKalmanFilter(
        IEnsemblePropagator propagator, MeasurementModel? sensor, StateEnsemble initial, ulong seed, double time = 0.0)
        : base(propagator, sensor, initial, seed, time)
    {
        if (initial.Count < 2)
        {
            throw new ModelException("filter.initial", "one member", "Give at least two: one has no spread.");
        }

        _sensed = new MemberSensor(StateCount);
        _weights = new double[initial.Count];
        Array.Fill(_weights, 1.0 / initial.Count);
        _anomalies = new EnsembleAnomalies(StateCount, initial.Count);
        _transform = new TransformUpdate(initial.Count);
    }

    /// <summary>Starts a filter of one transition model from a Gaussian belief.</summary>
    /// <param name="transition">How the states move.</param>
    /// <param name="sensor">The sensor of updates that name none; null if every update names its own.</param>
    /// <param name="initial">The belief at <paramref name="time"/>, from which members are drawn.</param>
    /// <param name="count">The number of members, at least two.</param>
    /// <param name="seed">Seed of every random number.</param>
    /// <param name="time">Time of the initial belief, in seconds.</param>
    /// <exception cref="ModelException">The sizes do not fit.</exception>
    public EnsembleKalmanFilter(
        TransitionModel transition, MeasurementModel? sensor, GaussianBelief initial, int count, ulong seed, double time = 0.0)
        : this(new TransitionPropagator(transition), sensor, Draw(initial, count, seed), seed, time)
    {
    }

    /// <summary>How members are corrected.</summary>
    public EnsembleUpdate Method { get; init; } = EnsembleUpdate.SquareRoot;

    /// <summary>Factor of the anomalies after each update, at least one.</summary>
    /// <exception cref="ModelException">Below one or not finite.</exception>
    public double Inflation
    {
        get => _inflation;
        init => _inflation = value >= 1.0 && double.IsFinite(value) ? value : throw new ModelException(
            "filter.inflation", FormattableString.Invariant($"{value}"), "Give a factor of at least one, such as 1.02.");
    }

    /// <summary>Whether anomalies are rotated at random after each update, which keeps mean and covariance and makes members more alike.</summary>
    public bool Rotates { get; init; }

    /// <summary>Which states a component may correct; null for all. Tapers the gain, or makes a square root for each state.</summary>
    /// <exception cref="ModelException">It is made for another number of states.</exception>
    public EnsembleLocalization? Localization
    {
        get => _localization;
        init
        {
            if (value is not null)
            {
                CovarianceFactor.CheckCount("filter.localization: states", value.StateCount, StateCount);
            }

            _localization = value;
        }
    }

    /// <inheritdoc/>
    internal override bool TakeLosses(StateEnsemble moved) => false;

    /// <inheritdoc/>
    internal override void WriteMoments(GaussianBelief belief) => Moments.Write(Members, _weights, Unbias, belief);

    /// <inheritdoc/>
    internal override EstimationStatus UpdateCore(
        MeasurementModel sensor, ReadOnlySpan<double> measurement, StateEnsemble members, StateEnsemble spare)
    {
        if (Localization is not null)
        {
            CovarianceFactor.CheckCount("filter.localization: components", Localization.SensorCount, sensor.Count);
        }

        _sensed.Observe(sensor, Time, members, measurement, Innovation);
        EstimationStatus status = _sensed.WriteInnovation(_weights, Unbias, Innovation);
        if (status != EstimationStatus.Done)
        {
            return status;
        }

        status = Innovation.Judge(Gate.At(Innovation.Count));
        if (status != EstimationStatus.Done)
        {
            return status;
        }

        _anomalies.Load(members, _weights, Geometry, _sensed);
        if (Method == EnsembleUpdate.SquareRoot)
        {
            status = _transform.Apply(_anomalies, _sensed, Innovation, Localization);
        }
        else
        {
            EnsembleNoise noise = Noise.For(FilterStreams.Perturbations);
            status = _gain.Apply(_anomalies, _sensed, Innovation, Localization, Method == EnsembleUpdate.Stochastic ? noise : null);
        }

        if (status != EstimationStatus.Done)
        {
            return status;
        }

        _anomalies.Spread(Inflation, Rotates ? Noise.For(FilterStreams.Rotations) : null);
        spare.CopyFrom(members);
        _anomalies.Store(spare, Geometry);
        if (!IsFinite(spare))
        {
            return EstimationStatus.NotFinite;
        }

        Commit();
        return EstimationStatus.Done;
    }

    private double Unbias => Members.Count / (Members.Count - 1.0);

    private static StateEnsemble Draw(GaussianBelief initial, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(initial);
        return initial.Sample(count, seed);
    }
}
