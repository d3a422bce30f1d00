using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Estimation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Algebraic;

public sealed class AlgebraicRefusalTests
{
    private static readonly HybridAutomaton Model = HybridAutomaton.Build("model", h =>
    {
        (Expr x, Expr z) = (h.State("x", 1.0), h.Algebraic("z"));
        h.Mode("m").Flow(x, -z).Equation(z, Expr.Sinh(z), x);
        h.Estimation(e => e.Measure(x, 0.1));
    });

    [Test]
    public void Lanes_refuse_by_name_and_the_simulator_runs_an_ensemble()
    {
        EnsemblePlan plan = new() { Model = Model, Size = 4, Until = 1.0, Solver = new Rodas5P(), Recording = new() { GridTimes = [1.0] } };
        Finding[] findings = [.. new CpuEnsembleBackend().Check(plan)];
        Assert.That(findings.Select(finding => finding.Where), Does.Contain("model, algebraic.z"));
        Assert.That(findings[0].Mend, Does.Contain("SimulatorEnsembleBackend"));
        Assert.That(new SimulatorEnsembleBackend().Check(plan), Is.Empty);
        Assert.That(PlanValidator.Validate(plan with { Solver = new DormandPrince5() }).Select(finding => finding.Where), Does.Contain("model, algebraic.z"));
    }

    [Test]
    public void Estimators_refuse_by_name()
    {
        var refusal = Assert.Throws<ModelException>(() => FlowTransition.For(Model, "m"))!;
        Assert.That(refusal.Message, Does.Contain("model, algebraic.z: the variable is algebraic, and an estimator follows explicit derivatives"));
        Assert.That(HybridModelCheck.Check(Model).Select(finding => finding.Where), Does.Contain("model, algebraic.z"));
    }
}
