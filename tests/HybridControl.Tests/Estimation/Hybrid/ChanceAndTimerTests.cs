using HybridControl.Automata;
using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Estimation.Hybrid;

/// <summary>Modes that are entered by chance and left by a timer, against the laws of such processes.</summary>
public sealed class ChanceAndTimerTests
{
    private const double Delay = 0.5;
    private const double Begins = 0.8;
    private const double Breaks = 1.5;

    // Work begins by chance, moves x at speed one, and is done after a delay.
    private static HybridAutomaton Worker(double breaks = 0.0, Func<Expr, Expr>? delay = null) => HybridAutomaton.Build("worker", m =>
    {
        Expr x = m.State("x");
        ModeBuilder idle = m.Mode("idle");
        ModeBuilder busy = m.Mode("busy").Flow(x, 1.0);
        ModeBuilder done = m.Mode("done");
        m.Transition(busy, done).After(delay?.Invoke(x) ?? Delay);
        m.Estimation(e =>
        {
            e.Measure(x, 0.1).InitialDeviation(x, 0.01).Switching(idle, busy, Begins);
            if (breaks > 0.0)
            {
                e.Switching(busy, idle, breaks);
            }
        });
    });

    [TestCase(0.1)]
    [TestCase(0.025)]
    [TestCase(2.0)]
    public void A_timer_starts_when_its_mode_is_entered_by_chance(double step)
    {
        HybridEstimator estimator = HybridEstimator.For(Worker());
        double worst = 0.0;
        for (int k = 1; k * step <= 2.0 + 1e-9; k++)
        {
            double t = k * step;
            Assert.That(estimator.Predict(t), Is.EqualTo(EstimationStatus.Done));
            double idle = Math.Exp(-Begins * t);
            double done = t > Delay ? 1.0 - Math.Exp(-Begins * (t - Delay)) : 0.0;

            // Those at work since t - a have come to x = a: the integral of a r exp(-r (t - a)) over a up to the delay.
            double most = Math.Min(t, Delay);
            double moved = (most * Math.Exp(-Begins * (t - most))) - ((Math.Exp(-Begins * (t - most)) - Math.Exp(-Begins * t)) / Begins);
            Assert.That(estimator.ModeProbabilities[0], Is.EqualTo(idle).Within(1e-6));
            worst = Math.Max(worst, Math.Abs(estimator.ModeProbabilities[2] - done));
            worst = Math.Max(worst, Math.Abs(estimator.Belief.Mean[0] - moved - (Delay * done)));
        }

        TestContext.Out.WriteLine($"largest error {worst:E1}");
        Assert.That(worst, Is.LessThan(4e-3), "entries within an eighth of the delay count as one Gaussian of their times");
    }

    [Test]
    public void A_timer_that_was_interrupted_by_chance_starts_anew()
    {
        HybridEstimator estimator = HybridEstimator.For(Worker(Breaks));
        double[] done = LawOfInterruptedWork(until: 4.0, h: 1e-3);
        double worst = 0.0;
        for (int k = 1; k <= 40; k++)
        {
            Assert.That(estimator.Predict(0.1 * k), Is.EqualTo(EstimationStatus.Done));
            worst = Math.Max(worst, Math.Abs(estimator.ModeProbabilities[2] - done[100 * k]));
        }

        TestContext.Out.WriteLine($"largest error {worst:E1}, {estimator.Hypotheses.Count} hypotheses");
        Assert.That(worst, Is.LessThan(3e-3));
    }

    [Test]
    public void A_delay_that_depends_on_the_states_is_that_of_the_entry()
    {
        // x stands at 0.4 +- 0.01 when work begins: it is done after 0.6 +- 0.02.
        HybridAutomaton model = Worker(delay: x => 1.4 - (2.0 * x));
        HybridEstimator estimator = HybridEstimator.For(
            model, options: new HybridEstimatorOptions { Values = System.Collections.Immutable.ImmutableDictionary<string, double>.Empty.Add("x", 0.4) });
        double worst = 0.0;
        for (int k = 1; k <= 20; k++)
        {
            estimator.Predict(0.1 * k);
            double z = ((0.1 * k) - 0.6) / 0.02; // the law of a sum of an exponential and a normal time
            double done = NormalLaw.Cdf(z) - (Math.Exp((-Begins * 0.02 * z) + (0.5 * Begins * Begins * 0.0004)) * NormalLaw.Cdf(z - (Begins * 0.02)));
            worst = Math.Max(worst, Math.Abs(estimator.ModeProbabilities[2] - done));
        }

        TestContext.Out.WriteLine($"largest error {worst:E1}");
        Assert.That(worst, Is.LessThan(2e-3));
    }

    [Test]
    public void What_is_measured_tells_when_work_has_begun()
    {
        HybridEstimator estimator = HybridEstimator.For(Worker());
        for (int k = 1; k <= 10; k++)
        {
            double x = Math.Clamp((0.1 * k) - 0.35, 0.0, Delay);
            estimator.Predict(0.1 * k);
            estimator.Update([x]);
            if (k == 8)
            {
                Assert.That(estimator.MostLikelyMode, Is.EqualTo("busy"));
            }
        }

        Assert.That(estimator.MostLikelyMode, Is.EqualTo("done"));
        Assert.That(estimator.Belief.Mean[0], Is.EqualTo(Delay).Within(0.02));
    }

    // Of those who began at t - a, exp(-b a) are still at work: p' = -r p + b (integral over a up to the delay of r p(t - a) exp(-b a)),
    // and done grows by r p(t - delay) exp(-b delay). By the trapezoidal rule in steps of h.
    private static double[] LawOfInterruptedWork(double until, double h)
    {
        int steps = (int)Math.Round(until / h);
        int wait = (int)Math.Round(Delay / h);
        var idle = new double[steps + 1];
        var done = new double[steps + 1];
        double busy = 0.0;
        idle[0] = 1.0;
        for (int k = 0; k < steps; k++)
        {
            double finished = k >= wait ? Begins * idle[k - wait] * Math.Exp(-Breaks * Delay) : 0.0;
            double later = k + 1 >= wait ? Begins * idle[k + 1 - wait] * Math.Exp(-Breaks * Delay) : 0.0;
            (double slopeIdle, double slopeBusy) = ((Breaks * busy) - (Begins * idle[k]), (Begins * idle[k]) - (Breaks * busy) - finished);
            (double nextIdle, double nextBusy) = (idle[k] + (h * slopeIdle), busy + (h * slopeBusy));
            idle[k + 1] = idle[k] + (0.5 * h * (slopeIdle + (Breaks * nextBusy) - (Begins * nextIdle)));
            busy += 0.5 * h * (slopeBusy + (Begins * nextIdle) - (Breaks * nextBusy) - later);
            done[k + 1] = done[k] + (0.5 * h * (finished + later));
        }

        return done;
    }
}
