using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Propagation;
using HybridControl.Ensembles.RareEvents;
using HybridControl.Estimation;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Solvers.Stochastic;

/// <summary>What cannot run a stochastic flow says so before the run, by name and with a remedy.</summary>
public sealed class StochasticRefusalTests
{
    [Test]
    public void An_ordinary_method_is_refused_for_every_stochastic_mode()
    {
        HybridAutomaton model = HybridAutomaton.Build("two", h =>
        {
            Expr x = h.State("x");
            ModeBuilder a = h.Mode("a").Diffusion(x, 1.0);
            ModeBuilder b = h.Mode("b").Diffusion(x, 2.0);
            h.Transition(a, b).After(1.0);
        });
        var fault = Assert.Throws<ModelException>(() => model.Simulate(1.0))!;
        Assert.That(fault.Findings.Select(finding => finding.Where), Is.EqualTo(new[] { "two, modes.a.diffusion", "two, modes.b.diffusion" }));
        Assert.That(fault.Message, Does.Contain("'auto'").And.Contain("--solver euler-maruyama --step 1e-3"));
        Assert.That(
            () => PlanValidator.ThrowIfInvalid(new EnsemblePlan { Model = model, Size = 1, Until = 1.0 }), Throws.TypeOf<ModelException>());
        Assert.That(PlanValidator.Validate(new EnsemblePlan { Model = model, Size = 1, Until = 1.0, Solver = new EulerMaruyama() }), Is.Empty);
    }

    [Test]
    public void Milstein_names_the_two_processes_that_do_not_commute()
    {
        HybridAutomaton model = Heston(0.5);
        var fault = Assert.Throws<ModelException>(() => model.Simulate(1.0, new Milstein()))!;
        Assert.That(fault.Message, Does.Contain("'market' and 'mood' do not commute in state 's'").And.Contain("euler-maruyama"));
        Assert.That(() => model.Simulate(0.1, new EulerMaruyama { Step = 0.01 }), Throws.Nothing);
    }

    [Test]
    public void Milstein_runs_processes_that_commute_though_their_terms_look_different()
    {
        // Columns (x y, y^2) and (x^2, x y): L1 b2 and L2 b1 are the same polynomials, written otherwise.
        HybridAutomaton model = HybridAutomaton.Build("twins", h =>
        {
            (Expr x, Expr y) = (h.State("x", 0.1), h.State("y", 0.1));
            (WienerProcess p, WienerProcess q) = (h.Wiener("p"), h.Wiener("q"));
            Expr f = Expr.Square(x + y);
            Expr g = Expr.Square(x) + (2.0 * x * y) + Expr.Square(y);
            h.Mode("m").Diffusion(x, p, f).Diffusion(x, q, 2.0 * g).Diffusion(y, p, g).Diffusion(y, q, 2.0 * f);
        });
        Assert.That(() => model.Simulate(0.1, new Milstein { Step = 0.01 }), Throws.Nothing);
    }

    [Test]
    public void Milstein_refuses_what_it_cannot_test()
    {
        HybridAutomaton model = HybridAutomaton.Build("nowhere", h =>
        {
            (Expr x, Expr y) = (h.State("x", 100.0), h.State("y", 100.0));
            (WienerProcess p, WienerProcess q) = (h.Wiener("p"), h.Wiener("q"));
            Expr far = Expr.Sqrt(x - 50.0);
            h.Mode("m").Diffusion(x, p, far).Diffusion(y, q, Expr.Sqrt(y - 50.0) + far).Diffusion(y, p, far);
        });
        Assert.That(() => model.Simulate(0.1, new Milstein()), Throws.TypeOf<ModelException>().With.Message.Contains("could not be tested"));
    }

    [Test]
    public void A_grid_needs_a_step_and_a_trajectory_a_number()
    {
        HybridAutomaton model = Heston(0.0);
        Assert.That(() => model.Simulate(1.0, new EulerMaruyama { Step = 0.0 }), Throws.TypeOf<ModelException>().With.Message.Contains("step 0 s"));
        Assert.That(() => model.Simulate(1.0, new EulerMaruyama { Step = 0.1, MaximumStep = 0.05 }), Throws.TypeOf<ModelException>());
        Assert.That(
            () => model.Simulate(1.0, new EulerMaruyama(), new() { Trajectory = -1 }), Throws.TypeOf<ModelException>().With.Message.Contains("trajectory"));
        Assert.That(
            () => SolverCatalog.Create("milstein", relativeTolerance: 1e-6), Throws.TypeOf<ModelException>().With.Message.Contains("fixed step"));
        Assert.That(SolverCatalog.Create("euler-maruyama", step: 0.5), Is.EqualTo(new EulerMaruyama { Step = 0.5 }));
        Assert.That(SolverCatalog.Create("milstein", step: 0.25), Is.EqualTo(new Milstein { Step = 0.25 }));
    }

    [Test]
    public void Lanes_estimators_propagators_and_splitting_refuse_a_diffusion_by_name()
    {
        HybridAutomaton model = HybridAutomaton.Build("noisy", h =>
        {
            Expr x = h.State("x", 1.0);
            h.Input("u", 0.0);
            h.Mode("m").Flow(x, -x).Diffusion(x, 0.1);
            h.Estimation(e => e.Measure(x, 0.1).ProcessNoise(x, 0.1).InitialDeviation(x, 1.0));
        });
        const string where = "noisy, modes.m.diffusion";
        var plan = new EnsemblePlan { Model = model, Size = 10, Until = 1.0, Solver = new EulerMaruyama(), Noise = [new("u", new Normal(0.0, 1.0), 0.1)] };
        Assert.That(new CpuEnsembleBackend().Check(plan).Select(finding => finding.Where), Is.EqualTo(new[] { where }));
        Assert.That(new SimulatorEnsembleBackend().Check(plan), Is.Empty);
        Assert.That(() => HybridEstimator.For(model), Refused("process noise"));
        Assert.That(() => FlowTransition.For(model, "m"), Refused("process noise"));
        Assert.That(() => new EnsembleBackendPropagator(model, new SimulatorEnsembleBackend(), new EulerMaruyama()), Refused("propagator"));
        Assert.That(
            () => ImportanceSplitting.Estimate(plan, Expr.Variable(VariableKind.State, "x"), 5.0), Refused("branches"));

        NUnit.Framework.Constraints.IResolveConstraint Refused(string why) =>
            Throws.TypeOf<ModelException>().With.Message.Contains(where).And.Message.Contains(why);
    }

    // The variance drives the price and has noise of its own: the standard pair that does not commute.
    private static HybridAutomaton Heston(double mixing) => HybridAutomaton.Build("heston", h =>
    {
        (Expr s, Expr v) = (h.State("s", 1.0), h.State("v", 0.04));
        (WienerProcess market, WienerProcess mood) = (h.Wiener("market"), h.Wiener("mood"));
        h.Mode("m").Flow(v, 2.0 * (0.04 - v))
            .Diffusion(s, market, Expr.Sqrt(Expr.Max(v, 0.0)) * s)
            .Diffusion(v, mood, 0.3 * Expr.Sqrt(Expr.Max(v, 0.0))).Diffusion(v, market, mixing * v);
    });
}
