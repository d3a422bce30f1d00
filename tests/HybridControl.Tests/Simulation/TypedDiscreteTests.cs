using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Integers and booleans among the discrete variables.</summary>
public class TypedDiscreteTests
{
    [Test]
    public void A_boolean_guards_and_is_set_by_a_condition()
    {
        var model = HybridAutomaton.Build("valve", h =>
        {
            Expr x = h.State("x");
            BooleanVariable open = h.Boolean("open");
            BooleanVariable high = h.Boolean("high", Condition.True);
            ModeBuilder run = h.Mode("run").Flow(x, 1.0);
            ModeBuilder end = h.Mode("end");
            h.Transition(run, run, "toggle").Guard(Condition.Crosses(x - 1.0)).Edge().Reset(open, !open).Reset(high, x >= 2.0);
            h.Transition(run, end, "leave").Guard(open & !high & x >= 3.0);
        });
        Trajectory run = model.Simulate(until: 5.0);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(["toggle", "leave"]));
        Assert.That(run.Jumps[1].Time, Is.EqualTo(3.0).Within(1e-9));
        Assert.That(run.Value("open", 0.5), Is.Zero);
        Assert.That(run.Value("open", 1.5), Is.EqualTo(1.0));
        Assert.That(run.Value("high", 0.5), Is.EqualTo(1.0));
        Assert.That(run.Value("high", 1.5), Is.Zero);
    }

    [Test]
    public void A_fraction_for_an_integer_ends_the_run_and_names_both()
    {
        HybridAutomaton model = Counter(n => n + 0.5);
        Trajectory run = model.TrySimulate(until: 3.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.ValueRefused));
        Assert.That(run.IsError);
        Assert.That(run.EndTime, Is.EqualTo(1.0).Within(1e-9));
        Assert.That(run.Reason, Does.Contain("the transition 'count' gave 0.5 for the integer 'n'"));
        Assert.That(run.Value("n", run.EndTime), Is.Zero, "nothing was written");
        Assert.That(run.Jumps, Is.Empty);
    }

    [Test]
    public void What_rounding_leaves_behind_is_taken_away()
    {
        double almost = 3.0 * (0.1 + 0.2) / 0.9;
        Assert.That(almost, Is.Not.EqualTo(1.0));
        Trajectory run = Counter(n => n + almost).Simulate(until: 2.5);
        Assert.That(run.Value("n", 2.5), Is.EqualTo(2.0));
    }

    [Test]
    public void A_sampled_update_and_an_initial_value_are_held_to_the_type()
    {
        var sampled = HybridAutomaton.Build("sampled", h =>
        {
            Expr x = h.State("x");
            Expr n = h.Integer("n");
            h.Mode("m").Flow(x, 1.0);
            h.Every("loop", 1.0, (n, n + 0.5));
        });
        Trajectory run = sampled.TrySimulate(until: 3.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.ValueRefused));
        Assert.That(run.Reason, Does.Contain("the sampled update 'loop' gave 0.5").And.Contain("integer 'n'"));
        var start = HybridAutomaton.Build("start", h =>
        {
            Expr p = h.Parameter("p", 2.0);
            h.Integer("n", p);
            h.Mode("m");
        });
        Assert.That(start.Simulate(until: 1.0).Value("n", 0.5), Is.EqualTo(2.0));
        Trajectory fraction = start.TrySimulate(until: 1.0, new SimulationOptions { Values = ImmutableDictionary<string, double>.Empty.Add("p", 2.5) });
        Assert.That(fraction.Status, Is.EqualTo(RunStatus.ValueRefused));
        Assert.That(fraction.Reason, Does.Contain("the initial value of 'n' gave 2.5"));
    }

    [Test]
    public void Settings_that_do_not_fit_are_findings_before_the_run()
    {
        HybridAutomaton model = Counter(n => n + 1.0);
        Assert.That(
            () => Scenario.For(model).At(1.0, ("n", 0.5)).Simulate(until: 2.0),
            Throws.TypeOf<ModelException>().With.Message.Contains("0.5 for the integer 'n'"));
        Assert.That(
            () => model.Simulate(2.0, options: new SimulationOptions { Values = ImmutableDictionary<string, double>.Empty.Add("n", 1.5) }),
            Throws.TypeOf<ModelException>().With.Message.Contains("1.5 for the integer 'n'"));
        Assert.That(Scenario.For(model).At(0.5, ("n", 7.0)).Simulate(until: 0.9).Value("n", 0.8), Is.EqualTo(7.0));
    }

    [Test]
    public void Constants_and_numbers_of_the_wrong_type_are_found_in_the_model()
    {
        Assert.That(
            () => HybridAutomaton.Build("wrong", h =>
            {
                Expr n = h.Integer("n", 0.5);
                BooleanVariable open = h.Boolean("open");
                ModeBuilder m = h.Mode("m");
                h.Transition(m, m, "go").After(1.0).Reset(n, 1.5).Reset(open.Variable, n);
                h.Output("sum", open.Variable + n);
            }),
            Throws.TypeOf<ModelException>()
                .With.Message.Contains("the initial value is 0.5 for the integer 'n'")
                .And.Message.Contains("the reset gives 1.5 for the integer 'n'")
                .And.Message.Contains("the reset gives a number for the boolean 'open'")
                .And.Message.Contains("'open' is true or false and stands where a number is expected"));
    }

    [Test]
    public void A_file_reads_and_writes_booleans_as_conditions()
    {
        const string text = """
            {
              "name": "valve",
              "states": { "h": 1 },
              "discrete": { "open": false, "n": { "initial": 2, "type": "integer" }, "high": { "initial": "1 > 2", "type": "boolean" } },
              "modes": { "m": { "flow": { "h": "select(open, -1, 1)" }, "invariant": "h >= 0 | open" } },
              "transitions": [
                { "name": "go", "from": "m", "to": "m", "guard": "!open & h > 2 & n >= 0", "reset": { "open": "h > 2 & !high", "high": true, "n": "n + 1" } }
              ],
              "experiment": { "until": 2, "commands": [{ "at": 0.5, "set": { "high": true } }] }
            }
            """;
        HybridAutomaton model = ModelFile.Parse(text);
        string written = ModelFile.Write(model);
        Assert.That(ModelFile.Parse(written), Is.EqualTo(model));
        Assert.That(written, Does.Contain("\"guard\": \"!open & h > 2 & n >= 0\"").And.Contain("\"open\": \"h > 2 & !high\"")
            .And.Contain("\"high\": true").And.Contain("\"open\": false").And.Contain("select(open, -1, 1)"));
    }

    [TestCase("\"n\": { \"initial\": 0.5, \"type\": \"integer\" }", "\"m\": {}", "0.5 for the integer 'n'")]
    [TestCase("\"open\": { \"initial\": 1, \"type\": \"boolean\" }", "\"m\": {}", "a condition is expected")]
    [TestCase("\"open\": true", "\"m\": { \"invariant\": \"open + 1 > 0\" }", "needs a number, but this is a condition")]
    [TestCase("\"n\": { \"type\": \"whole\" }", "\"m\": {}", "unknown type 'whole'")]
    public void A_file_with_wrong_types_is_refused(string discrete, string modes, string expected) => Assert.That(
        () => ModelFile.Parse($"{{ \"name\": \"n\", \"discrete\": {{ {discrete} }}, \"modes\": {{ {modes} }} }}"),
        Throws.TypeOf<ModelException>().With.Message.Contains(expected));

    [Test]
    public void Lanes_run_what_is_whole_by_itself_and_refuse_the_rest_by_name()
    {
        var fine = new EnsemblePlan { Model = Counter(n => n + 1.0), Size = 8, Until = 2.5 };
        Assert.That(new CpuEnsembleBackend(1).Check(fine), Is.Empty);
        var open = new EnsemblePlan { Model = Counter(n => n / 2.0), Size = 8, Until = 2.5 };
        Assert.That(new CpuEnsembleBackend(1).Check(open).Single().What, Does.Contain("lanes do not check the values of 'n'"));
    }

    private static HybridAutomaton Counter(Func<Expr, Expr> next) => HybridAutomaton.Build("counter", h =>
    {
        Expr x = h.State("x");
        Expr n = h.Integer("n");
        ModeBuilder go = h.Mode("go").Flow(x, 1.0);
        h.Transition(go, go, "count").Guard(x >= 1.0).Reset(x, 0.0).Reset(n, next(n));
    });
}
