using HybridControl.Dynamics;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.Solvers.Multistep;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers;

/// <summary>The Belousov-Zhabotinskii reaction rests for 300 s on a branch whose stiffness fades, then leaves it: who is late there is far off.</summary>
public sealed class OregonatorTests
{
    private const int Tolerances = 40;

    // Reference: tests/HybridControl.Benchmarks/Precision, in quadruple precision.
    private static readonly double[] s_at360 = [1.00081487031852272, 1228.17852154988790, 132.055494284650990];

    private static readonly OdeFunction s_flow = MultistepBench.Flow(3, y =>
    [
        77.27 * (y[1] + (y[0] * (1.0 - (8.375e-6 * y[0]) - y[1]))),
        (y[2] - ((1.0 + y[0]) * y[1])) / 77.27,
        0.161 * (y[0] - y[2]),
    ]);

    [TestCase("bdf")]
    [TestCase("esdirk4")]
    [TestCase("radau")]
    [TestCase("rodas5p")]
    public void The_branch_is_left_in_time_at_every_tolerance(string name)
    {
        var method = (AdaptiveSolver)SolverCatalog.Create(name);
        using (Assert.EnterMultipleScope())
        {
            for (int i = 0; i < Tolerances; i++)
            {
                double tolerance = 4e-3 * Math.Pow(10.0, -2.5 * i / Tolerances);
                Stepper stepper = OdeBench.Start(
                    method with { RelativeTolerance = tolerance, AbsoluteTolerance = 1e-3 * tolerance }, s_flow, 0.0, [1.0, 2.0, 3.0]);
                Assert.That(MultistepBench.Run(stepper, 360.0), Is.EqualTo(StepStatus.Accepted));
                for (int k = 0; k < s_at360.Length; k++)
                {
                    Assert.That(stepper.States[k], Is.EqualTo(s_at360[k]).Within(100.0 * tolerance * s_at360[k]), $"{tolerance:E2}, y{k + 1}");
                }
            }
        }
    }
}
