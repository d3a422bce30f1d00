using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Ensembles.Falsification;
using HybridControl.Requirements;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles;

public class FalsifierTests
{
    // x'' + 2 d x' + x = 1 overshoots by exp(-pi d / sqrt(1 - d^2)).
    private static readonly HybridAutomaton Oscillator = HybridAutomaton.Build("oscillator", h =>
    {
        Expr x = h.State("x");
        Expr v = h.State("v");
        Expr d = h.Parameter("d", 0.5);
        h.Mode("run").Flow((x, v), (v, 1.0 - x - (2.0 * d * v)));
    });

    private static readonly HybridAutomaton Ball = HybridAutomaton.Build("ball", h =>
    {
        Expr y = h.State("y", initial: 1.0, unit: "m");
        Expr v = h.State("v", unit: "m/s");
        ModeBuilder fall = h.Mode("fall").Flow((y, v), (v, -9.81));
        h.Transition(fall, fall, "bounce").Guard(y <= 0 & v < 0).Reset(v, -0.7 * v);
    });

    // Up-shifts at 20 and 40, down-shifts at 15 and 35; full throttle tends to 60.
    private static readonly HybridAutomaton Gears = HybridAutomaton.Build("gears", h =>
    {
        Expr v = h.State("v");
        Expr u = h.Input("u", new ConstantSignal(0.5));
        ModeBuilder[] gears = [.. new[] { "first", "second", "third" }.Select(name => h.Mode(name).Flow(v, 0.1 * ((60.0 * u) - v)))];
        ModeBuilder off = h.Mode("off").Flow(v, -0.1 * v);
        h.Transition(gears[0], gears[1], "1 to 2").Guard(v >= 20);
        h.Transition(gears[1], gears[2], "2 to 3").Guard(v >= 40);
        h.Transition(gears[2], gears[1], "3 to 2").Guard(v <= 35);
        h.Transition(gears[1], gears[0], "2 to 1").Guard(v <= 15);
        h.Transition(gears[0], off, "stop 1").OnCommand("stop");
        h.Transition(gears[1], off, "stop 2").OnCommand("stop");
        h.Transition(gears[2], off, "stop 3").OnCommand("stop");
    });

    private static readonly FalsificationMethod[] Methods = Enum.GetValues<FalsificationMethod>();

    [TestCaseSource(nameof(Methods))]
    public void The_least_damping_overshoots_most(FalsificationMethod method)
    {
        FalsificationResult worst = Falsifier.Run(
            Problem(Oscillator, "always(x < 1.4)", 10.0, new SearchedValue("d", 0.2, 0.8)), Options(method, 150));
        Assert.That(worst.IsFalsified);
        Assert.That(worst.Robustness, Is.EqualTo(0.4 - Math.Exp(-Math.PI * 0.2 / Math.Sqrt(0.96))).Within(1e-4));
        Assert.That(worst.Case.Chosen.Single().Value, Is.EqualTo(0.2).Within(1e-3));
    }

    [TestCaseSource(nameof(Methods))]
    public void A_ball_flies_highest_from_the_highest_place_thrown_up(FalsificationMethod method)
    {
        FalsificationResult worst = Falsifier.Run(
            Problem(Ball, "always(y < 1.5)", 1.0, new SearchedValue("y", 0.5, 1.0), new SearchedValue("v", -2.0, 2.0)), Options(method, 400));
        Assert.That(worst.IsFalsified, Is.False);
        Assert.That(worst.Robustness, Is.EqualTo(0.5 - (4.0 / (2.0 * 9.81))).Within(1e-4));
    }

    [TestCaseSource(nameof(Methods))]
    public void Full_throttle_is_found_piece_by_piece(FalsificationMethod method)
    {
        // v = 60 (1 - exp(-t / 10)).
        FalsificationResult worst = Falsifier.Run(
            Problem(Gears, "always(v < 50)", 20.0, new SearchedInput("u", 0.0, 1.0, Points: 4)), Options(method, 800));
        Assert.That(worst.Robustness, Is.EqualTo(50.0 - (60.0 * (1.0 - Math.Exp(-2.0)))).Within(0.05));
        Assert.That(worst.Case.Chosen, Has.Length.EqualTo(4));
    }

    [Test]
    public void A_course_that_shifts_up_and_down_again_in_time_is_found()
    {
        FalsificationProblem problem = Problem(
            Gears, "!(eventually(mode == \"third\" & eventually[0, 15](mode == \"first\" & v > 5)))", 40.0,
            new SearchedInput("u", 0.0, 1.0, Points: 2));
        FalsificationResult worst = Falsifier.Run(problem, new() { Budget = 300 });
        Assert.That(worst.IsFalsified, $"robustness {worst.Robustness}");
        Assert.That(worst.Evaluations, Is.LessThan(300), "it stops at the first");
    }

    [Test]
    public void Straight_courses_and_times_of_commands_are_searched_too()
    {
        FalsificationResult straight = Falsifier.Run(
            Problem(Gears, "always(v < 50)", 20.0, new SearchedInput("u", 0.0, 1.0, Points: 2, Linear: true)), Options(FalsificationMethod.CmaEs, 100));
        Assert.That(straight.Robustness, Is.EqualTo(50.0 - (60.0 * (1.0 - Math.Exp(-2.0)))).Within(0.05));
        FalsificationResult late = Falsifier.Run(
            Problem(Gears, "always(v < 20)", 20.0, new SearchedCommand("stop", 1.0, 12.0)), Options(FalsificationMethod.NelderMead, 80));
        Assert.That(late.Robustness, Is.EqualTo(20.0 - (30.0 * (1.0 - Math.Exp(-1.2)))).Within(1e-3));
    }

    [Test]
    public void The_worst_run_can_be_repeated_also_as_a_model_file()
    {
        FalsificationProblem problem = Problem(
            Gears, "always(v < 50)", 20.0, new SearchedInput("u", 0.0, 1.0, Points: 3), new SearchedValue("v", 0.0, 10.0), new SearchedCommand("stop", 18.0, 20.0));
        FalsificationResult worst = Falsifier.Run(problem, Options(FalsificationMethod.CmaEs, 60));
        Assert.That(worst.Case.Run().Check(problem.Requirement).Robustness, Is.EqualTo(worst.Robustness));
        HybridAutomaton model = ModelFile.Parse(ModelFile.Write(worst.Case.ToModel()));
        Trajectory again = Scenario.For(model).Simulate(model.Experiment!.Until!.Value);
        Assert.That(again.Check(problem.Requirement).Robustness, Is.EqualTo(worst.Robustness).Within(1e-12));
    }

    [TestCaseSource(nameof(Methods))]
    public void Neither_threads_nor_repetition_change_the_result(FalsificationMethod method)
    {
        FalsificationProblem problem = Problem(Ball, "always(y < 1.1)", 1.0, new SearchedValue("y", 0.5, 1.0), new SearchedValue("v", -2.0, 2.0));
        FalsificationResult one = Falsifier.Run(problem, Options(method, 60) with { Threads = 1 });
        FalsificationResult many = Falsifier.Run(problem, Options(method, 60) with { Threads = 4 });
        Assert.That(many.Case.Chosen, Is.EqualTo(one.Case.Chosen));
        Assert.That((many.Robustness, many.Evaluations), Is.EqualTo((one.Robustness, one.Evaluations)));
        FalsificationResult other = Falsifier.Run(problem, Options(method, 60) with { Seed = 2 });
        Assert.That(other.Evaluations, Is.LessThanOrEqualTo(60));
    }

    [Test]
    public void A_cancelled_search_returns_the_worst_so_far_and_progress_tells_how_far_it_came()
    {
        FalsificationProblem problem = Problem(Oscillator, "always(x < 2)", 10.0, new SearchedValue("d", 0.2, 0.8));
        using var source = new CancellationTokenSource();
        var seen = new List<FalsificationProgress>();
        FalsificationResult worst = Falsifier.Run(
            problem, new()
            {
                Budget = 10_000,
                Progress = new Report(progress =>
            {
                seen.Add(progress);
                if (progress.Evaluations >= 20)
                {
                    source.Cancel();
                }
            })
            }, source.Token);
        Assert.That(worst.Evaluations, Is.InRange(20, 60));
        Assert.That(seen[^1].Robustness, Is.EqualTo(worst.Robustness));
        Assert.That(() => Falsifier.Run(problem, cancellation: source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Everything_that_does_not_fit_is_named_at_once()
    {
        FalsificationProblem problem = Problem(
            Gears, "always(v < 50)", 20.0, new SearchedValue("w", 0.0, 1.0), new SearchedInput("u", 1.0, 0.0, Points: 0), new SearchedCommand("stop", 1.0, 30.0));
        ModelException? fault = Assert.Throws<ModelException>(() => Falsifier.Run(problem));
        Assert.That(fault!.Findings, Has.Length.EqualTo(4));
        Assert.That(fault.Message, Does.Contain("no value 'w'").And.Contain("bounds 1 and 0").And.Contain("too few values").And.Contain("times from 1 s to 30 s"));
    }

    [Test]
    public void What_no_run_could_start_with_is_refused_before_the_search()
    {
        FalsificationProblem problem = Problem(Gears, "always(v < 50)", 20.0, new SearchedCommand("stop", 1.0, 2.0)) with
        {
            Values = ImmutableDictionary<string, double>.Empty.Add("u", double.NaN),
            Commands = [TimedCommand.Give(1.0, "go")],
        };
        ModelException fault = Assert.Throws<ModelException>(() => Falsifier.Run(problem))!;
        Assert.That(fault.Message, Does.Contain("value NaN for 'u'").And.Contain("no transition listens to 'go'"));
        Assert.That(
            () => Falsifier.Run(problem with { Solver = new Rodas5P { RelativeTolerance = double.NaN }, Values = problem.Values.Clear(), Commands = [] }),
            Throws.TypeOf<ModelException>().With.Message.Contains("tolerance"));
    }

    private static FalsificationProblem Problem(HybridAutomaton model, string formula, double until, params SearchedQuantity[] searched) =>
        new() { Model = model, Requirement = new("r", Formula.Parse(formula, model)), Until = until, Searched = [.. searched] };

    private static FalsificationOptions Options(FalsificationMethod method, int budget) =>
        new() { Method = method, Budget = budget, StopsAtViolation = false };

    private sealed class Report(Action<FalsificationProgress> action) : IProgress<FalsificationProgress>
    {
        void IProgress<FalsificationProgress>.Report(FalsificationProgress value) => action(value);
    }
}
