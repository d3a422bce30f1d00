using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Tests.Serialization;

namespace HybridControl.Tests.Simulation.Algebraic;

/// <summary>Algebraic equations at any tolerance: steep ones, and ones whose rounding is as large as what is asked.</summary>
public sealed class AlgebraicToleranceTests
{
    private const double Floor = 1e-2; // values are compared relative to their size, or to this

    private static readonly double[] s_tolerances = [1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11];

    private static IEnumerable<TestCaseData> Methods() => SolverCatalog.Names.Select(name => SolverCatalog.Create(name))
        .OfType<AdaptiveSolver>().Where(solver => solver.SolvesAlgebraicEquations)
        .Select(solver => new TestCaseData(solver).SetArgDisplayNames(solver.Name));

    [TestCaseSource(nameof(Methods))]
    public void The_amplifier_is_run_through_at_every_tolerance(AdaptiveSolver method)
    {
        var scenario = Scenario.For(TransistorAmplifier.Model);
        using (Assert.EnterMultipleScope())
        {
            foreach ((double relative, double scale) in Pairs(1.0, 1e-2, 1e-6))
            {
                Trajectory run = Run(scenario, 0.2, method, relative, scale);
                double error = run.Status == RunStatus.Completed
                    ? TransistorAmplifier.Nodes.Select((node, i) => Miss(run.Value(node, 0.2), TransistorAmplifier.At200Milliseconds[i])).Max()
                    : double.PositiveInfinity;
                Assert.That(error, Is.LessThan((30.0 * relative) + 1e-11), $"{relative:E0}, {scale:E0}: {run.Reason}");
            }
        }
    }

    [TestCaseSource(nameof(Methods))]
    public void The_rectifier_is_run_through_at_every_tolerance(AdaptiveSolver method)
    {
        var scenario = Scenario.For(ModelFile.Load(Repository.At("models", "diode-rectifier.json")));
        Trajectory reference = Run(scenario, 0.1, new Rodas5P(), 1e-12, 0.1);
        using (Assert.EnterMultipleScope())
        {
            foreach ((double relative, double scale) in Pairs(1.0, 1e-2, 1e-4))
            {
                Trajectory run = Run(scenario, 0.1, method, relative, scale);
                double error = run.Status == RunStatus.Completed
                    ? Miss(run.Value("v", 0.1), reference.Value("v", 0.1))
                    : double.PositiveInfinity;
                Assert.That(error, Is.LessThan((30.0 * relative) + 1e-11), $"{relative:E0}, {scale:E0}: {run.Reason}");
                Assert.That(run.Jumps, Has.Length.EqualTo(10), $"{relative:E0}, {scale:E0}");
            }
        }
    }

    // At 1e-11 exponentials make more of the rounding of the voltages than is tolerated: steps that were cut for it went down to the resolution of time.
    [Test]
    public void Bdf_takes_no_shorter_steps_for_rounding()
    {
        var scenario = Scenario.For(TransistorAmplifier.Model);
        long tight = Run(scenario, 0.2, new Bdf(), 1e-11, 1e-2).Statistics.Steps;
        long looser = Run(scenario, 0.2, new Bdf(), 1e-10, 1e-2).Statistics.Steps;
        Assert.That(tight, Is.LessThan(2 * looser));
    }

    private static IEnumerable<(double Relative, double Scale)> Pairs(params double[] scales) =>
        scales.SelectMany(scale => s_tolerances.Select(relative => (relative, scale)));

    private static Trajectory Run(Scenario scenario, double until, AdaptiveSolver method, double relative, double scale) =>
        scenario.TrySimulate(until, new() { Solver = method with { RelativeTolerance = relative, AbsoluteTolerance = scale * relative } });

    private static double Miss(double value, double exact) => Math.Abs(value - exact) / Math.Max(Floor, Math.Abs(exact));
}
