using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Tests.Models;

internal sealed class NoisyOscillatorTests
{
    private const double Omega = 2.0, Zeta = 0.2, Sigma = 1.0;

    [TestCase(0.01)]
    [TestCase(0.002)]
    public void The_variances_grow_as_the_recursion_of_the_method_has_them_and_near_those_of_Langevin(double step)
    {
        const int size = 2000;
        const double until = 10.0;
        HybridAutomaton model = ModelLibrary.Load("noisy-oscillator");
        EnsemblePlan plan = model.Ensemble(size, until, seed: 3) with { Solver = new EulerMaruyama { Step = step } };
        double x2 = 0.0, v2 = 0.0;
        new SimulatorEnsembleBackend().Run(plan, 0, PlanSampler.For(plan).BlockCount, block =>
        {
            for (int i = 0; i < block.Count; i++)
            {
                x2 += Math.Pow(block.Scalar(block.Layout.FirstState)[i], 2.0) / size;
                v2 += Math.Pow(block.Scalar(block.Layout.FirstState + 1)[i], 2.0) / size;
            }
        }, CancellationToken.None);

        // The covariance of x' = v, v' = -omega^2 x - 2 zeta omega v + sigma dW under Euler and Maruyama's step.
        double xx = 0.0, xv = 0.0, vv = 0.0;
        (double a, double b) = (-Omega * Omega * step, 1.0 - (2.0 * Zeta * Omega * step));
        for (int k = 0; k < (int)Math.Round(until / step); k++)
        {
            (xx, xv, vv) = (
                xx + (2.0 * step * xv) + (step * step * vv),
                (a * xx) + ((b + (a * step)) * xv) + (b * step * vv),
                (a * a * xx) + (2.0 * a * b * xv) + (b * b * vv) + (Sigma * Sigma * step));
        }

        double relative = 4.0 * Math.Sqrt(2.0 / size);
        Assert.That(x2, Is.EqualTo(xx).Within(relative * xx));
        Assert.That(v2, Is.EqualTo(vv).Within(relative * vv));
        double langevin = Sigma * Sigma / (4.0 * Zeta * Omega);
        Assert.That(vv, Is.EqualTo(langevin).Within(0.02 + (langevin * Omega * step / Zeta)));
    }

    [Test]
    public void The_latches_turn_in_order()
    {
        Trajectory run = Scenario.For(ModelLibrary.Load("noisy-oscillator")).Simulate(40); // by the method that the model suggests
        Assert.That(run.Jumps, Has.Length.GreaterThan(5));
        foreach (Jump jump in run.Jumps)
        {
            Assert.That(jump.StatesBefore[0], Is.EqualTo(jump.From == "below" ? 0.4 : -0.4).Within(1e-9));
        }
    }
}
