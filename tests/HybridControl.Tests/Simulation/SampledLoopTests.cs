using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Tests.TestKit;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Tests.Simulation;

/// <summary>Sampled controllers around linear plants, against the exact recursion with a matrix exponential.</summary>
public class SampledLoopTests
{
    private const double Period = 1e-4;
    private const int Ticks = 2000;
    private const double Kp = 40.0;
    private const double Ki = 900.0;

    [Test]
    public void Sampled_proportional_integral_loop_agrees_with_the_exact_recursion(
        [ValueSource(typeof(TightSolvers), nameof(TightSolvers.All))] Solver solver,
        [Values] bool asBlock)
    {
        // A double mass: x1' = x2, x2' = -k x1 - d x2 + u.
        var plant = HybridAutomaton.Build("loop", h =>
        {
            var (x1, x2) = (h.State("x1", initial: 0.1), h.State("x2"));
            var drive = h.Discrete("u");
            var integral = h.Discrete("integral");
            h.Mode("run").Flow((x1, x2), (x2, (-400.0 * x1) - (3.0 * x2) + drive));
            if (!asBlock)
            {
                h.Every("pi", Period, (drive, (Kp * (1.0 - x1)) + integral), (integral, integral + (Ki * (1.0 - x1) * Period)));
            }
        });
        double end = Ticks * Period;
        var options = new SimulationOptions { Solver = solver };
        Scenario scenario = Scenario.For(plant);
        scenario = asBlock ? scenario.Sample(new ProportionalIntegral(), "x1", "u") : scenario;
        Trajectory run = scenario.Simulate(end, options: options);

        (double[] exact1, double[] exact2) = Recursion();
        for (int k = 0; k <= Ticks; k += 50)
        {
            double time = k * Period;
            Assert.That(run.Value("x1", time), Is.EqualTo(exact1[k]).Within(1e-10), $"tick {k}");
            Assert.That(run.Value("x2", time), Is.EqualTo(exact2[k]).Within(1e-10 * Math.Max(1.0, Math.Abs(exact2[k]))), $"tick {k}");
        }

        Assert.That(run.Log.Count(record => record.Kind == LogKind.Tick), Is.EqualTo(Ticks + 1), "one at the start, one at the end");
        Assert.That(run.Jumps, Is.Empty);
    }

    private static (double[] X1, double[] X2) Recursion()
    {
        // exp([A B; 0 0] T) by its series: |A T| is 0.04.
        Matrix<double> m = Matrix<double>.Build.DenseOfArray(new[,] { { 0.0, 1.0, 0.0 }, { -400.0, -3.0, 1.0 }, { 0.0, 0.0, 0.0 } });
        Matrix<double> term = Matrix<double>.Build.DenseIdentity(3);
        Matrix<double> step = term.Clone();
        for (int k = 1; k < 25; k++)
        {
            term = term * m * (Period / k);
            step += term;
        }

        double[] x1 = new double[Ticks + 1], x2 = new double[Ticks + 1];
        (double a, double b, double integral) = (0.1, 0.0, 0.0);
        for (int k = 0; k <= Ticks; k++)
        {
            (x1[k], x2[k]) = (a, b);
            double drive = (Kp * (1.0 - a)) + integral;
            integral += Ki * (1.0 - a) * Period;
            (a, b) = ((step[0, 0] * a) + (step[0, 1] * b) + (step[0, 2] * drive), (step[1, 0] * a) + (step[1, 1] * b) + (step[1, 2] * drive));
        }

        return (x1, x2);
    }

    private sealed class ProportionalIntegral : ISampledBlock
    {
        public double Period => SampledLoopTests.Period;

        public int InputCount => 1;

        public int OutputCount => 1;

        public int StateCount => 1;

        public void Initialize(Span<double> state) => state[0] = 0.0;

        public void Update(double time, ReadOnlySpan<double> inputs, Span<double> state, Span<double> outputs)
        {
            double error = 1.0 - inputs[0];
            outputs[0] = (Kp * error) + state[0];
            state[0] += Ki * error * Period;
        }
    }
}
