using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.Models;
using Gauss = HybridControl.Tests.Estimation.Hybrid.HybridConsistencyTests.Gauss;

namespace HybridControl.Tests.Estimation.Hybrid;

/// <summary>No event is missed: bounces that follow faster and faster, and jumps at one instant.</summary>
public sealed class ManyEventsTests
{
    private const ulong Seed = 2027;

    // The ball of the library that starts at a height; without process noise runs of the simulator sample it.
    private static HybridAutomaton Ball(double height, double sensor, double noise = 0.0) => ModelLibrary.Load("bouncing-ball") with
    {
        States = [new StateVariable("h", height), new StateVariable("v", 0.0)],
        Estimation = new EstimationSetup
        {
            Sensors = [new Sensor("h", Expr.Variable(VariableKind.State, "h"), sensor)],
            ProcessNoise = [new Assignment("v", noise)],
            InitialDeviations = [new Assignment("h", 0.1), new Assignment("v", 0.1)],
        },
    };

    [TestCase(false, TestName = "A ball has the moments of its runs over three bounces, without measurements")]
    [TestCase(true, TestName = "A ball has the moments of its runs over three bounces, with measurements")]
    public void A_ball_has_the_moments_of_its_runs(bool isMeasured)
    {
        const int Size = 600;
        HybridAutomaton ball = Ball(10.0, sensor: 0.4);
        SimulationRun[] runs = new SimulationRun[Size];
        double[] logs = new double[Size];
        for (int i = 0; i < Size; i++)
        {
            var random = new Gauss(Seed, i);
            runs[i] = Scenario.For(ball, useExperiment: false).Start(new SimulationOptions());
            runs[i].Set("h", 10.0 + (0.1 * random.Next()));
            runs[i].Set("v", 0.1 * random.Next());
        }

        var truth = new Gauss(Seed, Size);
        HybridEstimator estimator = HybridEstimator.For(ball);
        for (int k = 1; k <= 24; k++)
        {
            double t = 0.25 * k;
            Assert.That(estimator.Predict(t), Is.EqualTo(EstimationStatus.Done));
            foreach (SimulationRun run in runs)
            {
                Assert.That(run.AdvanceTo(t), run.Reason);
            }

            if (isMeasured && k % 4 == 0)
            {
                double z = runs[0]["h"] + (0.4 * truth.Next());
                estimator.Update([z]);
                for (int i = 0; i < Size; i++)
                {
                    logs[i] -= 0.5 * Math.Pow((z - runs[i]["h"]) / 0.4, 2);
                }
            }

            double largest = logs.Max();
            double[] weights = [.. logs.Select(log => Math.Exp(log - largest))];
            double sum = weights.Sum();
            double effective = sum * sum / weights.Sum(weight => weight * weight);
            double Mean(Func<double, double> f) => runs.Select((run, i) => weights[i] * f(run["h"])).Sum() / sum;
            double mean = Mean(h => h);
            double variance = Mean(h => (h - mean) * (h - mean));
            double fourth = Mean(h => Math.Pow(h - mean, 4));
            double ofDeviation = Math.Sqrt(((fourth / (variance * variance)) - 1.0) / (4.0 * effective));
            Assert.That(effective, Is.GreaterThan(0.25 * Size));
            Assert.That(estimator.Belief.Mean[0], Is.EqualTo(mean).Within(3.5 * Math.Sqrt(variance / effective)), $"mean at {t}");
            Assert.That(
                estimator.Belief.Deviation(0) / Math.Sqrt(variance), Is.EqualTo(1.0).Within((3.5 * ofDeviation) + 0.02), $"deviation at {t}");
        }
    }

    [TestCase(1.0, 0.1, 0.0, false)]
    [TestCase(1.0, 0.1, 0.0, true)]
    [TestCase(1.0, 0.25, 0.05, false)]
    [TestCase(4.0, 1.0, 0.0, false)]
    [TestCase(10.0, 0.2, 0.05, false)]
    [TestCase(10.0, 0.2, 0.05, true)]
    [TestCase(10.0, 0.1, 0.0, true)]
    public void A_ball_that_comes_to_rest_never_sinks_through_its_floor(double height, double period, double noise, bool isMeasured)
    {
        HybridEstimator estimator = HybridEstimator.For(Ball(height, sensor: 0.05, noise));
        double rests = 9.0 * Math.Sqrt(2.0 * height / 9.81);
        EstimationStatus status = EstimationStatus.Done;
        for (int k = 1; k * period < 1.3 * rests && status == EstimationStatus.Done; k++)
        {
            status = estimator.Predict(k * period);
            Assert.That(estimator.Belief.Mean[0], Is.GreaterThan(-0.5 * estimator.Belief.Deviation(0)), $"at {estimator.Time}");
            Assert.That(estimator.Belief.Mean[0], Is.LessThan(1.1 * height));
            if (isMeasured && status == EstimationStatus.Done)
            {
                estimator.Update([estimator.Belief.Mean[0]]);
            }
        }

        Assert.That(status, Is.EqualTo(EstimationStatus.Zeno), "bounces accumulate, as the simulator says");
        Assert.That(estimator.Time, Is.InRange(0.6 * rests, 1.1 * rests));
        double last = estimator.Time;
        Assert.That(estimator.Predict(2.0 * rests), Is.EqualTo(EstimationStatus.Zeno));
        Assert.That(estimator.Time, Is.InRange(last, 1.1 * rests), "the last good belief is kept");
    }

    // Goes on from one mode to the next, which the reset has put exactly on the surface of the next guard.
    private static HybridAutomaton Relay(double onto, bool isEndless) => HybridAutomaton.Build("relay", m =>
    {
        Expr x = m.State("x");
        Expr y = m.State("y");
        ModeBuilder first = m.Mode("first").Flow((x, y), (1.0, 0.0));
        ModeBuilder second = m.Mode("second").Flow((x, y), (-1.0, 100.0));
        ModeBuilder third = m.Mode("third").Flow((x, y), (0.0, 3.0));
        m.Transition(first, second, "a").Guard(x >= 1.0).Reset(x, onto);
        m.Transition(second, isEndless ? first : third, "b").Guard(x >= 2.0);
        m.Estimation(e => e.Measure(x, 0.1).InitialDeviation(x, 0.1));
    });

    [TestCase(2.0)]
    [TestCase(2.5)]
    public void A_reset_onto_an_urgent_guard_fires_it_at_the_time_of_the_event(double onto)
    {
        HybridAutomaton relay = Relay(onto, isEndless: false);
        Trajectory run = relay.Simulate(until: 2.0);
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 1.0, 1.0 }).Within(1e-9));
        Assert.That(run.At(2.0).States[1], Is.EqualTo(3.0).Within(1e-8));
        HybridEstimator estimator = HybridEstimator.For(relay);
        estimator.Predict(1.1);
        Assert.That(estimator.ModeProbabilities[1], Is.Zero);
        Assert.That(estimator.ModeProbabilities[2], Is.EqualTo(NormalLaw.Cdf(1.0)).Within(1e-6));
        estimator.Predict(2.0);
        Assert.That(estimator.Belief.Mean[1], Is.EqualTo(3.0).Within(1e-3), "it is in the third mode from the time of its event on");
        Assert.That(estimator.Belief.Deviation(1), Is.EqualTo(0.3).Within(3e-3), "three times the deviation of that time");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void An_edge_that_a_reset_raises_fires_with_it_unless_it_waits_for_the_flow(bool flowOnly)
    {
        HybridAutomaton relay = HybridAutomaton.Build("relay", m =>
        {
            Expr x = m.State("x");
            ModeBuilder first = m.Mode("first").Flow(x, 1.0);
            ModeBuilder second = m.Mode("second").Flow(x, -0.1);
            ModeBuilder third = m.Mode("third").Flow(x, 3.0);
            m.Transition(first, second, "a").Guard(x >= 1.0).Reset(x, 4.0);
            m.Transition(second, third, "b").Guard(x >= 2.0).Edge(flowOnly: flowOnly);
            m.Estimation(e => e.Measure(x, 0.1).InitialDeviation(x, 0.1));
        });
        HybridEstimator estimator = HybridEstimator.For(relay);
        estimator.Predict(2.0);
        Assert.That(estimator.MostLikelyMode, Is.EqualTo(relay.Simulate(until: 2.0).At(2.0).Mode));
        Assert.That(estimator.Belief.Mean[0], Is.EqualTo(relay.Simulate(until: 2.0).At(2.0).States[0]).Within(1e-3));
    }

    [Test]
    public void One_prediction_over_eight_bounces_finds_them_all()
    {
        HybridAutomaton ball = Ball(10.0, sensor: 0.05) with { Estimation = new EstimationSetup { InitialDeviations = [new Assignment("h", 1e-4)] } };
        HybridEstimator estimator = HybridEstimator.For(ball);
        Assert.That(estimator.Predict(11.0), Is.EqualTo(EstimationStatus.Done));
        ModelState truth = Scenario.For(ball, useExperiment: false).Simulate(until: 11.0).At(11.0);
        Assert.That(estimator.Hypotheses.Single().EventCount, Is.EqualTo(truth.JumpIndex));
        Assert.That(estimator.Belief.Mean[0], Is.EqualTo(truth.States[0]).Within(1e-5));
        Assert.That(estimator.Belief.Mean[1], Is.EqualTo(truth.States[1]).Within(1e-5));
    }

    [Test]
    public void Jumps_without_end_at_one_instant_have_a_status_and_leave_the_belief()
    {
        HybridAutomaton relay = Relay(2.0, isEndless: true);
        Assert.That(relay.TrySimulate(until: 2.0).Status, Is.EqualTo(RunStatus.Livelock));
        HybridEstimator estimator = HybridEstimator.For(relay);
        EstimationStatus status = EstimationStatus.Done;
        for (int k = 1; k <= 20 && status == EstimationStatus.Done; k++)
        {
            status = estimator.Predict(0.1 * k);
        }

        Assert.That(status, Is.EqualTo(EstimationStatus.Zeno));
        Assert.That(estimator.Time, Is.InRange(0.7, 1.0), "until a twentieth of it has met the guard");
        Assert.That(estimator.Belief.Mean[0], Is.EqualTo(estimator.Time).Within(0.03));
    }

    [Test]
    public void A_start_without_end_has_a_status()
    {
        HybridAutomaton spin = HybridAutomaton.Build("spin", m =>
        {
            Expr x = m.State("x", 1.0);
            ModeBuilder a = m.Mode("a").Flow(x, 1.0);
            m.Transition(a, a, "again").Guard(x >= 0.0);
            m.Estimation(e => e.Measure(x, 0.1).InitialDeviation(x, 0.1));
        });
        HybridEstimator estimator = HybridEstimator.For(spin);
        Assert.That(estimator.Predict(1.0), Is.EqualTo(EstimationStatus.Zeno));
        Assert.That(estimator.Belief.Mean[0], Is.EqualTo(1.0));
        estimator.Set("x", -2.0);
        Assert.That(estimator.Predict(1.0), Is.EqualTo(EstimationStatus.Done), "until something else is set");
    }
}
