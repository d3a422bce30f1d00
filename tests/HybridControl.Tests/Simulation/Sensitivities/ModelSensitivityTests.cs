using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Tests.Models;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation.Sensitivities;

/// <summary>Models of every kind against differences.</summary>
public class ModelSensitivityTests
{
    [TestCase("load-shedding", 3, "H", "D", "deficit", "delay", "stage", TestName = "Timers_that_survive_other_jumps")]
    [TestCase("smib", 2, "H", "Pafter", "faultTime", "tc", TestName = "Timers_and_a_swing_after_them")]
    [TestCase("boost-converter-pwm", 100, "Vin", "L", "R", "D", TestName = "Modulation_by_a_clock")]
    [TestCase("izhikevich-neuron", 13, "a", "b", "c", "peak", "I", TestName = "Spikes")]
    [TestCase("gearbox-impacts", 31, "A", "f", "gap", "e", TestName = "Impacts_on_both_sides")]
    [TestCase("pressure-relief-valve", 40, "kappa", "r", "q", TestName = "A_root_of_what_rests_at_zero")]
    [TestCase("sliding-mode", 1, "down", "up", "fall", "rise", TestName = "Sliding")]
    [TestCase("stick-slip", 8, "k", "belt", "Fs", "Fd", TestName = "Sticking_and_slipping")]
    [TestCase("rocket-staging", 20, "ve1", "q2", "steep", "touch", TestName = "Stages_and_a_landing")]
    [TestCase("two-tanks", 14, "upper.area", "upperValve.high", "lowerValve.c", TestName = "A_network")]
    [TestCase("batch-tank", 9, "A", "c", "inflow", "full", TestName = "A_tank_that_runs_dry")]
    [TestCase("automatic-transmission", 4, "up12", "down32", "finalDrive", TestName = "Edges_and_a_table")]
    [TestCase("telegraph-process", 20, "v", "lambda", TestName = "Rates_with_their_draws_kept")]
    [TestCase("landing-dispersion", 3, "rho0", "mainAltitude", "drogueDelay", TestName = "Draws_at_the_start_kept")]
    public void Derivatives_agree_with_differences(string file, int jumps, params string[] names)
    {
        HybridAutomaton model = ModelLibrary.Load(file);
        double until = model.Experiment!.Until!.Value;
        Assert.That(SensitivityDifferences.Of(model, names, until, [0.3712 * until, 0.71234 * until, 0.98123 * until], jumps), Is.Empty);
    }

    [TestCaseSource(nameof(Methods))]
    public void Every_method_carries_derivatives(string method)
    {
        HybridAutomaton thermostat = ModelLibrary.Load("thermostat");
        SimulationOptions options = new() { Sensitivities = ["high", "k"], Solver = Tight(method) };
        Trajectory run = thermostat.Simulate(31.0, options: options);
        Trajectory reference = thermostat.Simulate(31.0, options: options with { Solver = SensitivityDifferences.Tight });
        AssertAlike(run, reference, "thermostat");
        if (Tight(method) is MatrixExponential)
        {
            return; // for affine modes only
        }

        HybridAutomaton swing = HybridAutomaton.Build("swing", h =>
        {
            var (x, v) = (h.State("x", initial: 2.0), h.State("v"));
            var (mu, kick) = (h.Parameter("mu", 3.0), h.Parameter("kick", 0.1));
            var m = h.Mode("m").Flow((x, v), (v, (mu * (1.0 - (x * x)) * v) - x));
            h.Transition(m, m).Guard(x >= 0.0).Edge(EdgeDirection.Both).Reset(v, (1.0 + kick) * v);
        });
        options = options with { Sensitivities = ["mu", "kick", "x"] };
        AssertAlike(swing.Simulate(40.0, options: options), swing.Simulate(40.0, options: options with { Solver = SensitivityDifferences.Tight }), "swing");
    }

    private static IEnumerable<string> Methods => SolverCatalog.Names.Where(name => Tight(name) is AdaptiveSolver or MatrixExponential);

    private static Solver Tight(string method) => SolverCatalog.Create(method) is AdaptiveSolver adaptive
        ? adaptive with { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-9 }
        : SolverCatalog.Create(method);

    private static void AssertAlike(Trajectory run, Trajectory reference, string model)
    {
        Assert.That(run.Jumps, Has.Length.EqualTo(reference.Jumps.Length), model);
        foreach (string name in reference.Sensitivities)
        {
            double[] expected = [.. reference.Sensitivity(name).JumpTimes];
            Assert.That(run.Sensitivity(name).JumpTimes, Is.EqualTo(expected).Within(1e-5 * expected.Max(Math.Abs)), $"{model}, {name}");
        }
    }
}
