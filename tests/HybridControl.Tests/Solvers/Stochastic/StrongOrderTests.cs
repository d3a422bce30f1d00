using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Solvers.Stochastic;

/// <summary>Single paths converge at the stated order, against exact solutions driven by the same increments.</summary>
public sealed class StrongOrderTests
{
    private const int Paths = 500;
    private const double Drift = 0.7;

    // Four octaves of h; each mean has a sampling error of about 4 %, so the slope of the fit has one of about 0.02.
    private static readonly double[] Steps = [1.0 / 16, 1.0 / 32, 1.0 / 64, 1.0 / 128, 1.0 / 256];

    [TestCase(typeof(EulerMaruyama), 0.5)]
    [TestCase(typeof(Milstein), 1.0)]
    public void Geometric_Brownian_motion_converges_at_the_strong_order(Type method, double order)
    {
        HybridAutomaton model = Growth(shared: false);
        double[] errors = [.. Steps.Select(step => MeanError(model, Create(method, step), shared: false))];
        Assert.That(SlopeOf(errors), Is.EqualTo(order).Within(0.1), string.Join(", ", errors));
        Assert.That(Create(method, 1.0).StrongOrder, Is.EqualTo(order));
    }

    [TestCase(typeof(EulerMaruyama), 0.5)]
    [TestCase(typeof(Milstein), 1.0)]
    public void Two_commuting_processes_on_one_state_converge_at_the_strong_order(Type method, double order)
    {
        HybridAutomaton model = Growth(shared: true);
        double[] errors = [.. Steps.Select(step => MeanError(model, Create(method, step), shared: true))];
        Assert.That(SlopeOf(errors), Is.EqualTo(order).Within(0.1), string.Join(", ", errors));
    }

    [Test]
    public void Additive_noise_lifts_Euler_and_Maruyama_to_order_one()
    {
        // The same path on both grids: a step of 2h has the sum of the increments of two steps of h only if both are
        // computed from one grid, so the exact solution is the finest recursion of the test itself.
        HybridAutomaton model = HybridAutomaton.Build("ou", h =>
        {
            Expr x = h.State("x", 1.0);
            h.Mode("m").Flow(x, -2.0 * x).Diffusion(x, 0.5);
        });
        double[] errors = new double[Steps.Length];
        for (int s = 0; s < Steps.Length; s++)
        {
            for (int path = 0; path < Paths; path++)
            {
                var options = new SimulationOptions { Solver = new EulerMaruyama { Step = Steps[s] }, Seed = 3, Trajectory = path, Recording = Recording.Events };
                double x = model.Simulate(1.0, options: options).Value("x", 1.0);
                errors[s] += Math.Abs(x - LinearPath(Steps[s], path)) / Paths;
            }
        }

        Assert.That(SlopeOf(errors), Is.EqualTo(1.0).Within(0.1), string.Join(", ", errors));
    }

    [TestCase(0.013)]
    [TestCase(0.0051)]
    public void Ticks_inside_the_steps_make_no_path_of_Milstein_worse(double period)
    {
        // Pieces of a step follow the flow along a linear W with Ito's correction more closely than the step as a whole.
        foreach (double step in Steps)
        {
            double whole = MeanError(Growth(shared: false), new Milstein { Step = step }, shared: false);
            double cut = MeanError(Growth(shared: false, period), new Milstein { Step = step }, shared: false);
            Assert.That(cut, Is.LessThan(1.02 * whole), $"step {step}");
        }
    }

    [Test]
    public void Ticks_of_one_period_leave_Euler_and_Maruyama_convergent()
    {
        double[] errors = [.. Steps.Select(step => MeanError(Growth(shared: false, 0.11), new EulerMaruyama { Step = step }, shared: false))];
        Assert.That(SlopeOf(errors), Is.GreaterThan(0.45), string.Join(", ", errors));
    }

    // x' = -2 x + 0.5 W' with W linear within each step of the grid: what a path has in it, solved exactly.
    private static double LinearPath(double step, int path)
    {
        var wiener = new WienerPaths(3, path, step);
        double decay = Math.Exp(-2.0 * step);
        double x = 1.0;
        for (int k = 0; k < (int)Math.Round(1.0 / step); k++)
        {
            x = (decay * x) + (0.25 * (1.0 - decay) * wiener.Increment(WienerPaths.OwnStream, k) / step);
        }

        return x;
    }

    private static HybridAutomaton Growth(bool shared, double period = 0.0) => HybridAutomaton.Build("growth", h =>
    {
        Expr x = h.State("x", 1.0);
        ModeBuilder mode = h.Mode("m").Flow(x, Drift * x);
        if (shared)
        {
            mode.Diffusion(x, h.Wiener("market"), 0.6 * x).Diffusion(x, h.Wiener("firm"), 0.5 * x);
        }
        else
        {
            mode.Diffusion(x, 0.8 * x);
        }

        if (period > 0.0)
        {
            Expr n = h.Discrete("n");
            h.Every("count", period, (n, n + 1.0));
        }
    });

    private static double MeanError(HybridAutomaton model, StochasticSolver solver, bool shared)
    {
        uint[] streams = shared ? [WienerPaths.DeclaredStream, WienerPaths.DeclaredStream + 1] : [WienerPaths.OwnStream];
        double[] sigma = shared ? [0.6, 0.5] : [0.8];
        int count = (int)Math.Round(1.0 / solver.Step);
        double sum = 0.0;
        for (int path = 0; path < Paths; path++)
        {
            var options = new SimulationOptions { Solver = solver, Seed = 11, Trajectory = path, Recording = Recording.Events };
            double x = model.Simulate(1.0, options: options).Value("x", 1.0);
            var wiener = new WienerPaths(11, path, solver.Step);
            double exponent = Drift;
            for (int j = 0; j < streams.Length; j++)
            {
                exponent += sigma[j] * Enumerable.Range(0, count).Sum(k => wiener.Increment(streams[j], k)) - (0.5 * sigma[j] * sigma[j]);
            }

            sum += Math.Abs(x - Math.Exp(exponent));
        }

        return sum / Paths;
    }

    private static StochasticSolver Create(Type method, double step) => method == typeof(Milstein)
        ? new Milstein { Step = step }
        : new EulerMaruyama { Step = step };

    // Least squares of the logarithm of the error over that of the step.
    private static double SlopeOf(double[] errors)
    {
        double[] x = [.. Steps.Select(step => Math.Log(step))];
        double[] y = [.. errors.Select(error => Math.Log(error))];
        double mean = x.Average();
        return x.Zip(y, (a, b) => (a - mean) * b).Sum() / x.Sum(a => (a - mean) * (a - mean));
    }
}
