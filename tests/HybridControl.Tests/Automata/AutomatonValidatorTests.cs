using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Automata;

public sealed class AutomatonValidatorTests
{
    private static readonly Expr X = Expr.Variable(VariableKind.State, "x");
    private static readonly Expr K = Expr.Variable(VariableKind.Parameter, "k");
    private static readonly Expr N = Expr.Variable(VariableKind.Discrete, "n");

    private static readonly HybridAutomaton Sound = new()
    {
        Name = "sound",
        InitialMode = "m",
        Parameters = [new("k", 2.0)],
        States = [new("x", Expr.One)],
        Discretes = [new("n", Expr.Zero)],
        Modes = [new("m", new ExprFlow([new("x", -K * X)]), [])],
    };

    [Test]
    public void A_sound_model_has_no_findings() => Assert.That(AutomatonValidator.Validate(Sound), Is.Empty);

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Parameters_are_finite(double value) => AssertError(
        Sound with { Parameters = [new("k", value)] }, "parameters.k", "the value is");

    [Test]
    public void An_expression_that_uses_a_variable_as_another_kind_is_refused() => AssertError(
        WithFlow(Expr.Variable(VariableKind.Input, "x")), "modes.m.flow.x", "'x' is used as an input but declared as a state");

    [Test]
    public void Unknown_names_come_with_suggestions()
    {
        Finding finding = AssertError(WithFlow(Expr.Variable(VariableKind.State, "xx")), "modes.m.flow.x", "unknown name 'xx'");
        Assert.That(finding.Mend, Is.EqualTo("Did you mean 'x'? Known: k, n, x."));
    }

    [Test]
    public void Constants_and_coefficients_are_finite()
    {
        AssertError(WithFlow(X + double.NaN), "modes.m.flow.x", "the constant nan is not a finite number");
        AssertError(WithFlow(Expr.LinearForm([double.PositiveInfinity], [X])), "modes.m.flow.x", "a coefficient of the linear form");
    }

    [Test]
    public void Flows_write_declared_states_once()
    {
        AssertError(WithFlows(new Assignment("y", X)), "modes.m.flow.y", "the flow writes 'y', which is not declared");
        AssertError(WithFlows(new Assignment("n", X)), "modes.m.flow.n", "the flow writes 'n', which is a discrete variable");
        AssertError(WithFlows(new Assignment("x", X), new Assignment("x", X)), "modes.m.flow.x", "the flow writes 'x' twice");
    }

    [Test]
    public void Resets_write_states_and_discrete_variables_once()
    {
        AssertError(WithReset(new Assignment("k", X)), "transitions.m->m.reset.k", "the reset writes 'k', which is a parameter");
        AssertError(WithReset(new Assignment("n", X), new Assignment("n", X)), "transitions.m->m.reset.n", "the reset writes 'n' twice");
        Assert.That(AutomatonValidator.Validate(WithReset(new Assignment("n", X), new Assignment("x", N))), Is.Empty);
    }

    [Test]
    public void Names_are_unique_over_all_kinds()
    {
        AssertError(Sound with { Discretes = [new("n", 0.0), new("x", 0.0)] }, "discrete.x", "'x' is declared as a state and as a discrete variable");
        AssertError(Sound with { States = [new("x", 0.0), new("x", 0.0)] }, "states.x", "the state 'x' is declared twice");
        AssertError(Sound with { Inputs = [new("atan2", 0.0)] }, "inputs.atan2", "'atan2' already means a function");
        AssertError(Sound with { Outputs = [new("pi", 0.0)] }, "outputs.pi", "'pi' already means a word of the language");
        AssertError(Sound with { Outputs = [new("", 0.0)] }, "outputs.", "the name is empty");
        AssertError(Sound with { Outputs = [new("a\tb", 0.0)] }, "outputs.a\tb", "U+0009");
        AssertError(Sound with { Outputs = [new("a\ud800", 0.0)] }, "outputs.a\ud800", "U+D800");
    }

    [Test]
    public void Modes_exist_and_are_unique()
    {
        AssertError(Sound with { Modes = [] }, "modes", "the model has no modes");
        AssertError(Sound with { Modes = [Sound.Modes[0], Sound.Modes[0]] }, "modes.m", "the mode 'm' is declared twice");
        AssertError(Sound with { InitialMode = "q" }, "initialMode", "unknown mode 'q'");
        AssertError(Sound with { Transitions = [Jump("m", "q")] }, "transitions.m->q.to", "unknown mode 'q'");
    }

    [Test]
    public void Unreachable_modes_are_a_warning()
    {
        HybridAutomaton model = Sound with { Modes = [Sound.Modes[0], new("far", ExprFlow.AtRest, [])], Transitions = [Jump("far", "m")] };
        AssertWarning(model, "modes.far", "no chain of transitions leads from 'm' to the mode 'far'");
    }

    [Test]
    public void Two_transitions_of_one_name_are_an_error_only_if_the_name_was_given()
    {
        AssertWarning(Sound with { Transitions = [Jump("m", "m"), Jump("m", "m")] }, "transitions.m->m", "two transitions are called 'm->m'");
        AssertError(Sound with { Transitions = [Jump("m", "m") with { Name = "a" }, Jump("m", "m") with { Name = "a" }] },
            "transitions.a", "two transitions are called 'a'");
    }

    [Test]
    public void A_self_loop_that_is_always_enabled_is_a_warning() => AssertWarning(
        Sound with { Transitions = [Jump("m", "m") with { Guard = Condition.True }] }, "transitions.m->m.guard", "time stands still");

    [Test]
    public void Crosses_belongs_to_guards_of_edge_transitions()
    {
        var crosses = Condition.Crosses(X);
        Transition edge = Jump("m", "m") with { Rule = new EdgeRule() };
        Assert.That(AutomatonValidator.Validate(Sound with { Transitions = [edge with { Guard = crosses & X > 0.0 }] }), Is.Empty);
        AssertError(Sound with { Transitions = [edge with { Guard = !crosses }] }, "transitions.m->m.guard", "crosses(...) cannot stand here");
        AssertError(Sound with { Transitions = [Jump("m", "m") with { Guard = crosses }] }, "transitions.m->m.guard", "not an edge transition");
        AssertError(Sound with { Modes = [new("m", ExprFlow.AtRest, [new(crosses)])] }, "modes.m.invariant", "an invariant must hold over time");
        AssertError(WithFlow(Expr.Select(crosses, X, 0.0)), "modes.m.flow.x", "crosses(...) cannot stand here");
        AssertError(Sound with { Transitions = [edge with { Guard = Condition.Compare(Expr.Select(crosses, X, 0.0), Relation.Less, X) }] },
            "transitions.m->m.guard", "crosses(...) cannot stand here");
    }

    [Test]
    public void Initial_values_depend_on_parameters_only()
    {
        AssertError(Sound with { States = [new("x", N)] }, "states.x.initial", "an initial value may depend on parameters only, but uses the discrete variable 'n'");
        AssertError(Sound with { States = [new("x", Expr.Time)] }, "states.x.initial", "uses time 't'");
        Expr hidden = Expr.Alias("speed", X);
        AssertError(Sound with { Outputs = [new("speed", X)], Discretes = [new("n", hidden)] }, "discrete.n.initial", "uses the state 'x'");
        AssertError(Sound with { States = [new("x", Expr.Sqrt(-K))] }, "states.x.initial", "the initial value is NaN");
    }

    [Test]
    public void Outputs_use_what_is_declared_before_them()
    {
        Expr a = Expr.Alias("a", X);
        AssertError(Sound with { Outputs = [new("b", a), new("a", X)] }, "outputs.b", "uses the output 'a', which is declared after it");
        AssertError(Sound with { Outputs = [new("a", Expr.Alias("a", X))] }, "outputs.a", "the output 'a' uses itself");
        AssertError(WithFlow(a), "modes.m.flow.x", "the model has no output of that name");
        AssertError(WithFlow(a) with { Outputs = [new("a", 2.0 * X)] }, "modes.m.flow.x", "'a' stands for another expression here");
        Assert.That(AutomatonValidator.Validate(WithFlow(a) with { Outputs = [new("a", X), new("b", a)] }), Is.Empty);
    }

    [Test]
    public void Tables_are_declared_once_with_one_content()
    {
        var table = new LookupCurve("T", [0.0, 1.0], [0.0, 1.0]);
        AssertError(WithFlow(Expr.Lookup(table, X)), "modes.m.flow.x", "the table 'T' is used but not declared");
        AssertError(WithFlow(Expr.Lookup(table, X)) with { Tables = [new LookupCurve("T", [0.0, 2.0], [0.0, 1.0])] },
            "modes.m.flow.x", "the table 'T' has other values here");
        AssertError(Sound with { Tables = [table, table] }, "tables.T", "the table 'T' is declared twice");
    }

    [Test]
    public void Clocks_and_delays_are_positive()
    {
        AssertError(WithClock(Expr.Zero, Expr.Zero), "sampled.c.period", "the value is 0 s");
        AssertError(WithClock(K - 3.0, Expr.Zero), "sampled.c.period", "the value is -1 s");
        AssertError(WithClock(Expr.One, -1.0), "sampled.c.offset", "the value is -1 s");
        AssertError(WithClock(X, Expr.Zero), "sampled.c.period", "a period may depend on parameters only");
        AssertError(Sound with { Transitions = [Jump("m", "m") with { Rule = new AfterRule(-K) }] }, "transitions.m->m.after", "the delay is -2 s");
        Assert.That(AutomatonValidator.Validate(Sound with { Transitions = [Jump("m", "m") with { Rule = new AfterRule(X) }] }), Is.Empty);
    }

    [Test]
    public void Sampled_updates_write_discrete_variables_once()
    {
        AssertError(Sound with { SampledUpdates = [new("c", 1.0, 0.0, [new("x", N)])] }, "sampled.c.set.x", "the update writes 'x', which is a state");
        AssertError(Sound with { SampledUpdates = [new("c", 1.0, 0.0, [new("n", N), new("n", N)])] }, "sampled.c.set.n", "twice");
    }

    [Test]
    public void Signals_are_finite_and_sorted()
    {
        AssertError(WithInput(new RampSignal(1.0, 1.0, 0.0, 1.0)), "inputs.u", "the ramp ends at 1 s but starts at 1 s");
        AssertError(WithInput(new StepSignal(double.NaN, 0.0, 1.0)), "inputs.u.at", "the value is NaN");
        AssertError(WithInput(new TableSignal([0.0, 0.0], [1.0, 2.0])), "inputs.u.times", "time 1 is 0 after 0");
        AssertError(WithInput(new TableSignal([0.0], [1.0, 2.0])), "inputs.u", "1 times but 2 values");
        AssertError(WithInput(new DelegateSignal(Math.Sin, [2.0, 1.0])), "inputs.u.times", "time 1 is 1 after 2");
    }

    [Test]
    public void Experiments_name_what_the_model_has()
    {
        AssertError(WithExperiment(new() { Until = -1.0 }), "experiment.until", "the end time is -1 s");
        AssertError(WithExperiment(new() { Plot = ["y"] }), "experiment.plot[0]", "unknown name 'y'");
        AssertError(WithExperiment(new() { Commands = [TimedCommand.Assign(1.0, "y", 0.0)] }), "experiment.commands[0].set.y", "unknown name 'y'");
        AssertError(WithExperiment(new() { Commands = [TimedCommand.Assign(-1.0, "x", 0.0)] }), "experiment.commands[0].at", "the time is -1 s");
        AssertError(WithExperiment(new() { Commands = [TimedCommand.Give(1.0, "go")] }), "experiment.commands[0].command", "no transition listens to the command 'go'");
        AssertWarning(WithExperiment(new() { Until = 1.0, Commands = [TimedCommand.Assign(2.0, "x", 0.0)] }), "experiment.commands[0].at", "after the end");
    }

    [Test]
    public void Every_finding_is_reported_at_once()
    {
        HybridAutomaton model = Sound with { Parameters = [new("k", double.NaN)], InitialMode = "q", Transitions = [Jump("a", "b")] };
        Assert.That(AutomatonValidator.Validate(model), Has.Length.EqualTo(4));
        Assert.That(() => AutomatonValidator.ThrowIfInvalid(model), Throws.TypeOf<ModelException>());
    }

    [Test]
    public void Deep_expressions_do_not_exhaust_the_stack()
    {
        Expr deep = X;
        for (int i = 0; i < 200_000; i++)
        {
            deep += 1.0;
        }

        Assert.That(AutomatonValidator.Validate(WithFlow(deep)), Is.Empty);
    }

    private static HybridAutomaton WithFlow(Expr derivative) => WithFlows(new Assignment("x", derivative));

    private static HybridAutomaton WithFlows(params Assignment[] flows) =>
        Sound with { Modes = [new("m", new ExprFlow([.. flows]), [])] };

    private static HybridAutomaton WithReset(params Assignment[] resets) =>
        Sound with { Transitions = [Jump("m", "m") with { Resets = [.. resets] }] };

    private static HybridAutomaton WithClock(Expr period, Expr offset) =>
        Sound with { SampledUpdates = [new("c", period, offset, [new("n", X)])] };

    private static HybridAutomaton WithInput(Signal signal) => Sound with { Inputs = [new("u", signal)] };

    private static HybridAutomaton WithExperiment(Experiment experiment) => Sound with { Experiment = experiment };

    private static Transition Jump(string from, string to) =>
        new() { Name = $"{from}->{to}", From = from, To = to, Guard = X < 0.0 };

    private static Finding AssertError(HybridAutomaton model, string where, string what) => AssertFinding(model, where, what, Severity.Error);

    private static void AssertWarning(HybridAutomaton model, string where, string what)
    {
        AssertFinding(model, where, what, Severity.Warning);
        Assert.That(() => AutomatonValidator.ThrowIfInvalid(model), Throws.Nothing);
    }

    private static Finding AssertFinding(HybridAutomaton model, string where, string what, Severity severity)
    {
        ImmutableArray<Finding> findings = AutomatonValidator.Validate(model);
        Finding? found = findings.FirstOrDefault(finding =>
            finding.Where == where && finding.What.Contains(what, StringComparison.Ordinal) && finding.Severity == severity);
        Assert.That(found, Is.Not.Null, string.Join("\n", findings));
        return found!;
    }
}
