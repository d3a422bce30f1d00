using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using HybridControl.Requirements;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles;

public class RobustnessRecordTests
{
    private static readonly HybridAutomaton Ball = HybridAutomaton.Build("ball", h =>
    {
        Expr y = h.State("y", initial: 1.0);
        Expr v = h.State("v");
        ModeBuilder fall = h.Mode("fall").Flow((y, v), (v, -9.81));
        h.Transition(fall, fall, "bounce").Guard(y <= 0 & v < 0).Reset(v, -0.7 * v);
    });

    private static readonly EnsemblePlan Plan = Ball.Ensemble(size: 200, until: 1.2, seed: 3).Vary("y", new Uniform(0.8, 1.2)).Vary("v", new Uniform(-1.0, 1.0))
        .RecordRobustness().Require("low", "y < 1.1").Require("fast", "v > 4", RequirementKind.Eventually).Require("down", "y < 0.3 & v < 0", RequirementKind.AtEnd);

    [Test]
    public void Lanes_and_simulator_record_the_same_robustness()
    {
        EnsembleResult lanes = Plan.Run(new CpuEnsembleBackend());
        EnsembleResult simulator = Plan.Run(new SimulatorEnsembleBackend());
        foreach (string name in new[] { "low", "fast", "down" })
        {
            SampleSummary expected = simulator.Robustness(name);
            SampleSummary actual = lanes.Robustness(name);
            Assert.That(actual.Count, Is.EqualTo(200));
            Assert.That(actual.Mean, Is.EqualTo(expected.Mean).Within(1e-8), name);
            Assert.That(actual.Min, Is.EqualTo(expected.Min).Within(1e-8), name);
            Assert.That(actual.Max, Is.EqualTo(expected.Max).Within(1e-8), name);
            Assert.That(lanes.Requirement(name).Successes, Is.EqualTo(simulator.Requirement(name).Successes), name);
        }
    }

    [Test]
    public void Robustness_is_positive_where_the_requirement_is_met()
    {
        EnsembleResult result = Plan.Run(new SimulatorEnsembleBackend());
        Assert.That(result.Robustness("low").Min, Is.LessThan(0.0));
        Assert.That(result.Robustness("low").Max, Is.GreaterThan(0.0));
        Proportion met = result.Requirement("low");
        Assert.That(met.Successes, Is.InRange(1, 199));
        Assert.That(result.Robustness("low").Quantile(1.0 - met.Estimate), Is.EqualTo(0.0).Within(0.02), "the sign parts them");
    }

    [Test]
    public void Any_formula_is_judged_by_the_simulator_and_refused_by_name_on_lanes()
    {
        EnsemblePlan plan = Plan.Require(new Requirement("comes back", Formula.Parse("always[0, 0.7](y < 0.5 implies eventually[0, 0.4](y > 0.3))", Ball)));
        EnsembleResult result = plan.Run(new SimulatorEnsembleBackend());
        Assert.That(result.Requirement("comes back").Trials, Is.EqualTo(200));
        Assert.That(result.Robustness("comes back").Count, Is.EqualTo(200));
        Assert.That(
            () => plan.Run(new CpuEnsembleBackend()),
            Throws.TypeOf<ModelException>().With.Message.Contains("require.comes back: lanes judge always, eventually and atEnd of a condition"));
    }
}
