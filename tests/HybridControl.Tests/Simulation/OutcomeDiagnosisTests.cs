using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>What a run that cannot go on says: the culprit by name.</summary>
internal sealed class OutcomeDiagnosisTests
{
    [TestCase("a")]
    [TestCase("b")]
    [TestCase("c")]
    public void A_derivative_that_is_not_a_number_names_its_state(string culprit)
    {
        HybridAutomaton model = HybridAutomaton.Build("roots", h =>
        {
            ModeBuilder mode = h.Mode("m");
            foreach (string name in (string[])["a", "b", "c"])
            {
                Expr state = h.State(name, 1.0);
                mode.Flow(state, name == culprit ? Expr.Sqrt(-1.0 - h.Time) : 1.0);
            }
        });
        Trajectory run = model.TrySimulate(1.0);
        Assert.Multiple(() =>
        {
            Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
            Assert.That(run.Reason, Does.Contain($"state '{culprit}'"));
        });
    }

    [Test]
    public void A_root_that_is_clamped_where_it_ends_is_told_to_clamp_inside()
    {
        HybridAutomaton tank = HybridAutomaton.Build("tank", h =>
        {
            Expr level = h.State("h", 1.0);
            h.Mode("drain").Flow(level, -0.2 * Expr.Sqrt(Expr.Max(level, 0.0)));
            h.Mode("careful").Flow(level, -0.2 * Expr.Sqrt(Expr.Max(level, 1e-9)));
        });
        Trajectory run = tank.TrySimulate(20.0, new() { Solver = new RungeKutta4 { Step = 0.1 } }); // its step is never shortened
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(run.Reason, Does.Contain("Choices such as '").And.Contain("clamp inside the domain, as sqrt(max(x, 1e-9))"));

        // The root of the level falls by 0.1 a second down to that of the clamp, and the level at the rate of that from there.
        double root = Math.Sqrt(1e-9);
        double end = 1e-9 - (0.2 * root * (20.0 - ((1.0 - root) / 0.1)));
        Assert.That((tank with { InitialMode = "careful" }).Simulate(20.0).Value("h", 20.0), Is.EqualTo(end).Within(1e-9));
    }

    [Test]
    public void A_table_that_was_left_is_named_with_its_breakpoints()
    {
        HybridAutomaton model = HybridAutomaton.Build("table", h =>
        {
            Expr x = h.State("x");
            TableFunction f = h.Table("f", [0.0, 1.0], [1.0, 2.0], Extrapolation.Error);
            h.Mode("m").Flow(x, f[x]);
        });
        Trajectory run = model.TrySimulate(5.0);
        Assert.Multiple(() =>
        {
            Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
            Assert.That(run.Reason, Does.Contain("Table 'f' was left").And.Contain("from 0 to 1"));
        });
    }

    [Test]
    public void Two_modes_that_enable_each_other_on_their_common_surface_are_a_livelock()
    {
        HybridAutomaton model = HybridAutomaton.Build("relay", h =>
        {
            Expr v = h.State("v");
            ModeBuilder pos = h.Mode("pos").Flow(v, -2.0);
            ModeBuilder neg = h.Mode("neg").Flow(v, -1.0);
            h.Transition(neg, pos).Guard(v >= 0.0);
            h.Transition(pos, neg).Guard(v <= 0.0);
        });
        Trajectory run = model.TrySimulate(1.0);
        Assert.Multiple(() =>
        {
            Assert.That(run.Status, Is.EqualTo(RunStatus.Livelock));
            Assert.That(run.Reason, Does.Contain("'neg->pos'").And.Contain("'pos->neg'"));
        });
    }

    [Test]
    public void A_snapshot_of_another_run_is_refused()
    {
        HybridAutomaton model = HybridAutomaton.Build("clock", h =>
        {
            Expr x = h.State("x");
            h.Mode("m").Flow(x, 1.0);
        });
        SimulationRun one = Scenario.For(model).Start();
        SimulationRun other = Scenario.For(model with { Name = "other" }).Start();
        Assert.That(() => one.Restore(other.Snapshot()), Throws.TypeOf<ModelException>());
    }
}
