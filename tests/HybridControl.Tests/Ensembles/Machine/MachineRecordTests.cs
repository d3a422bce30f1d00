using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Requirements;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles.Machine;

/// <summary>What a machine records, against closed forms.</summary>
public class MachineRecordTests
{
    private static readonly Expr X = Expr.Variable(VariableKind.State, "x");
    private static readonly Expr V = Expr.Variable(VariableKind.State, "v");
    private static readonly Solver Tight = new DormandPrince5 { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-12 };

    [Test]
    public void Samples_lie_on_the_solution_and_leave_the_trajectory_as_it_is([Values] bool fixedStep)
    {
        Solver solver = fixedStep ? new RungeKutta4 { Step = 0.01 } : Tight;
        EnsemblePlan plain = MachineRun.PlanOf(Oscillator(), 5.0, solver);
        ImmutableArray<double> times = [0.0, 0.013, 0.5, 0.50001, 1.7, 3.0, 5.0];
        EnsemblePlan sampled = plain with { Recording = new EnsembleRecording { GridTimes = times, Grid = [new("x", X), new("2v", 2.0 * V)], GridMode = true } };
        MachineRun run = MachineRun.Of(sampled);
        MachineRun without = MachineRun.Of(plain);
        for (int k = 0; k < times.Length; k++)
        {
            Assert.That(run.Grid[3 * k], Is.EqualTo(Math.Cos(times[k])).Within(1e-8));
            Assert.That(run.Grid[(3 * k) + 1], Is.EqualTo(-2.0 * Math.Sin(times[k])).Within(1e-7));
            Assert.That(run.Grid[(3 * k) + 2], Is.Zero);
        }

        Assert.That(run["x"], Is.EqualTo(without["x"]));
        Assert.That(run.Steps, Is.EqualTo(without.Steps));
    }

    [Test]
    public void A_sample_at_a_jump_is_its_right_limit()
    {
        var model = HybridAutomaton.Build("saw", h =>
        {
            var x = h.State("x");
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m).After(1.0).External().Reset(x, 0.0);
        });
        EnsemblePlan plan = MachineRun.PlanOf(model, 3.0) with
        {
            Recording = new EnsembleRecording { GridTimes = [0.5, 1.0, 1.5, 2.0, 3.0], Grid = [new("x", X)] },
        };
        Assert.That(MachineRun.Of(plan).Grid, Is.EqualTo(new[] { 0.5, 0.0, 0.5, 0.0, 0.0 }).Within(1e-12));
    }

    [Test]
    public void Uneven_and_long_grids_are_sampled_at_their_times([Values(5, 63, 200)] int count)
    {
        ImmutableArray<double> times = [.. Enumerable.Range(0, count).Select(k => Math.Pow(k / (double)count, 1.5) * 4.0)];
        EnsemblePlan plan = MachineRun.PlanOf(Oscillator(), 4.0, Tight) with
        {
            Recording = new EnsembleRecording { GridTimes = times, Grid = [new("x", X)] },
        };
        Assert.That(MachineRun.Of(plan).Grid, Is.EqualTo(times.Select(Math.Cos).ToArray()).Within(1e-8));
    }

    [Test]
    public void Extrema_are_those_of_the_solution_and_of_both_sides_of_jumps()
    {
        var model = HybridAutomaton.Build("extrema", h =>
        {
            var (x, v) = (h.State("x", 0.0), h.State("v", 1.0));
            var m = h.Mode("m").Flow((x, v), (v, -x));
            h.Transition(m, m).Guard(x <= -0.5).Edge().Reset(x, -3.0).Reset(v, 0.0);
        });
        EnsemblePlan plan = MachineRun.PlanOf(model, 3.8, Tight) with
        {
            Recording = new EnsembleRecording { Extrema = [new("x", X), new("energy", Expr.Square(X) + Expr.Square(V))] },
        };
        MachineRun run = MachineRun.Of(plan);
        Assert.That(run["max(x)"], Is.EqualTo(1.0).Within(1e-9));
        Assert.That(run["min(x)"], Is.EqualTo(-3.0).Within(1e-9));
        Assert.That(run["max(energy)"], Is.EqualTo(9.0).Within(1e-8));
        Assert.That(run["min(energy)"], Is.EqualTo(1.0).Within(1e-8));
    }

    [Test]
    public void First_passages_and_requirements_tell_when_and_whether()
    {
        EnsemblePlan plan = MachineRun.PlanOf(Oscillator(), 6.0, Tight) with
        {
            Recording = new EnsembleRecording
            {
                Passages = [new("down", X <= 0.0), new("never", X > 2.0), new("at once", X > 0.5)],
                Final = [new("t + x", Expr.Time + X)],
            },
            Requirements =
            [
                new("inside", X <= 1.0 + 1e-6, RequirementKind.Always), new("above", X >= -0.9, RequirementKind.Always),
                new("reaches", X <= -0.99, RequirementKind.Eventually), new("far", X <= -1.1, RequirementKind.Eventually),
                new("ends up", X > 0.9, RequirementKind.AtEnd),
            ],
        };
        MachineRun run = MachineRun.Of(plan);
        Assert.That(run["down"], Is.EqualTo(0.5 * Math.PI).Within(1e-9));
        Assert.That(run["never"], Is.NaN);
        Assert.That(run["at once"], Is.Zero);
        Assert.That(run["t + x"], Is.EqualTo(6.0 + Math.Cos(6.0)).Within(1e-9));
        Assert.That(
            new[] { run["inside"], run["above"], run["reaches"], run["far"], run["ends up"] },
            Is.EqualTo(new[] { 1.0, 0.0, 1.0, 0.0, 1.0 }));
    }

    [Test]
    public void What_must_always_hold_is_not_broken_by_the_bounce_at_its_boundary()
    {
        EnsemblePlan plan = MachineRun.PlanOf(TestKit.Balls.Dropped(10.0, 9.81, 0.8), 8.0) with
        {
            Requirements = [new("floor", Expr.Variable(VariableKind.State, "y") >= 0.0, RequirementKind.Always)],
        };
        MachineRun run = MachineRun.Of(plan);
        Assert.That(run.Jumps, Is.EqualTo(0).Or.GreaterThan(3));
        Assert.That(run["floor"], Is.EqualTo(1.0));
    }

    [Test]
    public void A_stop_rule_ends_the_trajectory_where_it_becomes_true()
    {
        EnsemblePlan plan = MachineRun.PlanOf(Oscillator(), 6.0, Tight) with { Stops = [new("down", X <= -0.5)] };
        MachineRun run = MachineRun.Of(plan);
        Assert.That(run.Status, Is.EqualTo(TrajectoryStatus.Stopped));
        Assert.That(run.Time, Is.EqualTo(2.0 * Math.PI / 3.0).Within(1e-9));
    }

    [Test]
    public void Events_beyond_the_slots_are_counted_only()
    {
        EnsemblePlan plan = MachineRun.PlanOf(TestKit.Balls.Dropped(1.0, 9.81, 0.8), 3.0) with
        {
            Recording = new EnsembleRecording { EventSlots = 2 },
        };
        MachineRun run = MachineRun.Of(plan);
        Assert.That(run.EventTimes, Has.Length.EqualTo(2));
        Assert.That(run.Jumps, Is.GreaterThan(2));
    }

    private static HybridAutomaton Oscillator() => HybridAutomaton.Build("oscillator", h =>
    {
        var (x, v) = (h.State("x", 1.0), h.State("v"));
        h.Mode("m").Flow((x, v), (v, -x));
    });
}
