using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>A <see cref="KpinEstimator"/> beside the plain filter, weighed by how well each foretells the measurements.</summary>
/// <remarks>
/// <para>
/// Two models, {filter, network}, on a Markov chain that seldom switches; the belief has the moments of their mixture. Unlike in
/// <see cref="InteractingMultipleModel"/> the two beliefs are not mixed with each other, so that the filter is exactly the plain
/// filter, and the likelihood of the mixture is that of a hidden Markov chain of experts. Hence the guarantee, for any network
/// and any data: after N updates <see cref="LogLikelihood"/> is at least that of the plain filter minus <see cref="RegretBound"/> =
/// log(1/pi0) + N log(1/(1 - epsilon)), with pi0 the filter's first probability and epsilon that of a switch. It bounds
/// likelihood over a run, not the error at one moment. M. Herbster and M. K. Warmuth, Machine Learning 32 (1998), 151-178.
/// </para>
/// <para>
/// The network is vetoed, its probability zero and its belief set to the filter's, when it fails, when its features are beyond those
/// of training, or after too many surprises in a row. Owns both filters. A step allocates nothing after the first. Not thread-safe.
/// </para>
/// </remarks>
public sealed class SupervisedKpin : IEstimator
{
    private readonly Innovation[] _ofFilters;
    private readonly GaussianBelief[] _beliefs;
    private readonly double[] _weights;
    private readonly double[] _prior = new double[2];
    private readonly BeliefMixture _mixture;
    private readonly InnovationMixture _innovations = new(2);
    private readonly KpinSupervision _settings;
    private readonly ChiSquareGate _surprise;
    private int _surprises;
    private bool _vetoedInPrediction;

    /// <summary>Starts both filters.</summary>
    /// <param name="nominal">The plain filter, which the network must not fall behind.</param>
    /// <param name="kpin">The filter with the network, of the same states, at the same time.</param>
    /// <param name="settings">How they are weighed; the defaults if omitted.</param>
    /// <exception cref="ModelException">The filters differ in states or time, or a setting is out of range; with every finding.</exception>
    public SupervisedKpin(GaussianFilter nominal, KpinEstimator kpin, KpinSupervision? settings = null)
    {
        ArgumentNullException.ThrowIfNull(nominal);
        ArgumentNullException.ThrowIfNull(kpin);
        _settings = settings ?? new();
        Check(nominal, kpin, _settings);
        _surprise = new ChiSquareGate(_settings.VetoProbability);
        (Nominal, Kpin) = (nominal, kpin);
        _ofFilters = [nominal.Innovation, kpin.Innovation];
        _beliefs = [nominal.Belief, kpin.Belief];
        _weights = [1.0 - _settings.InitialTrust, _settings.InitialTrust];
        _mixture = new BeliefMixture(nominal.StateCount, 2);
        Belief = GaussianBelief.WithRoom(nominal.StateCount);
        _mixture.Match(_weights, _beliefs, nominal.Transition.Geometry, Belief);
        RegretBound = -Math.Log(_weights[0]);
    }

    /// <summary>The plain filter.</summary>
    public GaussianFilter Nominal { get; }

    /// <summary>The filter with the network.</summary>
    public KpinEstimator Kpin { get; }

    /// <inheritdoc/>
    public int StateCount => Belief.Dimension;

    /// <inheritdoc/>
    public double Time => Nominal.Time;

    /// <inheritdoc/>
    public GaussianBelief Belief { get; }

    /// <inheritdoc/>
    public Innovation Innovation { get; } = new();

    /// <inheritdoc/>
    public double LogLikelihood { get; private set; }

    /// <summary>Probability that the network is valid, given all measurements.</summary>
    public double Trust => _weights[1];

    /// <summary>Whether the network was vetoed at the last step.</summary>
    public bool IsVetoed { get; private set; }

    /// <summary>Log-likelihood gained over the plain filter by the last update, in nats.</summary>
    public double Gain { get; private set; }

    /// <summary>Log-likelihood gained over the plain filter by all updates, in nats.</summary>
    public double TotalGain => LogLikelihood - Nominal.LogLikelihood;

    /// <summary>What <see cref="TotalGain"/> cannot fall below the negative of, whatever the network does.</summary>
    public double RegretBound { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ModelException">The number of inputs is not that of the model.</exception>
    public EstimationStatus Predict(double time, ReadOnlySpan<double> input = default)
    {
        EstimationStatus status = Nominal.Predict(time, input);
        if (status != EstimationStatus.Done)
        {
            return status;
        }

        _vetoedInPrediction = Kpin.Predict(time, input) != EstimationStatus.Done ||
            Kpin.FeatureDistance > (Kpin.Design.Envelope?.Limit ?? double.PositiveInfinity);
        if (_vetoedInPrediction)
        {
            Veto();
        }

        _mixture.Match(_weights, _beliefs, Nominal.Transition.Geometry, Belief);
        return EstimationStatus.Done;
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">There is no sensor, or measurement, sensor and model do not fit together.</exception>
    public EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null)
    {
        EstimationStatus status = Nominal.Update(measurement, sensor);
        if (status is not (EstimationStatus.Done or EstimationStatus.Gated) || !double.IsFinite(Nominal.Innovation.LogLikelihood))
        {
            Innovation.CopyFrom(Nominal.Innovation);
            return status;
        }

        EstimationStatus learned = Kpin.Update(measurement, sensor);
        bool fails = learned is not (EstimationStatus.Done or EstimationStatus.Gated) || !double.IsFinite(Kpin.Innovation.LogLikelihood);
        double stay = 1.0 - _settings.SwitchProbability;
        RegretBound -= Math.Log(stay);
        _prior[1] = fails || _vetoedInPrediction ? 0.0
            : (stay * _weights[1]) + (_settings.SwitchProbability * _weights[0]);
        _prior[0] = 1.0 - _prior[1];
        double nominal = Nominal.Innovation.LogLikelihood;
        double ratio = _prior[1] > 0.0 ? Kpin.Innovation.LogLikelihood - nominal : double.NegativeInfinity;

        // log(w0 exp(l0) + w1 exp(l1)) from the larger of the two, so that neither under- nor overflows.
        double shift = Math.Max(0.0, ratio);
        double kept = _prior[0] * Math.Exp(-shift);
        double learnedShare = _prior[1] > 0.0 ? _prior[1] * Math.Exp(ratio - shift) : 0.0;
        Gain = shift + Math.Log(kept + learnedShare);
        _weights[1] = learnedShare / (kept + learnedShare);
        _weights[0] = 1.0 - _weights[1];
        Combine(measurement, sensor ?? Nominal.Sensor!, nominal + Gain, status);
        _surprises = !fails && Kpin.Innovation.NormalizedSquare > _surprise.At(Kpin.Innovation.Count) ? _surprises + 1 : 0;
        IsVetoed = _vetoedInPrediction || fails || _surprises >= _settings.VetoCount;
        if (fails || _surprises >= _settings.VetoCount)
        {
            Veto();
        }

        _mixture.Match(_weights, _beliefs, Nominal.Transition.Geometry, Belief);
        return status;
    }

    private void Combine(ReadOnlySpan<double> measurement, MeasurementModel sensor, double logLikelihood, EstimationStatus status)
    {
        Innovation.Begin(measurement);
        _innovations.Match(_prior, _ofFilters, sensor.Geometry, Innovation);
        Innovation.LogLikelihood = logLikelihood;
        Innovation.Status = status;
        if (status == EstimationStatus.Done)
        {
            LogLikelihood += logLikelihood;
        }
    }

    private void Veto()
    {
        (_weights[0], _weights[1]) = (1.0, 0.0);
        _surprises = 0;
        IsVetoed = true;
        Kpin.Realign(Nominal.Belief, Nominal.Time);
    }

    private static void Check(GaussianFilter nominal, KpinEstimator kpin, KpinSupervision settings)
    {
        var findings = new FindingList();
        if (nominal.StateCount != kpin.StateCount)
        {
            findings.Error(
                "supervision.filters", $"{nominal.StateCount} states in the filter, {kpin.StateCount} in the network's", "Use one model for both.");
        }

        if (nominal.Time != kpin.Time)
        {
            findings.Error(
                "supervision.filters",
                FormattableString.Invariant($"the filter begins at {nominal.Time} s, the network at {kpin.Time} s"),
                "Begin both at the same time.");
        }

        Inside("initialTrust", settings.InitialTrust, findings);
        Inside("switchProbability", settings.SwitchProbability, findings);
        Inside("vetoProbability", settings.VetoProbability, findings);
        if (settings.VetoCount < 1)
        {
            findings.Error("supervision.vetoCount", $"{settings.VetoCount} surprises", "Give 1 or more.");
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }

    private static void Inside(string what, double value, FindingList findings)
    {
        if (!(value > 0.0 && value < 1.0))
        {
            findings.Error(
                $"supervision.{what}", FormattableString.Invariant($"{value} is not between 0 and 1"), "Give a probability between 0 and 1.");
        }
    }
}
