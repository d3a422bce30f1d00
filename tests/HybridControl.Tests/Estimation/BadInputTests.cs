using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.Estimation.Kpin;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

/// <summary>The shared law "bad input gets a typed answer, and the last good belief is kept".</summary>
public class BadInputTests
{
    /// <summary>All estimators, those too that are not consistent by design.</summary>
    public static IEnumerable<EstimatorCase> Estimators =>
    [
        .. EstimatorCase.All,
        new("unscented Kalman, surplus", p => new UnscentedKalmanFilter(p.Transition, p.Sensor, p.Initial)
        {
            Spread = new(Alpha: 1.0, Beta: 0.0, Kappa: -0.9 * p.Transition.StateCount),
        }),
        new("gated Kalman", p => new KalmanFilter(p.Transition, p.Sensor, p.Initial) { GateProbability = 0.999 }, LinearOnly: true),
        new("particle", p => new ParticleFilter(p.Transition, p.Sensor, p.Initial, 200, seed: 1)),
        new("regularised particle", p => new ParticleFilter(p.Transition, p.Sensor, p.Initial, 200, seed: 1)
        {
            Kernel = RegularizationKernel.Epanechnikov, ResampleBelow = 1.0,
        }),
        .. Enum.GetValues<EnsembleUpdate>().Select(method => new EstimatorCase(
            $"ensemble Kalman, {method}", p => new EnsembleKalmanFilter(p.Transition, p.Sensor, p.Initial, 20, seed: 1) { Method = method })),
        new("H-infinity", p => new HInfinityFilter(p.Transition, p.Sensor, p.Initial, gain: 1e3), LinearOnly: true),
        new("Rao-Blackwellized", p => new RaoBlackwellizedFilter(
            [new ExtendedKalmanFilter(p.Transition, p.Sensor, p.Initial), new UnscentedKalmanFilter(p.Transition, p.Sensor, p.Initial)],
            MarkovChain.FromRows([0.9, 0.1], [0.2, 0.8]), 30, seed: 1)),
        new("adaptive noise", p => new AdaptiveNoise(new ExtendedKalmanFilter(p.Transition, p.Sensor, p.Initial), p.Sensor)),
        new("interacting multiple model", p => Mixture(p)),
        new("interacting multiple model smoother", p => new InteractingMultipleModelSmoother(Mixture(p))),
        new("buffered", p => new BufferedEstimator(new ExtendedKalmanFilter(p.Transition, p.Sensor, p.Initial), 10.0)),
        new("KPIN", p => Kpin(p)),
        new("supervised KPIN", p => new SupervisedKpin(new ExtendedKalmanFilter(p.Transition, p.Sensor, p.Initial), Kpin(p))),
    ];

    private static InteractingMultipleModel Mixture(ConsistencyProblem p) => new(
        [new ExtendedKalmanFilter(p.Transition, p.Sensor, p.Initial), new UnscentedKalmanFilter(p.Transition, p.Sensor, p.Initial)],
        MarkovChain.FromRows([0.9, 0.1], [0.2, 0.8]));

    private static KpinEstimator Kpin(ConsistencyProblem p) => new(
        p.Transition, p.Sensor, p.Initial, KpinBench.Design(p, KpinLevel.Gain), KpinBench.Nonsense(1));

    [TestCaseSource(nameof(Estimators))]
    public void Measurements_and_inputs_of_the_wrong_size_are_refused(EstimatorCase estimator)
    {
        IEstimator filter = Started(estimator, ConsistencyProblem.Tracking());
        Refuses<ModelException>(filter, () => filter.Update([]));
        Refuses<ModelException>(filter, () => filter.Update([1.0]));
        Refuses<ModelException>(filter, () => filter.Update([1.0, 2.0, 3.0]));
        Refuses<ModelException>(filter, () => filter.Predict(2.0, [1.0]));
        GoesOn(filter);
    }

    [TestCaseSource(nameof(Estimators))]
    public void Sensors_of_other_models_are_refused(EstimatorCase estimator)
    {
        IEstimator filter = Started(estimator, ConsistencyProblem.Tracking());
        var foreign = new LinearMeasurement(new double[,] { { 1, 0, 0 }, { 0, 1, 0 } }, new double[,] { { 1, 0 }, { 0, 1 } });
        Refuses<ModelException>(filter, () => filter.Update([1.0, 2.0], foreign));
        GoesOn(filter);
    }

    [TestCaseSource(nameof(Estimators))]
    public void Measurements_that_are_no_numbers_change_nothing(EstimatorCase estimator)
    {
        IEstimator filter = Started(estimator, ConsistencyProblem.Tracking());
        Keeps(filter, EstimationStatus.Missing, () => filter.Update([double.NaN, double.NaN]));
        Keeps(filter, EstimationStatus.InfiniteMeasurement, () => filter.Update([double.NaN, double.PositiveInfinity]));
        Keeps(filter, EstimationStatus.InfiniteMeasurement, () => filter.Update([double.NegativeInfinity, 1.0]));
        GoesOn(filter);
    }

    [TestCaseSource(nameof(Estimators))]
    public void Times_that_do_not_advance_change_nothing(EstimatorCase estimator)
    {
        IEstimator filter = Started(estimator, ConsistencyProblem.Tracking());
        Keeps(filter, EstimationStatus.Done, () => filter.Predict(filter.Time));
        Keeps(filter, EstimationStatus.OutOfOrder, () => filter.Predict(filter.Time - 1.0));
        Keeps(filter, EstimationStatus.OutOfOrder, () => filter.Predict(double.NaN));
        Keeps(filter, EstimationStatus.OutOfOrder, () => filter.Predict(double.NegativeInfinity));
        Keeps(filter, EstimationStatus.OutOfOrder, () => filter.Predict(double.PositiveInfinity));
        GoesOn(filter);
    }

    [Test]
    public void A_transition_that_breaks_costs_no_belief([ValueSource(nameof(Estimators))] EstimatorCase estimator, [Values] Fault fault)
    {
        ConsistencyProblem problem = ConsistencyProblem.Tracking();
        var broken = new FaultyTransition(problem.Transition);
        IEstimator filter = Started(estimator, With(problem, broken, problem.Sensor));
        broken.Fault = fault;
        EstimationStatus status = Keeps(filter, null, () => filter.Predict(1.0));
        Assert.That(status, Is.EqualTo(EstimationStatus.NotFinite).Or.EqualTo(EstimationStatus.FlowFailed));
        broken.Fault = null;
        GoesOn(filter);
    }

    private static ConsistencyProblem With(ConsistencyProblem problem, TransitionModel transition, MeasurementModel sensor) =>
        new(problem.Name, transition, sensor, problem.Initial, problem.Step, problem.Steps);

    [Test]
    public void A_sensor_that_breaks_costs_no_belief([ValueSource(nameof(Estimators))] EstimatorCase estimator, [Values] Fault fault)
    {
        ConsistencyProblem problem = ConsistencyProblem.Tracking();
        var broken = new FaultySensor(problem.Sensor);
        IEstimator filter = Started(estimator, With(problem, problem.Transition, broken));
        broken.Fault = fault;
        if (fault == Fault.Noise && filter is AdaptiveNoise)
        {
            Assert.That(filter.Update([0.1, 0.2]), Is.EqualTo(EstimationStatus.Done)); // it has a noise of its own
            return;
        }

        EstimationStatus status = Keeps(filter, null, () => filter.Update([0.1, 0.2]));
        Assert.That(status, Is.EqualTo(EstimationStatus.NotFinite).Or.EqualTo(EstimationStatus.Degenerate));
        broken.Fault = null;
        GoesOn(filter);
    }

    [Test]
    public void Numbers_of_any_size_stay_finite_or_are_answered(
        [ValueSource(nameof(Estimators))] EstimatorCase estimator, [Values(1e-150, 1e-100, 1e100, 1e150)] double scale, [Values] bool certain)
    {
        double variance = scale * scale;
        double own = certain ? 0.0 : variance;
        var problem = new ConsistencyProblem(
            "scaled",
            new LinearTransition(new double[,] { { 1, 1 }, { 0, 1 } }, new double[,] { { own, 0 }, { 0, own } }),
            new LinearMeasurement(new double[,] { { 1, 0 } }, new double[,] { { variance } }),
            GaussianBelief.FromDeviations([scale, scale], [scale, scale]),
            1.0, 1);
        IEstimator filter = estimator.Make(problem);
        for (int k = 1; k <= 5; k++)
        {
            Answers(filter, () => filter.Predict(k));
            Answers(filter, () => filter.Update([k * scale]));
            Answers(filter, () => filter.Update([0.0]));
            Answers(filter, () => filter.Update([1e150]));
            Answers(filter, () => filter.Update([1e200]));
            Answers(filter, () => filter.Update([-1e308]));
        }

        Assert.That(filter.Time, Is.EqualTo(5.0).Or.EqualTo(0.0)); // zero where a bound cannot be kept
    }

    [TestCaseSource(nameof(Estimators))]
    public void Without_any_noise_contradictions_are_told(EstimatorCase estimator)
    {
        var problem = new ConsistencyProblem(
            "exact",
            new LinearTransition(new double[,] { { 1, 1 }, { 0, 1 } }, new double[2, 2]),
            new LinearMeasurement(new double[,] { { 1, 0 } }, new double[1, 1]),
            GaussianBelief.FromDeviations([1.0, 2.0], [0.0, 0.0]),
            1.0, 1);
        IEstimator filter;
        try
        {
            filter = estimator.Make(problem);
        }
        catch (ModelException)
        {
            return; // told at once
        }

        Assert.That(filter.Predict(1.0), Is.EqualTo(EstimationStatus.Done));
        Answers(filter, () => filter.Update([3.0]));
        EstimationStatus status = Keeps(filter, null, () => filter.Update([4.0]));
        Assert.That(status, Is.EqualTo(EstimationStatus.Contradiction).Or.EqualTo(EstimationStatus.Degenerate));
        Assert.That(filter.Belief.Mean[0], Is.EqualTo(3.0).Within(estimator.Name.Contains("KPIN", StringComparison.Ordinal) ? 1.0 : 1e-12));
    }

    [Test]
    public void Measurements_beyond_all_range_change_nothing(
        [ValueSource(nameof(Estimators))] EstimatorCase estimator, [Values(1e200, -1e200, 1e308, double.MaxValue, double.MinValue)] double far)
    {
        IEstimator filter = Started(estimator, ConsistencyProblem.Tracking());
        foreach (double[] z in (double[][])[[far, far], [far, 0.2], [double.NaN, far], [-far, far]])
        {
            EstimationStatus status = Keeps(filter, null, () => filter.Update(z));
            Assert.That(
                status,
                Is.EqualTo(EstimationStatus.OutOfRange).Or.EqualTo(EstimationStatus.Gated).Or.EqualTo(EstimationStatus.Degenerate), $"{status}");
        }

        GoesOn(filter);
    }

    [Test]
    public void Sensors_without_noise_are_used_or_refused_by_a_status(
        [ValueSource(nameof(Estimators))] EstimatorCase estimator, [Values(0, 1, 2)] int kind)
    {
        IEstimator filter = Started(estimator, ConsistencyProblem.Tracking());
        double[,] noise = kind switch
        {
            0 => new double[2, 2],
            1 => new double[,] { { 0.0, 0.0 }, { 0.0, 1.0 } },
            _ => new double[,] { { 0.09, 0.12 }, { 0.12, 0.16 } }, // the same noise in both
        };
        var exact = new LinearMeasurement(new double[,] { { 1, 0, 0, 0 }, { 0, 0, 1, 0 } }, noise);
        Answers(filter, () => filter.Update([0.31, -0.19], exact));
        Answers(filter, () => filter.Update([0.31, -0.19], exact));
        Answers(filter, () => filter.Update([0.5, double.NaN], exact));
        Answers(filter, () => filter.Update([1e3, -1e3], exact));
        Answers(filter, () => filter.Update([1e200, 1e200], exact));
        GoesOn(filter);
    }

    [Test]
    public void Smoothers_of_a_run_with_bad_input_stay_finite()
    {
        ConsistencyProblem problem = ConsistencyProblem.Tracking();
        var kalman = new KalmanFilter(problem.Transition, problem.Sensor, problem.Initial);
        var unscented = new UnscentedKalmanFilter(problem.Transition, problem.Sensor, problem.Initial);
        var mixture = new InteractingMultipleModelSmoother(Mixture(problem));
        ForwardRecord[] records = [new(kalman), new(unscented)];
        var lagged = new FixedLagSmoother(kalman, 3);
        double[] rubbish = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e200, -1e308, double.MaxValue];
        for (int k = 0; k < 24; k++)
        {
            foreach (IEstimator filter in (IEstimator[])[kalman, unscented, mixture])
            {
                filter.Predict(0.5 * k);
                filter.Predict(double.NaN);
                filter.Predict(-1.0);
                filter.Update([rubbish[k % 6], rubbish[k / 4]]);
                filter.Update([0.1 * k, rubbish[k % 6]]);
            }

            if (lagged.TrySmooth())
            {
                Assert.That(lagged.Belief.IsFinite);
            }
        }

        foreach (ForwardRecord record in records)
        {
            Assert.That(RauchTungStriebelSmoother.Smooth(record).All(smoothed => smoothed.Belief.IsFinite));
        }

        Assert.That(mixture.Smooth().All(smoothed => smoothed.Belief.IsFinite));
    }

    [TestCaseSource(nameof(Estimators))]
    public void One_state_may_have_many_sensors_and_a_sensor_no_components(EstimatorCase estimator)
    {
        var one = new ConsistencyProblem(
            "one state",
            new LinearTransition(new double[,] { { 0.9 } }, new double[,] { { 0.1 } }),
            new LinearMeasurement(new double[,] { { 1 }, { 1 }, { 2 } }, new double[,] { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }),
            GaussianBelief.FromDeviations([1.0], [1.0]),
            1.0, 1);
        IEstimator filter = estimator.Make(one);
        Assert.That(filter.Predict(1.0), Is.EqualTo(EstimationStatus.Done));
        Assert.That(filter.Update([1.0, double.NaN, 2.0]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(filter.Update([1.0, 1.1, 2.0]), Is.EqualTo(EstimationStatus.Done));
        var none = new LinearMeasurement(new double[0, 1], new double[0, 0]);
        Keeps(filter, EstimationStatus.Missing, () => filter.Update([], none));
        Assert.That(filter.Belief.IsFinite);
    }

    private static IEstimator Started(EstimatorCase estimator, ConsistencyProblem problem)
    {
        IEstimator filter = estimator.Make(problem);
        Assert.That(filter.Predict(0.5), Is.EqualTo(EstimationStatus.Done));
        Assert.That(filter.Update([0.3, -0.2]), Is.EqualTo(EstimationStatus.Done));
        return filter;
    }

    private static void GoesOn(IEstimator filter)
    {
        Assert.That(filter.Predict(filter.Time + 0.5), Is.EqualTo(EstimationStatus.Done));
        Assert.That(filter.Update([0.4, double.NaN]), Is.EqualTo(EstimationStatus.Done));
        Assert.That(filter.Belief.IsFinite);
        Assert.That(filter.LogLikelihood, Is.Not.NaN);
    }

    private static void Refuses<TException>(IEstimator filter, Action act)
        where TException : Exception
    {
        var before = new Snapshot(filter);
        Assert.That(act, Throws.TypeOf<TException>());
        before.Check(filter);
    }

    private static EstimationStatus Keeps(IEstimator filter, EstimationStatus? expected, Func<EstimationStatus> act)
    {
        var before = new Snapshot(filter);
        EstimationStatus status = act();
        Assert.That(status, expected is null ? Is.Not.EqualTo(EstimationStatus.Done) : Is.EqualTo(expected));
        before.Check(filter);
        return status;
    }

    private static void Answers(IEstimator filter, Func<EstimationStatus> act)
    {
        var before = new Snapshot(filter);
        if (act() != EstimationStatus.Done)
        {
            before.Check(filter);
        }

        Assert.That(filter.Belief.IsFinite);
        Assert.That(double.IsFinite(filter.LogLikelihood));
    }

    /// <summary>An estimator as it was before something that must not change it.</summary>
    private sealed class Snapshot(IEstimator filter)
    {
        private readonly GaussianBelief _belief = filter.Belief.Copy();
        private readonly double _time = filter.Time;
        private readonly double _logLikelihood = filter.LogLikelihood;

        public void Check(IEstimator now)
        {
            Assert.That(now.Time, Is.EqualTo(_time));
            Assert.That(now.LogLikelihood, Is.EqualTo(_logLikelihood));
            if (now is ParticleFilter or RaoBlackwellizedFilter)
            {
                for (int i = 0; i < now.StateCount; i++)
                {
                    // Particles may have been drawn anew.
                    Assert.That(now.Belief.Mean[i], Is.EqualTo(_belief.Mean[i]).Within(0.5 * _belief.Deviation(i)));
                    Assert.That(now.Belief.Deviation(i), Is.EqualTo(_belief.Deviation(i)).Within(0.5 * _belief.Deviation(i)));
                }

                return;
            }

            Assert.That(now.Belief.Mean.ToArray(), Is.EqualTo(_belief.Mean.ToArray()));
            Assert.That(now.Belief.Factor.ToArray(), Is.EqualTo(_belief.Factor.ToArray()));
        }
    }
}
