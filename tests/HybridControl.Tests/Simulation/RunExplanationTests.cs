using HybridControl.Automata;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.Models;
using HybridControl.Tests.Serialization;

namespace HybridControl.Tests.Simulation;

/// <summary>Each diagnosis, with a model that provokes it, and runs that give no reason for any.</summary>
public class RunExplanationTests
{
    [Test]
    public void A_right_hand_side_that_jumps_unannounced_is_found_at_its_time_with_the_state_it_moves()
    {
        var model = HybridAutomaton.Build("opaque", h =>
        {
            _ = (h.State("calm", initial: 1.0), h.State("pushed"));
            h.Mode("m").Flow((t, x, d, dx) => (dx[0], dx[1]) = (-0.3 * x[0], t < 1.2345 ? Math.Sin(t) : Math.Sin(t) - 2.0));
        });
        RunDiagnosis found = One(model.Simulate(3.0, new DormandPrince5()), DiagnosisKind.Discontinuity);
        Assert.That(found.To, Is.EqualTo(1.2345).Within(1e-4));
        Assert.That(found.Subject, Is.EqualTo("pushed"));
        Assert.That(found.Count, Is.GreaterThanOrEqualTo(4));
        Assert.That(found.Mend, Does.Contain("select").And.Contain("modes"));
    }

    [Test]
    public void The_same_switch_declared_is_no_reason_for_a_diagnosis()
    {
        var model = HybridAutomaton.Build("declared", h =>
        {
            var x = h.State("x");
            h.Mode("m").Flow(x, Expr.Select(Expr.Time < 1.2345, Expr.Sin(Expr.Time), Expr.Sin(Expr.Time) - 2.0));
        });
        Assert.That(RunExplanation.Of(model.Simulate(3.0)).Diagnoses, Is.Empty);
    }

    [TestCase(1e-6)]
    [TestCase(1e-4)]
    public void A_guard_that_turns_back_close_to_its_surface_is_a_near_miss_with_time_and_distance(double margin)
    {
        // A body thrown up: the top is at t = 1 and height 4.905.
        HybridAutomaton model = Throw(4.905 + margin);
        Trajectory run = model.Simulate(1.9);
        RunDiagnosis found = One(run, DiagnosisKind.NearMiss);
        Assert.That(found.Subject, Is.EqualTo("ceiling"));
        Assert.That(found.From, Is.EqualTo(1.0).Within(1e-3));
        Assert.That(found.Value, Is.EqualTo(-margin).Within(0.02 * margin));
        Assert.That(run.Statistics.NearMisses, Is.EqualTo(1));
        Assert.That(run.Jumps, Is.Empty);
        Assert.That(RunExplanation.Of(Throw(6.0).Simulate(1.9)).Diagnoses, Is.Empty, "far away is no near miss");
        Assert.That(RunExplanation.Of(Throw(4.905 - margin).Simulate(1.9)).Diagnoses, Is.Empty, "what crosses is no near miss");
    }

    [Test]
    public void A_near_miss_of_a_nonlinear_guard_and_of_one_that_nearly_drops_out_are_found_too()
    {
        var model = HybridAutomaton.Build("swing", h =>
        {
            var (x, v) = (h.State("x"), h.State("v", initial: 1.0));
            var m = h.Mode("m").Flow((x, v), (v, -x));
            h.Transition(m, m, "square").Guard(x * x >= 1.000002).Edge();
            h.Transition(m, m, "leaves").Guard(x >= -1.000001).Edge(EdgeDirection.Down);
        });
        Trajectory run = model.Simulate(6.0, new DormandPrince5 { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-10 });
        RunDiagnosis[] found = Of(run, DiagnosisKind.NearMiss);
        Assert.That(found.Select(d => d.Subject), Is.EqualTo(new[] { "square", "leaves" }));
        Assert.That(found[0].Count, Is.EqualTo(2));
        Assert.That(found[0].Value, Is.EqualTo(-2e-6).Within(2e-7));
        Assert.That(found[1].Value, Is.EqualTo(1e-6).Within(2e-7));
        Assert.That(found[1].From, Is.EqualTo(1.5 * Math.PI).Within(0.02));
    }

    [Test]
    public void A_touch_is_grazing_and_no_near_miss()
    {
        Trajectory run = Throw(4.905).Simulate(1.9, new DormandPrince5 { InitialStep = 0.3, MaximumStep = 0.7 });
        RunDiagnosis found = RunExplanation.Of(run).Diagnoses.Single();
        Assert.That(found.Kind, Is.EqualTo(DiagnosisKind.Grazing));
        Assert.That(found.From, Is.EqualTo(1.0).Within(1e-5));
    }

    [Test]
    public void A_guard_on_a_C_sharp_signal_cannot_be_bounded_over_the_whole_run()
    {
        var model = HybridAutomaton.Build("opaque", h =>
        {
            var x = h.State("x");
            var u = h.Input("u", new HybridControl.Dynamics.DelegateSignal(t => Math.Sin(t), []));
            var m = h.Mode("m").Flow(x, -x);
            h.Transition(m, m, "high").Guard(u + x >= 2.0).Edge();
        });
        RunDiagnosis found = One(model.Simulate(5.0), DiagnosisKind.NotBounded);
        Assert.That((found.Subject, found.From), Is.EqualTo(("high", 0.0)));
        Assert.That(found.To, Is.EqualTo(5.0));
        Assert.That(found.Mend, Does.Contain("expression"));
    }

    [Test]
    public void A_guard_that_is_zero_without_showing_it_spends_its_budget_and_wants_rewriting()
    {
        var model = HybridAutomaton.Build("identity", h =>
        {
            var x = h.State("x", initial: 0.3);
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "never").Guard(Expr.Sin(x) * Expr.Sin(x) + (Expr.Cos(x) * Expr.Cos(x)) >= 1.0).Edge();
        });
        Trajectory run = model.Simulate(3.0);
        DiagnosisKind[] kinds = [.. RunExplanation.Of(run).Diagnoses.Select(d => d.Kind)];
        Assert.That(kinds, Does.Contain(DiagnosisKind.BudgetSpent).And.Contain(DiagnosisKind.CostlyGuard));
        Assert.That(run.Statistics.BudgetCuts, Is.GreaterThan(10));
    }

    [Test]
    public void Bouncing_without_end_is_accumulation()
    {
        Trajectory run = ModelLibrary.Load("bouncing-ball").TrySimulate(1000.0, new() { Zeno = ZenoPolicy.Stop });
        RunDiagnosis found = One(run, DiagnosisKind.Accumulation);
        Assert.That(found.From, Is.EqualTo(run.EndTime));
        Assert.That(found.Mend, Does.Contain("rest"));
    }

    [Test]
    public void A_relay_with_a_narrow_band_chatters()
    {
        var model = HybridAutomaton.Build("relay", h =>
        {
            var x = h.State("x", initial: 0.5);
            var (down, up) = (h.Mode("down").Flow(x, -1.0 - (0.1 * x)), h.Mode("up").Flow(x, 1.0 - (0.1 * x)));
            h.Transition(down, up, "rise").Guard(x <= -1e-7);
            h.Transition(up, down, "fall").Guard(x >= 1e-7);
        });
        Trajectory run = model.TrySimulate(0.501, new() { Zeno = ZenoPolicy.Stop });
        RunDiagnosis[] found = Of(run, DiagnosisKind.Chattering);
        Assert.That(found.Select(d => d.Subject), Is.EquivalentTo(new[] { "rise", "fall" }));
        Assert.That(found[0].Value, Is.EqualTo(4e-7).Within(1e-8));
        Assert.That(found[0].From, Is.EqualTo(0.5).Within(0.02));
    }

    [Test]
    public void A_fast_and_a_slow_rate_are_stiff_and_an_oscillator_is_not()
    {
        var stiff = HybridAutomaton.Build("stiff", h =>
        {
            var (fast, slow) = (h.State("fast", initial: 2.0), h.State("slow", initial: 1.0));
            h.Mode("m").Flow((fast, slow), (-5000.0 * (fast - Expr.Cos(slow)), -slow));
        });
        RunDiagnosis found = One(stiff.Simulate(2.0, new DormandPrince5()), DiagnosisKind.Stiffness);
        Assert.That(found.Value, Is.EqualTo(5000.0).Within(100.0));
        var spring = HybridAutomaton.Build("spring", h =>
        {
            var (x, v) = (h.State("x", initial: 1.0), h.State("v"));
            h.Mode("m").Flow((x, v), (v, -x));
        });
        Assert.That(RunExplanation.Of(spring.Simulate(300.0, new DormandPrince5())).Diagnoses, Is.Empty);
    }

    [Test]
    public void Breakpoints_that_follow_each_other_fast_make_small_steps()
    {
        var model = HybridAutomaton.Build("burst", h =>
        {
            var x = h.State("x");
            double[] times = [.. Enumerable.Range(0, 150).Select(k => 0.5 + (k * 1e-9))];
            var u = h.Input("u", new HybridControl.Dynamics.TableSignal([.. times], [.. times.Select((_, k) => 1.0 + (k % 2))], Linear: false));
            h.Mode("m").Flow(x, u + Expr.Sin(Expr.Time));
        });
        RunDiagnosis found = One(model.Simulate(1.0), DiagnosisKind.SmallSteps);
        Assert.That(found.From, Is.EqualTo(0.5));
        Assert.That(found.To, Is.EqualTo(0.5 + 1.48e-7).Within(1e-9));
        Assert.That(found.Count, Is.EqualTo(149));
        Assert.That(found.Value, Is.EqualTo(1e-9).Within(1e-11));
    }

    [TestCase("lorenz")]
    [TestCase("thermostat")]
    [TestCase("smib")]
    [TestCase("automatic-transmission")]
    [TestCase("manoeuvring-aircraft")]
    public void Healthy_models_give_no_reason_to_doubt_their_results(string name)
    {
        HybridAutomaton model = ModelLibrary.Load(name);
        RunExplanation explanation = RunExplanation.Of(Scenario.For(model).Simulate(model.Experiment?.Until ?? 10.0));
        Assert.That(explanation.Diagnoses.Select(d => d.ToString()), Is.Empty);
    }

    [Test]
    public void As_json_every_diagnosis_has_its_kind_its_time_and_what_to_do()
    {
        Trajectory run = Throw(4.905 + 1e-6).Simulate(1.9);
        using var json = System.Text.Json.JsonDocument.Parse(ExplanationFile.Write(run, RunExplanation.Of(run)));
        System.Text.Json.JsonElement diagnosis = json.RootElement.GetProperty("diagnoses")[0];
        Assert.That(json.RootElement.GetProperty("status").GetString(), Is.EqualTo("completed"));
        Assert.That(diagnosis.GetProperty("kind").GetString(), Is.EqualTo("nearMiss"));
        Assert.That(diagnosis.GetProperty("from").GetDouble(), Is.EqualTo(1.0).Within(1e-3));
        Assert.That(diagnosis.GetProperty("mend").GetString(), Does.Contain("Tighten"));
    }

    private static HybridAutomaton Throw(double ceiling) => HybridAutomaton.Build("throw", h =>
    {
        var (y, v) = (h.State("y"), h.State("v", initial: 9.81));
        var m = h.Mode("m").Flow((y, v), (v, -9.81));
        h.Transition(m, m, "ceiling").Guard(y >= ceiling).Edge();
    });

    private static RunDiagnosis One(Trajectory run, DiagnosisKind kind)
    {
        RunDiagnosis[] found = Of(run, kind);
        Assert.That(found, Has.Length.EqualTo(1), string.Join('\n', RunExplanation.Of(run).Diagnoses));
        return found[0];
    }

    private static RunDiagnosis[] Of(Trajectory run, DiagnosisKind kind) =>
        [.. RunExplanation.Of(run).Diagnoses.Where(diagnosis => diagnosis.Kind == kind)];
}
