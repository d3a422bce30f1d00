using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>The bootstrap particle filter: states move by the model, weights are multiplied by the density of the measurement.</summary>
/// <remarks>
/// <para>
/// It makes no assumption on the shape of a belief, and modes are part of it. The likelihood is the product of
/// sum_i w_i p(z | x_i), an unbiased estimate. Particles are resampled before a step when the effective count has fallen below
/// a part of N; copies can be jittered (regularised). A measurement that is more than 38 standard deviations of its noise from every
/// particle would make all weights zero: <see cref="EstimationStatus.Degenerate"/>, and the belief is kept. A step that is refused
/// may leave the particles resampled: the same belief, drawn anew. Cost: N predictions, and N numbers for each component of a
/// measurement.
/// </para>
/// <para>
/// N. J. Gordon, D. J. Salmond and A. F. M. Smith, IEE Proc. F 140 (1993), 107-113; regularisation: C. Musso, N. Oudjane and
/// F. Le Gland, in A. Doucet, N. de Freitas and N. Gordon (eds.), Sequential Monte Carlo Methods in Practice (2001), chapter 12.
/// </para>
/// </remarks>
public sealed class ParticleFilter : SampledFilter, IModeEstimator
{
    // exp(-x/2) is zero beyond: the weights as numbers would all be.
    private const double FarthestSquare = 1490.0;

    private readonly ParticleWeights _weights;
    private readonly MemberSensor _sensed;
    private readonly Regularization _regularization;
    private readonly double[] _logDensities;
    private readonly int[] _parents;
    private readonly double[] _modeProbabilities;
    private double _threshold = 0.5;
    private double _bandwidthScale = 1.0;

    /// <summary>Starts a filter from particles.</summary>
    /// <param name="propagator">What moves the particles.</param>
    /// <param name="sensor">The sensor of updates that name none; null if every update names its own.</param>
    /// <param name="initial">Particles of equal weight at <paramref name="time"/>, with their modes; copied.</param>
    /// <param name="seed">Seed of every random number.</param>
    /// <param name="time">Time of the particles, in seconds.</param>
    /// <exception cref="ModelException">The sizes do not fit, or a particle is not finite.</exception>
    public ParticleFilter(
        IEnsemblePropagator propagator, MeasurementModel? sensor, StateEnsemble initial, ulong seed, double time = 0.0)
        : base(propagator, sensor, initial, seed, time)
    {
        _weights = new ParticleWeights(initial.Count);
        Particles = new ParticleBelief(Members, _weights);
        _modeProbabilities = new double[propagator.ModeNames.Count];
        _sensed = new MemberSensor(StateCount);
        _regularization = new Regularization(StateCount);
        _logDensities = new double[initial.Count];
        _parents = new int[initial.Count];
    }

    /// <summary>Starts a filter of one transition model from a Gaussian belief.</summary>
    /// <param name="transition">How the states move.</param>
    /// <param name="sensor">The sensor of updates that name none; null if every update names its own.</param>
    /// <param name="initial">The belief at <paramref name="time"/>, from which particles are drawn.</param>
    /// <param name="count">The number of particles.</param>
    /// <param name="seed">Seed of every random number.</param>
    /// <param name="time">Time of the initial belief, in seconds.</param>
    /// <exception cref="ModelException">The sizes do not fit.</exception>
    public ParticleFilter(
        TransitionModel transition, MeasurementModel? sensor, GaussianBelief initial, int count, ulong seed, double time = 0.0)
        : this(new TransitionPropagator(transition), sensor, Checked(initial).Sample(count, seed), seed, time)
    {
    }

    /// <summary>The weighted particles. A live view.</summary>
    public ParticleBelief Particles { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<double> ModeProbabilities
    {
        get
        {
            for (int mode = 0; mode < _modeProbabilities.Length; mode++)
            {
                _modeProbabilities[mode] = Particles.ModeProbability(mode);
            }

            return _modeProbabilities;
        }
    }

    /// <summary>How parents are drawn.</summary>
    public ResamplingScheme Resampling { get; init; } = ResamplingScheme.Systematic;

    /// <summary>Particles are resampled when the effective count is below this part of N: 0 for never, 1 for always. One half by default.</summary>
    /// <exception cref="ModelException">Not between 0 and 1.</exception>
    public double ResampleBelow
    {
        get => _threshold;
        init => _threshold = value is >= 0.0 and <= 1.0 ? value : throw new ModelException(
            "filter.resampleBelow", FormattableString.Invariant($"{value}"), "Give a number from 0 (never) to 1 (always).");
    }

    /// <summary>What copies are jittered with.</summary>
    public RegularizationKernel Kernel { get; init; }

    /// <summary>Factor of the optimal bandwidth of the kernel, which is meant for Gaussian clouds; smaller for several peaks.</summary>
    /// <exception cref="ModelException">Not positive.</exception>
    public double BandwidthScale
    {
        get => _bandwidthScale;
        init => _bandwidthScale = value > 0.0 && double.IsFinite(value) ? value : throw new ModelException(
            "filter.bandwidthScale", FormattableString.Invariant($"{value}"), "Give a positive number; 1 is optimal for Gaussian clouds.");
    }

    /// <summary>How often particles were resampled so far.</summary>
    public long ResamplingCount { get; private set; }

    /// <inheritdoc/>
    internal override void MembersChanged() => Particles.Members = Members;

    /// <inheritdoc/>
    internal override void BeforeStep()
    {
        if (_weights.AreUneven(ResampleBelow))
        {
            Resample();
        }
    }

    /// <inheritdoc/>
    /// <remarks>A lost particle loses its weight and takes the place of another, so that the cloud stays finite.</remarks>
    internal override bool TakeLosses(StateEnsemble moved)
    {
        int donor = 0;
        while (moved.IsLost(donor))
        {
            donor++;
        }

        for (int member = 0; member < moved.Count; member++)
        {
            bool lost = moved.IsLost(member);
            _logDensities[member] = lost ? double.NegativeInfinity : 0.0;
            for (int i = 0; i < moved.StateCount && lost; i++)
            {
                moved.Component(i)[member] = moved.Component(i)[donor];
            }
        }

        return _weights.TryMultiply(_logDensities, out _);
    }

    /// <inheritdoc/>
    internal override void WriteMoments(GaussianBelief belief) => Moments.Write(Members, Particles.Weights, 1.0, belief);

    /// <inheritdoc/>
    internal override EstimationStatus UpdateCore(
        MeasurementModel sensor, ReadOnlySpan<double> measurement, StateEnsemble members, StateEnsemble spare)
    {
        _sensed.Observe(sensor, Time, members, measurement, Innovation);
        bool isRegular = _sensed.WriteInnovation(Particles.Weights, 1.0, Innovation) == EstimationStatus.Done;
        if (isRegular && Innovation.NormalizedSquare > Gate.At(Innovation.Count))
        {
            return EstimationStatus.Gated;
        }

        double nearest = _sensed.WriteLikelihoods(sensor, Time, members, Innovation, _logDensities);
        if (!(nearest <= FarthestSquare * Innovation.Count) || !_weights.TryMultiply(_logDensities, out double logSum))
        {
            return EstimationStatus.Degenerate;
        }

        Innovation.LogLikelihood = logSum;
        return EstimationStatus.Done;
    }

    private static GaussianBelief Checked(GaussianBelief initial)
    {
        ArgumentNullException.ThrowIfNull(initial);
        return initial;
    }

    private void Resample()
    {
        EnsembleNoise noise = Noise;
        _regularization.Prepare(Kernel, Members, Particles.Weights, Geometry, Propagator.ModeNames.Count);
        Resampler.Draw(Resampling, Particles.Weights, noise.For(FilterStreams.Resampling), _logDensities, _parents);
        Spare.Gather(Members, _parents);
        _regularization.Jitter(Spare, _parents, BandwidthScale, Geometry, noise.For(FilterStreams.Regularization));
        Commit();
        _weights.SetEqual();
        ResamplingCount++;
    }
}
