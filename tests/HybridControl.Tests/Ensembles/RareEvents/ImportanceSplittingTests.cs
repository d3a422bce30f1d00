using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.RareEvents;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles.RareEvents;

internal sealed class ImportanceSplittingTests
{
    [Test]
    public void Walk_reaches_a_high_level_with_the_probability_of_its_recursion()
    {
        double truth = WalkProbability(0.35, 18, 50);
        Assert.That(truth, Is.InRange(1e-6, 1e-4));
        RareEventEstimate found = ImportanceSplitting.Estimate(
            stream => new Walk(0.35, 50), 18.0, seed: 3, new() { Effort = 2000, Replications = 20 });
        Assert.That(found.Interval.Contains(truth), Is.True, $"{found.Interval} {truth}");
        Assert.That(found.StandardError, Is.LessThan(0.1 * truth));
        Assert.That(found.Paths, Is.LessThan(0.01 * found.EquivalentPaths));
        Assert.That(found.Levels[^1], Is.EqualTo(18.0));
        Assert.That(found.PassingFractions, Is.All.InRange(0.02, 0.6));
    }

    [Test]
    public void Intervals_cover_about_as_often_as_they_say_and_the_mean_is_unbiased()
    {
        double truth = WalkProbability(0.4, 12, 40);
        int covers = 0;
        double sum = 0.0;
        for (int r = 0; r < 60; r++)
        {
            int run = r;
            RareEventEstimate found = ImportanceSplitting.Estimate(
                stream => new Walk(0.4, 40, (uint)run), 12.0, (ulong)r, new() { Effort = 100, Replications = 10, Levels = [3.0, 6.0, 9.0] });
            covers += found.Interval.Contains(truth) ? 1 : 0;
            sum += found.Probability;
        }

        Assert.That(covers, Is.InRange(50, 60));
        Assert.That(sum / 60.0, Is.EqualTo(truth).Within(0.06 * truth));
    }

    [Test]
    public void Same_seed_gives_the_same_bits()
    {
        double[] estimates =
        [
            .. Enumerable.Range(0, 3).Select(_ => ImportanceSplitting.Estimate(
                stream => new Walk(0.4, 40), 12.0, 5, new() { Effort = 200, Replications = 4 }).Probability),
        ];
        Assert.That(estimates.Distinct().Count(), Is.EqualTo(1));
    }

    // x' = u - x with u normal and held for 0.1 s: x(k + 1) = phi x(k) + (1 - phi) u(k) with phi = exp(-0.1), an autoregression.
    [Test]
    public void Noise_drives_a_model_over_a_level_with_the_probability_of_its_autoregression()
    {
        const int steps = 25;
        const double target = 0.8;
        var plan = new EnsemblePlan
        {
            Model = HybridAutomaton.Build("held noise", h =>
            {
                var x = h.State("x");
                var u = h.Input("u", new ConstantSignal(0.0));
                var rise = h.Mode("rise").Flow(x, u - x);
                var fall = h.Mode("fall").Flow(x, u - x);
                h.Transition(rise, fall).Guard(x <= -0.5);
                h.Transition(fall, rise).Guard(x >= 0.5);
            }),
            Size = 1,
            Until = 2.5,
            Noise = [new("u", new Normal(0.0, 1.0), 0.1)],
        };
        double truth = AutoregressionProbability(steps, target);
        Assert.That(truth, Is.InRange(1e-3, 2e-3));
        RareEventEstimate found = ImportanceSplitting.Estimate(
            plan, Expr.Variable(VariableKind.State, "x"), target, new() { Effort = 200, Replications = 8 });
        Assert.That(found.Interval.Contains(truth), Is.True, $"{found.Interval} {truth}");
        Assert.That(found.StandardError, Is.LessThan(0.3 * truth));
        Assert.That(found.Findings, Is.Empty);
    }

    [Test]
    public void Plan_without_noise_and_a_level_that_cannot_be_climbed_are_refused()
    {
        Assert.That(
            () => ImportanceSplitting.Estimate(FormulaBackend.Plan(1), Expr.Time, 1.0),
            Throws.TypeOf<ModelException>().With.Message.Contains("noise"));
        Assert.That(
            () => ImportanceSplitting.Estimate(stream => new Walk(0.0, 10), 5.0, 1),
            Throws.TypeOf<ModelException>().With.Message.Contains("climbs"));
        Assert.That(
            () => ImportanceSplitting.Estimate(stream => new Walk(0.5, 10), 5.0, 1, new() { Levels = [2.0, 1.0] }),
            Throws.TypeOf<ModelException>().With.Message.Contains("ascending"));
    }

    [Test]
    public void Target_that_no_path_reaches_bounds_nothing()
    {
        RareEventEstimate found = ImportanceSplitting.Estimate(
            stream => new Walk(0.1, 30), 25.0, 1, new() { Effort = 10, Replications = 2, Levels = [20.0] });
        Assert.That((found.Probability, found.Interval.Upper), Is.EqualTo((0.0, 1.0)));
        Assert.That(found.Findings.Single().What, Does.Contain("no path"));
    }

    // Chances to be at each place below the level after each step; what leaves upwards has reached it.
    private static double WalkProbability(double up, int level, int steps)
    {
        double[] chances = new double[level + steps];
        chances[steps] = 1.0;
        double reached = 0.0;
        for (int s = 0; s < steps; s++)
        {
            double[] next = new double[chances.Length];
            for (int i = 0; i < chances.Length; i++)
            {
                if (i + 1 == chances.Length)
                {
                    reached += up * chances[i];
                }
                else
                {
                    next[i + 1] += up * chances[i];
                }

                if (i > 0)
                {
                    next[i - 1] += (1.0 - up) * chances[i];
                }
            }

            chances = next;
        }

        return reached;
    }

    // The density below the level by Simpson's rule on a grid from more than seven deviations below zero to the level.
    private static double AutoregressionProbability(int steps, double level)
    {
        const int n = 801;
        const double start = -1.6;
        double phi = Math.Exp(-0.1);
        double sigma = 1.0 - phi;
        double h = (level - start) / (n - 1);
        double Density(double to, double from) =>
            Math.Exp(-0.5 * Math.Pow((to - (phi * from)) / sigma, 2.0)) / (sigma * Math.Sqrt(2.0 * Math.PI));
        double Weight(int i) => h / 3.0 * (i == 0 || i == n - 1 ? 1.0 : i % 2 == 1 ? 4.0 : 2.0);
        double[] x = [.. Enumerable.Range(0, n).Select(i => start + (i * h))];
        double[] density = [.. x.Select(to => Density(to, 0.0))];
        double below(double from) => NormalLaw.Cdf((level - (phi * from)) / sigma);
        double reached = 1.0 - below(0.0);
        for (int s = 1; s < steps; s++)
        {
            reached += Enumerable.Range(0, n).Sum(i => Weight(i) * density[i] * (1.0 - below(x[i])));
            density = [.. x.Select(to => Enumerable.Range(0, n).Sum(i => Weight(i) * density[i] * Density(to, x[i])))];
        }

        return reached;
    }

    private sealed class Walk(double up, int steps, uint run = 0) : SplittingPath
    {
        private int _step;
        private int _place;
        private int _best;

        public override double Level => _best;

        public override bool Advance(long stream)
        {
            if (_step == steps)
            {
                return false;
            }

            _place += Philox4x32.Uniform(77 + run, stream, 1, _step++) < up ? 1 : -1;
            _best = Math.Max(_best, _place);
            return true;
        }

        public override SplittingPath Branch() => new Walk(up, steps, run) { _step = _step, _place = _place, _best = _best };
    }
}
