using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class ParticleFilterTests
{
    private const int Runs = 24;

    private static LinearTransition Walk { get; } = new(new[,] { { 1.0 } }, new[,] { { 0.5 } });

    private static LinearMeasurement Direct { get; } = new(new[,] { { 1.0 } }, new[,] { { 1.0 } });

    [Test]
    public void Nonlinear_growth_agrees_with_the_exact_posterior()
    {
        JsonElement data = ReferenceData.Estimation("ungm_exact");
        (ExpressionTransition transition, ExpressionMeasurement sensor) = ReferenceModels.NonlinearGrowth(data);
        MonteCarloRuns runs = Repeat(
            data.Vector("Y"),
            1.0,
            seed => new ParticleFilter(transition, sensor, GaussianBelief.FromDeviations([0.0], [Math.Sqrt(5.0)]), 1500, seed),
            filter => [filter.Belief.Mean[0], filter.Belief.Variance(0)]);
        runs.Require(data.Number("loglik"), data.Vector("mean"), data.Vector("var"));
    }

    [Test]
    public void Thermostat_with_soft_guards_agrees_with_the_exact_posterior()
    {
        JsonElement data = ReferenceData.Estimation("hybrid_thermostat_exact");
        MonteCarloRuns runs = Repeat(
            data.Vector("Y"),
            data.GetProperty("params").Number("dt"),
            seed => Thermostat(data, seed),
            filter => [filter.Particles.ModeProbability(1), filter.Particles.Mean(0), filter.Particles.Variance(0)]);
        runs.Require(data.Number("loglik"), data.Vector("p_on"), data.Vector("mean"), data.Vector("var"));
    }

    [TestCase(ResamplingScheme.Systematic)]
    [TestCase(ResamplingScheme.Stratified)]
    [TestCase(ResamplingScheme.Multinomial)]
    public void A_linear_model_agrees_with_the_Kalman_filter(ResamplingScheme scheme)
    {
        var noise = new NormalDraws(3, 0);
        double[] measurements = [.. Enumerable.Range(0, 30).Select(k => k == 7 ? double.NaN : noise.Next())];
        GaussianBelief initial = GaussianBelief.FromDeviations([0.5], [2.0]);
        var kalman = new KalmanFilter(Walk, Direct, initial);
        var (means, variances) = (new double[30], new double[30]);
        for (int k = 0; k < 30; k++)
        {
            kalman.Predict(k + 1);
            kalman.Update([measurements[k]]);
            (means[k], variances[k]) = (kalman.Belief.Mean[0], kalman.Belief.Variance(0));
        }

        MonteCarloRuns runs = Repeat(
            measurements,
            1.0,
            seed => new ParticleFilter(Walk, Direct, initial, 400, seed) { Resampling = scheme },
            filter => [filter.Particles.Mean(0), filter.Particles.Variance(0) * 400.0 / 399.0]);
        runs.Require(kalman.LogLikelihood, means, variances);
    }

    [Test]
    public void Errors_and_innovations_of_a_pendulum_lie_inside_their_bands() => FilterConsistency.Require(
        ConsistencyProblem.Pendulum(), p => new ParticleFilter(p.Transition, p.Sensor, p.Initial, 1000, seed: 4));

    [Test]
    public void A_filter_with_a_wrong_model_is_found()
    {
        JsonElement data = ReferenceData.Estimation("ungm_exact");
        (ExpressionTransition transition, _) = ReferenceModels.NonlinearGrowth(data);
        var sensor = new ExpressionMeasurement(
            ["x"], [("z", Expr.Square(Expr.Variable(VariableKind.State, "x")) / 20.0)], new[,] { { 1.5 * data.Number("R") } });
        MonteCarloRuns runs = Repeat(
            data.Vector("Y"),
            1.0,
            seed => new ParticleFilter(transition, sensor, GaussianBelief.FromDeviations([0.0], [Math.Sqrt(5.0)]), 1500, seed),
            filter => [filter.Belief.Mean[0], filter.Belief.Variance(0)]);
        Assert.That(runs.Outside(data.Vector("mean"), data.Vector("var")), Is.GreaterThan(0.3));
        Assert.That(runs.MeanSquare(data.Vector("mean"), data.Vector("var")), Is.GreaterThan(3.0));
    }

    [Test]
    public void The_same_seed_gives_the_same_run_bit_for_bit()
    {
        JsonElement data = ReferenceData.Estimation("hybrid_thermostat_exact");
        double[] measurements = data.Vector("Y");
        (ParticleFilter first, ParticleFilter second, ParticleFilter other) = (Thermostat(data, 5), Thermostat(data, 5), Thermostat(data, 6));
        for (int k = 0; k < 20; k++)
        {
            foreach (ParticleFilter filter in new[] { first, second, other })
            {
                filter.Predict(0.1 * (k + 1));
                filter.Update([measurements[k]]);
            }
        }

        Assert.That(second.Particles.Weights.SequenceEqual(first.Particles.Weights), Is.True);
        Assert.That(second.Members.Values.SequenceEqual(first.Members.Values), Is.True);
        Assert.That(other.LogLikelihood, Is.Not.EqualTo(first.LogLikelihood));
    }

    [Test]
    public void A_measurement_that_no_particle_explains_leaves_the_belief_and_says_so()
    {
        var filter = new ParticleFilter(Walk, Direct, GaussianBelief.FromDeviations([0.0], [1.0]), 100, seed: 1);
        filter.Predict(1.0);
        double mean = filter.Belief.Mean[0];
        Assert.That(filter.Update([100.0]), Is.EqualTo(EstimationStatus.Degenerate));
        Assert.That(filter.Belief.Mean[0], Is.EqualTo(mean));
        Assert.That(filter.LogLikelihood, Is.Zero);
        Assert.That(filter.Update([0.3]), Is.EqualTo(EstimationStatus.Done));
    }

    [Test]
    public void A_gate_refuses_what_the_particles_did_not_expect()
    {
        var filter = new ParticleFilter(Walk, Direct, GaussianBelief.FromDeviations([0.0], [1.0]), 100, seed: 1) { GateProbability = 0.999 };
        Assert.That(filter.Update([9.0]), Is.EqualTo(EstimationStatus.Gated));
        Assert.That(filter.Update([1.0]), Is.EqualTo(EstimationStatus.Done));
    }

    [Test]
    public void Bad_measurements_and_times_have_their_status()
    {
        var filter = new ParticleFilter(Walk, Direct, GaussianBelief.FromDeviations([0.0], [1.0]), 100, seed: 1);
        filter.Predict(1.0);
        Assert.That(filter.Update([double.NaN]), Is.EqualTo(EstimationStatus.Missing));
        Assert.That(filter.Update([double.PositiveInfinity]), Is.EqualTo(EstimationStatus.InfiniteMeasurement));
        Assert.That(filter.Predict(0.5), Is.EqualTo(EstimationStatus.OutOfOrder));
        Assert.That(() => filter.Update([1.0, 2.0]), Throws.TypeOf<ModelException>());
    }

    [TestCase(RegularizationKernel.Gaussian)]
    [TestCase(RegularizationKernel.Epanechnikov)]
    public void A_regularised_filter_keeps_the_posterior_of_a_parameter_that_never_moves(RegularizationKernel kernel)
    {
        var still = new LinearTransition(new[,] { { 1.0 } }, new[,] { { 0.0 } });
        var noise = new NormalDraws(11, 0);
        GaussianBelief initial = GaussianBelief.FromDeviations([0.0], [3.0]);
        var kalman = new KalmanFilter(still, Direct, initial);
        var filter = new ParticleFilter(still, Direct, initial, 2000, seed: 4) { Kernel = kernel };
        var plain = new ParticleFilter(still, Direct, initial, 2000, seed: 4);
        for (int k = 0; k < 100; k++)
        {
            double z = 1.0 + noise.Next();
            foreach (IEstimator estimator in new IEstimator[] { kalman, filter, plain })
            {
                estimator.Predict(k + 1);
                estimator.Update([z]);
            }
        }

        double deviation = kalman.Belief.Deviation(0);
        Assert.That(filter.Belief.Mean[0], Is.EqualTo(kalman.Belief.Mean[0]).Within(0.25 * deviation));
        Assert.That(filter.Belief.Deviation(0), Is.EqualTo(deviation).Within(0.25 * deviation));
        Assert.That(Distinct(filter), Is.GreaterThan(3 * Distinct(plain)), "copies were told apart");
    }

    [Test]
    public void A_step_allocates_nothing_after_the_first()
    {
        JsonElement data = ReferenceData.Estimation("hybrid_thermostat_exact");
        double[] measurements = data.Vector("Y");
        ParticleFilter filter = Thermostat(data, 1, RegularizationKernel.Epanechnikov);
        double[] z = new double[1];
        int k = 0;
        Allocations.None(() =>
        {
            z[0] = measurements[k++];
            filter.Predict(0.1 * k);
            filter.Update(z);
            _ = filter.Belief.Mean[0];
        });
        Assert.That(filter.ResamplingCount, Is.GreaterThan(2));
    }

    [Test]
    public void Quantiles_are_those_of_the_weighted_particles()
    {
        var filter = new ParticleFilter(Walk, Direct, GaussianBelief.FromDeviations([0.0], [2.0]), 20_000, seed: 2);
        filter.Update([1.0]);
        double mean = 0.8;
        double deviation = Math.Sqrt(0.8);
        Assert.That(filter.Particles.Quantile(0, 0.5), Is.EqualTo(mean).Within(0.03));
        Assert.That(filter.Particles.Quantile(0, 0.975), Is.EqualTo(mean + (1.96 * deviation)).Within(0.08));
        Assert.That(filter.Particles.Quantile(0, 0.0), Is.LessThan(mean - (3.0 * deviation)));
    }

    private static int Distinct(ParticleFilter filter) => filter.Members.Component(0).ToArray().Distinct().Count();

    private static ParticleFilter Thermostat(JsonElement data, ulong seed, RegularizationKernel kernel = RegularizationKernel.None)
    {
        (TransitionPropagator propagator, LinearMeasurement sensor) = ReferenceModels.Thermostat(data.GetProperty("params"));
        StateEnsemble particles = GaussianBelief.FromDeviations([20.5], [1.5]).Sample(2000, seed);
        for (int i = 0; i < particles.Count; i++)
        {
            particles.Modes[i] = i % 2;
        }

        return new ParticleFilter(propagator, sensor, particles, seed) { Kernel = kernel };
    }

    private static MonteCarloRuns Repeat(
        double[] measurements, double step, Func<ulong, ParticleFilter> make, Func<ParticleFilter, double[]> look)
    {
        MonteCarloRuns? runs = null;
        for (ulong seed = 0; seed < Runs; seed++)
        {
            ParticleFilter filter = make(seed);
            for (int k = 0; k < measurements.Length; k++)
            {
                Assert.That(filter.Predict((k + 1) * step), Is.EqualTo(EstimationStatus.Done));
                filter.Update([measurements[k]]);
                double[] seen = look(filter);
                runs ??= new MonteCarloRuns(seen.Length, measurements.Length);
                for (int q = 0; q < seen.Length; q++)
                {
                    runs.Add(q, k, seen[q]);
                }
            }

            runs!.AddLogLikelihood(filter.LogLikelihood);
        }

        return runs!;
    }
}
