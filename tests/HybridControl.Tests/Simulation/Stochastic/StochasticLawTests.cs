using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Stochastic;

/// <summary>Many paths together have the laws that theory gives them.</summary>
public sealed class StochasticLawTests
{
    [TestCase(false)]
    [TestCase(true)]
    public void Ornstein_and_Uhlenbeck_have_the_mean_and_variance_of_the_closed_form(bool milstein)
    {
        const int size = 4000;
        const double k = 1.5, sigma = 0.8, until = 1.0, step = 1.0 / 256.0;
        HybridAutomaton model = HybridAutomaton.Build("ou", h =>
        {
            Expr x = h.State("x", 2.0);
            h.Mode("m").Flow(x, -k * x).Diffusion(x, sigma);
        });
        StochasticSolver solver = milstein ? new Milstein { Step = step } : new EulerMaruyama { Step = step };
        double[] finals = Finals(model, size, until, solver, 0);
        double mean = 2.0 * Math.Exp(-k * until);
        double variance = sigma * sigma / (2.0 * k) * (1.0 - Math.Exp(-2.0 * k * until));
        // The step of Euler decays by 1 - k h, not by exp(-k h): an error of about k^2 h t / 2 of the mean, k h / 2 of the variance.
        double average = finals.Average();
        double spread = finals.Sum(x => (x - average) * (x - average)) / (size - 1);
        Assert.That(average, Is.EqualTo(mean).Within((4.0 * Math.Sqrt(variance / size)) + (0.5 * k * k * step * mean)));
        Assert.That(spread, Is.EqualTo(variance).Within((4.0 * variance * Math.Sqrt(2.0 / size)) + (k * step * variance)));
    }

    [Test]
    public void A_shared_process_correlates_the_states_that_it_drives_and_an_own_one_does_not()
    {
        const int size = 4000;
        HybridAutomaton model = HybridAutomaton.Build("pair", h =>
        {
            (Expr x, Expr y, Expr z) = (h.State("x"), h.State("y"), h.State("z"));
            WienerProcess w = h.Wiener("w");
            h.Mode("m").Diffusion(x, w, 0.6).Diffusion(x, 0.8).Diffusion(y, w, 1.0).Diffusion(z, 1.0);
        });
        double[][] values = [.. Enumerable.Range(0, 3).Select(i => Finals(model, size, 1.0, new EulerMaruyama { Step = 0.25 }, i))];
        double Covariance(int i, int j) => values[i].Zip(values[j], (a, b) => a * b).Sum() / size;
        Assert.That(Covariance(0, 0), Is.EqualTo(1.0).Within(4.0 * Math.Sqrt(2.0 / size)));
        Assert.That(Covariance(0, 1), Is.EqualTo(0.6).Within(4.0 * Math.Sqrt(1.36 / size)));
        Assert.That(Covariance(0, 2), Is.EqualTo(0.0).Within(4.0 / Math.Sqrt(size)));
        Assert.That(Covariance(1, 2), Is.EqualTo(0.0).Within(4.0 / Math.Sqrt(size)));
    }

    /// <summary>
    /// A barrier that is looked at along straight lines between the points of the grid is passed late: paths that go over
    /// it and back within a step are not seen. The mean overshoot of a walk is 0.5826 sigma sqrt(h) (D. Siegmund, Adv. Appl. Probab. 11 (1979),
    /// 701-719; M. Broadie, P. Glasserman and S. Kou, Math. Finance 7 (1997), 325-349), so by Wald's identity the walk's
    /// mean time is (a + 0.5826 sigma sqrt(h)) / mu, and the located crossing is less than one step before that.
    /// </summary>
    [TestCase(0.04)]
    [TestCase(0.01)]
    public void The_mean_first_passage_is_late_by_the_documented_error(double step)
    {
        const int size = 10_000;
        const double barrier = 1.0, mu = 2.0;
        HybridAutomaton model = HybridAutomaton.Build("passage", h =>
        {
            Expr x = h.State("x");
            ModeBuilder walk = h.Mode("walk").Flow(x, mu).Diffusion(x, 1.0);
            h.Transition(walk, h.Mode("over"), "over").Guard(x >= barrier);
        });
        EnsemblePlan plan = PlanOf(model, size, 20.0, new EulerMaruyama { Step = step }) with
        {
            Recording = new() { EventSlots = 1 },
        };
        double sum = 0.0, squares = 0.0;
        foreach (EnsembleBlock block in Run(plan))
        {
            for (int i = 0; i < block.Count; i++)
            {
                sum += block.EventTimes[i];
                squares += block.EventTimes[i] * block.EventTimes[i];
            }
        }

        double mean = sum / size;
        double error = Math.Sqrt(((squares / size) - (mean * mean)) / size);
        double late = 0.5826 * Math.Sqrt(step) / mu;
        Assert.That(mean, Is.InRange((barrier / mu) + late - step - (4.0 * error), (barrier / mu) + late + (4.0 * error)));
        Assert.That(mean - (barrier / mu), Is.GreaterThan(4.0 * error), "the bias shows");
    }

    private static double[] Finals(HybridAutomaton model, int size, double until, Solver solver, int state) =>
        [.. Run(PlanOf(model, size, until, solver)).SelectMany(block => block.Scalar(block.Layout.FirstState + state).ToArray())];

    private static EnsemblePlan PlanOf(HybridAutomaton model, int size, double until, Solver solver) =>
        new() { Model = model, Size = size, Until = until, Seed = 9, Solver = solver };

    private static EnsembleBlock[] Run(EnsemblePlan plan)
    {
        var blocks = new List<EnsembleBlock>();
        new SimulatorEnsembleBackend().Run(plan, 0, PlanSampler.For(plan).BlockCount, blocks.Add, CancellationToken.None);
        return [.. blocks];
    }
}
