using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Hybrid;

public sealed class HybridEstimatorTests
{
    // A point that moves to the right at speed one and stops at a wall that is at one, more or less.
    private static HybridAutomaton Walker(double deviation, double noise = 0.0, double width = 0.0) => HybridAutomaton.Build("walker", m =>
    {
        Expr x = m.State("x");
        ModeBuilder walk = m.Mode("walk").Flow(x, 1.0);
        ModeBuilder stand = m.Mode("stand");
        m.Transition(walk, stand, "arrive").Guard(x >= 1.0);
        m.Estimation(e => e.Measure(x, 0.1).InitialDeviation(x, deviation).ProcessNoise(x, noise).GuardWidth("arrive", width));
    });

    [TestCase(0.5)]
    [TestCase(0.9)]
    [TestCase(1.1)]
    [TestCase(1.6)]
    public void The_probability_to_have_arrived_is_that_of_the_crossing_time(double time)
    {
        HybridEstimator sharp = HybridEstimator.For(Walker(0.2));
        HybridEstimator soft = HybridEstimator.For(Walker(0.2, width: 0.15));
        for (double t = 0.1; t < time + 0.05; t += 0.1)
        {
            sharp.Predict(Math.Min(t, time));
            soft.Predict(Math.Min(t, time));
        }

        Assert.That(sharp.ModeProbabilities[1], Is.EqualTo(NormalLaw.Cdf((time - 1.0) / 0.2)).Within(1e-6));
        Assert.That(soft.ModeProbabilities[1], Is.EqualTo(NormalLaw.Cdf((time - 1.0) / 0.25)).Within(1e-6));
    }

    [Test]
    public void All_that_has_arrived_stands_at_the_wall()
    {
        HybridEstimator estimator = HybridEstimator.For(Walker(0.2));
        estimator.Predict(2.5);
        Assert.That(estimator.MostLikelyMode, Is.EqualTo("stand"));

        // But for the three in ten million that start beyond it, 0.04 away on average, and stand where they are.
        double beyond = NormalLaw.Cdf(-5.0);
        Assert.That(estimator.Belief.Mean[0], Is.EqualTo(1.0).Within(0.05 * beyond));
        Assert.That(estimator.Belief.Deviation(0), Is.LessThan(0.06 * Math.Sqrt(beyond)));
    }

    [Test]
    public void A_threshold_that_scatters_leaves_its_scatter_behind()
    {
        HybridEstimator estimator = HybridEstimator.For(Walker(0.2, width: 0.15));
        for (int k = 1; k <= 30; k++)
        {
            estimator.Predict(0.1 * k);
        }

        Assert.That(estimator.Belief.Mean[0], Is.EqualTo(1.0).Within(1e-3));
        Assert.That(estimator.Belief.Deviation(0), Is.EqualTo(0.15).Within(1e-3));
    }

    [Test]
    public void A_measurement_weighs_a_belief_that_is_cut_off_exactly()
    {
        // Half of N(1, 0.2) still walks; the other half stands at one. z = 0.85 was measured with 0.1.
        HybridEstimator estimator = HybridEstimator.For(Walker(0.2));
        estimator.Predict(1.0);
        estimator.Update([0.85]);
        double s2 = (0.2 * 0.2) + (0.1 * 0.1);
        double mean = 1.0 + (0.04 / s2 * (0.85 - 1.0));
        double deviation = Math.Sqrt(0.04 * 0.01 / s2);
        double walking = Density(0.85 - 1.0, Math.Sqrt(s2)) * NormalLaw.Cdf((1.0 - mean) / deviation);
        double standing = Density(0.85 - 1.0, 0.1) * 0.5;
        Assert.That(estimator.ModeProbabilities[0], Is.EqualTo(walking / (walking + standing)).Within(1e-6));
        Assert.That(estimator.LogLikelihood, Is.EqualTo(Math.Log(walking + standing)).Within(1e-6));
    }

    [Test]
    public void Without_events_it_is_the_Kalman_filter()
    {
        HybridAutomaton drift = HybridAutomaton.Build("drift", m =>
        {
            Expr x = m.State("x", 1.0);
            Expr v = m.State("v", 0.5);
            m.Mode("only").Flow((x, v), (v, -x - (0.1 * v)));
            m.Estimation(e => e.Measure(x, 0.3).ProcessNoise(v, 0.2).InitialDeviation(x, 0.5).InitialDeviation(v, 0.4));
        });
        HybridEstimator hybrid = HybridEstimator.For(drift);
        var kalman = new ExtendedKalmanFilter(
            FlowTransition.For(drift, "only", ("v", 0.2)), new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.09 } }),
            GaussianBelief.FromDeviations([1.0, 0.5], [0.5, 0.4]));
        for (int k = 1; k <= 20; k++)
        {
            double[] z = [Math.Sin(k)];
            hybrid.Predict(0.3 * k);
            kalman.Predict(0.3 * k);
            hybrid.Update(z);
            kalman.Update(z);
        }

        Assert.That(hybrid.Belief.Mean.ToArray(), Is.EqualTo(kalman.Belief.Mean.ToArray()).Within(1e-12));
        Assert.That(hybrid.Belief.Covariance(), Is.EqualTo(kalman.Belief.Covariance()).Within(1e-12));
        Assert.That(hybrid.LogLikelihood, Is.EqualTo(kalman.LogLikelihood).Within(1e-10));
        Assert.That(hybrid.Innovation.NormalizedSquare, Is.EqualTo(kalman.Innovation.NormalizedSquare).Within(1e-10));
    }

    [Test]
    public void A_belief_that_bounces_has_the_moments_of_the_reference()
    {
        var reference = ReferenceData.File("saltation");
        HybridEstimator estimator = HybridEstimator.For(
            HybridConsistencyTests.Ball,
            options: new HybridEstimatorOptions { Initial = GaussianBelief.FromCovariance(reference.Vector("x0"), reference.Flat("P0")) });
        estimator.Predict(reference.Number("T"));
        double[] first = reference.Flat("P_T_first_order");
        double[] p = estimator.Belief.Covariance();
        var sampled = reference.GetProperty("monte_carlo_1500");
        double[] mean = sampled.Vector("mean");
        double[] cov = sampled.Flat("cov");
        Assert.Multiple(() =>
        {
            for (int i = 0; i < 4; i++)
            {
                double ofSample = 3.0 * Math.Sqrt(((cov[i / 2 * 3] * cov[i % 2 * 3]) + (cov[i] * cov[i])) / 1500.0);
                Assert.That(p[i], Is.EqualTo(first[i]).Within(0.02 * first[i]), "first order, and the little that curves");
                Assert.That(p[i], Is.EqualTo(cov[i]).Within(ofSample), "three standard errors of the sample");
            }

            for (int i = 0; i < 2; i++)
            {
                Assert.That(estimator.Belief.Mean[i], Is.EqualTo(mean[i]).Within(3.0 * Math.Sqrt(cov[i * 3] / 1500.0)));
            }
        });
    }

    [Test]
    public void A_timer_knows_when_its_mode_was_entered()
    {
        // Stands for half a second after it has arrived, then walks back at twice the speed.
        HybridAutomaton walker = HybridAutomaton.Build("walker", m =>
        {
            Expr x = m.State("x");
            ModeBuilder walk = m.Mode("walk").Flow(x, 1.0);
            ModeBuilder stand = m.Mode("stand");
            ModeBuilder back = m.Mode("back").Flow(x, -2.0);
            m.Transition(walk, stand).Guard(x >= 1.0);
            m.Transition(stand, back).After(0.5);
            m.Estimation(e => e.Measure(x, 0.1).InitialDeviation(x, 0.1));
        });
        HybridEstimator estimator = HybridEstimator.For(walker);
        for (int k = 1; k <= 15; k++)
        {
            estimator.Predict(0.1 * k);
        }

        Assert.That(estimator.ModeProbabilities[2], Is.EqualTo(0.5).Within(1e-3), "half of it has waited");
        estimator.Predict(2.0);
        Assert.That(estimator.ModeProbabilities[2], Is.EqualTo(1.0).Within(1e-6));
        Assert.That(estimator.Belief.Mean[0], Is.Zero.Within(2e-3), "1 - 2 (2 - 1.5); in between, a part of a Gaussian counts as one");
        Assert.That(estimator.Belief.Deviation(0), Is.EqualTo(0.2).Within(2e-3), "twice the deviation of the time of arrival");
        Assert.That(estimator.StateNames, Is.EqualTo(new[] { "x", "time to stand->back" }));
    }

    [Test]
    public void Edges_count_and_commands_switch()
    {
        HybridAutomaton counter = HybridAutomaton.Build("counter", m =>
        {
            Expr x = m.State("x", 0.5);
            Expr y = m.State("y");
            Expr n = m.Discrete("n");
            ModeBuilder turn = m.Mode("turn").Flow((x, y), (y, -x));
            ModeBuilder rest = m.Mode("rest");
            m.Transition(turn, turn, "pass").Guard(Condition.Crosses(x)).Edge().Reset(n, n + 1.0);
            m.Transition(turn, rest, "halt").OnCommand("halt").Guard(n >= 2.0);
            m.Estimation(e => e.Measure(x, 0.05).InitialDeviation(x, 0.02).InitialDeviation(y, 0.02));
        });
        Scenario scenario = Scenario.For(counter).At(3.0, "halt").At(7.0, "halt");
        HybridEstimator estimator = HybridEstimator.For(scenario);
        estimator.Predict(5.5);
        Assert.That(estimator.MostLikelyMode, Is.EqualTo("turn"), "after one pass the first command is refused");
        Assert.That(estimator.ExpectedDiscrete("n"), Is.EqualTo(2.0).Within(1e-6), "pi/2 and 3 pi/2");
        estimator.Predict(8.0);
        Assert.That(estimator.MostLikelyMode, Is.EqualTo("rest"));
        Assert.That(estimator.Belief.Mean[0], Is.EqualTo(0.5 * Math.Cos(7.0)).Within(1e-6), "counting changes no state");
        Assert.That(estimator.Belief.Deviation(0), Is.EqualTo(0.02).Within(4e-4), "parts in between count as Gaussians");
    }

    [Test]
    public void A_mode_that_changes_by_chance_is_found_by_its_measurements()
    {
        HybridAutomaton pump = HybridAutomaton.Build("pump", m =>
        {
            Expr level = m.State("level");
            ModeBuilder sound = m.Mode("sound").Flow(level, 1.0 - level);
            ModeBuilder broken = m.Mode("broken").Flow(level, -level);
            m.Estimation(e => e.Measure(level, 0.05).ProcessNoise(level, 0.02).InitialDeviation(level, 0.1).Switching(sound, broken, 0.05));
        });
        HybridEstimator blind = HybridEstimator.For(pump);
        blind.Predict(2.0);
        Assert.That(blind.ModeProbabilities[1], Is.EqualTo(1.0 - Math.Exp(-0.1)).Within(1e-12));
        HybridEstimator estimator = HybridEstimator.For(pump);
        double level = 0.0;
        for (int k = 1; k <= 60; k++)
        {
            level += 0.1 * ((k <= 40 ? 1.0 : 0.0) - level);
            estimator.Predict(0.1 * k);
            estimator.Update([level]);
            if (k == 40)
            {
                Assert.That(estimator.ModeProbabilities[0], Is.GreaterThan(0.95));
            }
        }

        Assert.That(estimator.ModeProbabilities[1], Is.GreaterThan(0.99));
    }

    [Test]
    public void A_belief_that_grazes_its_guard_passes_it_by_sigma_points()
    {
        // A ball thrown up so that it just reaches a bell at its apex, or not.
        HybridAutomaton bell = HybridAutomaton.Build("bell", m =>
        {
            Expr h = m.State("h");
            Expr v = m.State("v", Math.Sqrt(2.0 * 9.81));
            ModeBuilder silent = m.Mode("silent").Flow((h, v), (v, -9.81));
            ModeBuilder rung = m.Mode("rung").Flow((h, v), (v, -9.81));
            m.Transition(silent, rung).Guard(h >= 1.0);
            m.Estimation(e => e.Measure(h, 0.1).InitialDeviation(h, 0.05).InitialDeviation(v, 0.1));
        });
        HybridEstimator estimator = HybridEstimator.For(bell);
        for (int k = 1; k <= 8; k++)
        {
            Assert.That(estimator.Predict(0.1 * k), Is.EqualTo(EstimationStatus.Done));
        }

        // The apex h + v^2/2g is N(1, 0.05^2 + (0.1 v/g)^2) to first order, so the bell rings in half of the runs.
        Assert.That(estimator.GrazingCount, Is.Positive);
        Assert.That(estimator.ModeProbabilities[1], Is.EqualTo(0.5).Within(0.03));
        Assert.That(estimator.Belief.Mean[1], Is.EqualTo(Math.Sqrt(2.0 * 9.81) - (0.8 * 9.81)).Within(0.01));
    }

    [Test]
    public void What_cannot_be_estimated_is_refused_with_every_finding()
    {
        HybridAutomaton model = HybridAutomaton.Build("mixed", m =>
        {
            Expr x = m.State("x");
            Expr held = m.Discrete("held");
            m.Input("u", new DelegateSignal(t => t, []));
            ModeBuilder a = m.Mode("a").Flow((_, _, _, rates) => rates[0] = 1.0);
            ModeBuilder b = m.Mode("b").Flow(x, 1.0);
            m.Transition(a, b, "go").Guard(x >= 1.0).Reset(held, x);
            m.Transition(b, a, "late").Guard(x >= 2.0).After(0.1, survives: true);
            m.Every("loop", 0.1, (held, x));
        });
        string message = Assert.Throws<ModelException>(() => HybridEstimator.For(model))!.Message;
        foreach (string part in new[] { "modes.a.flow", "inputs.u", "transitions.go.reset.held", "transitions.late.survives", "sampled.loop", "section \"estimation\"" })
        {
            Assert.That(message, Does.Contain(part));
        }
    }

    [Test]
    public void Rules_and_draws_that_a_belief_cannot_follow_are_refused_by_name()
    {
        HybridAutomaton model = HybridAutomaton.Build("chances", m =>
        {
            Expr x = m.State("x", initial: Expr.Normal(0.0, 1.0));
            ModeBuilder a = m.Mode("a").Flow(x, 1.0).Invariant(x <= 5.0);
            ModeBuilder b = m.Mode("b").Flow(x, -1.0);
            m.Transition(a, b, "fault").Rate(0.1);
            m.Transition(a, b, "late").Permissive(PermissivePolicy.Alap);
            m.Transition(b, a, "seen").Guard(x <= 1.0).Sampled(0.1);
            m.Transition(b, a, "shock").Guard(x <= 0.0).Reset(x, Expr.Uniform(0.0, 1.0));
        });
        string message = Assert.Throws<ModelException>(() => HybridEstimator.For(model))!.Message;
        foreach (string part in new[]
            { "states.x.initial", "transitions.fault.rate", "transitions.late.rule", "transitions.seen.every", "transitions.shock.reset" })
        {
            Assert.That(message, Does.Contain(part));
        }

        Assert.That(() => FlowTransition.For(model, "a"), Throws.TypeOf<ModelException>().With.Message.Contains("transitions.fault.rate"));
    }

    [Test]
    public void Bad_measurements_and_times_have_a_status_and_leave_the_belief()
    {
        HybridEstimator estimator = HybridEstimator.For(Walker(0.2));
        estimator.Predict(0.5);
        double before = estimator.Belief.Mean[0];
        Assert.That(estimator.Predict(0.4), Is.EqualTo(EstimationStatus.OutOfOrder));
        Assert.That(estimator.Update([double.NaN]), Is.EqualTo(EstimationStatus.Missing));
        Assert.That(estimator.Update([double.PositiveInfinity]), Is.EqualTo(EstimationStatus.InfiniteMeasurement));
        Assert.That(() => estimator.Update([1.0, 2.0]), Throws.TypeOf<ModelException>());
        Assert.That(estimator.Belief.Mean[0], Is.EqualTo(before));
    }

    [Test]
    public void Steps_allocate_nothing_once_all_hypotheses_have_been_needed()
    {
        HybridEstimator estimator = HybridEstimator.For(HybridConsistencyTests.Thermostat);
        double[] z = new double[1];
        double t = 0.0;
        void Step(int k)
        {
            t += 0.1;
            z[0] = 70.0 + (5.0 * Math.Sin(1.4 * t));
            estimator.Predict(t);
            estimator.Update(z);
        }

        Allocations.None(Step, first: 0, warmUp: 400, calls: 200);
    }

    private static double Density(double x, double deviation) =>
        Math.Exp(-0.5 * x * x / (deviation * deviation)) / (deviation * Math.Sqrt(2.0 * Math.PI));
}
