using HybridControl.Automata;
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
}
