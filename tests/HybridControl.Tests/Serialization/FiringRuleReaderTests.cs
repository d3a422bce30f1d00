using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Serialization;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Serialization;

/// <summary>When transitions fire, in model files.</summary>
public class FiringRuleReaderTests
{
    private static IEnumerable<TestCaseData> Rules()
    {
        Expr x = Expr.Variable(VariableKind.State, "x");
        yield return new TestCaseData("\"rule\": \"permissive\"", new PermissiveRule(PermissivePolicy.Asap));
        yield return new TestCaseData("\"rule\": \"permissive\", \"policy\": \"alap\"", new PermissiveRule(PermissivePolicy.Alap));
        yield return new TestCaseData("\"rule\": \"permissive\", \"policy\": \"random\", \"mean\": \"2*x\"", new PermissiveRule(PermissivePolicy.Random, 2.0 * x));
        yield return new TestCaseData("\"every\": 0.1", new SampledRule(0.1));
        yield return new TestCaseData("\"every\": \"1/30\", \"offset\": 0.01", new SampledRule(Expr.One / 30.0, 0.01));
        yield return new TestCaseData("\"rate\": \"0.5*x\"", new RateRule(0.5 * x));
        yield return new TestCaseData(
            "\"after\": \"uniform(1, x)\", \"survives\": true, \"instances\": 4", new AfterRule(Expr.Uniform(1.0, x), Survives: true, Instances: 4));
    }

    [TestCaseSource(nameof(Rules))]
    public void A_rule_reads_as_it_is_written(string properties, FiringRule rule)
    {
        HybridAutomaton model = ModelFile.Parse(Model(properties), "m.json");
        Assert.That(model.Transitions[0].Rule, Is.EqualTo(rule));
        Assert.That(ModelFile.Parse(ModelFile.Write(model), "again.json"), Is.EqualTo(model));
    }

    [TestCase("\"every\": 0.1, \"after\": 1", "transitions[0].every", "one rule")]
    [TestCase("\"rate\": 1, \"rule\": \"edge\"", "transitions[0].rate", "one rule")]
    [TestCase("\"offset\": 0.1", "transitions[0].offset", "no meaning")]
    [TestCase("\"policy\": \"alap\"", "transitions[0].policy", "no meaning")]
    [TestCase("\"rule\": \"permissive\", \"policy\": \"soon\"", "transitions[0].policy", "soon")]
    [TestCase("\"rule\": \"permissive\", \"policy\": \"random\"", "transitions[0].mean", "missing")]
    [TestCase("\"rule\": \"permissive\", \"policy\": \"random\", \"mean\": -1", "transitions[0].mean", "-1")]
    [TestCase("\"after\": 1, \"survives\": true, \"instances\": 1.5", "transitions[0].instances", "1.5")]
    [TestCase("\"after\": 1, \"survives\": true, \"instances\": 0", "transitions[0].instances", "0 timers")]
    [TestCase("\"after\": 1, \"survives\": true, \"instances\": 1e9", "transitions[0].instances", "timers")]
    [TestCase("\"after\": 1, \"instances\": 2", "transitions[0].instances", "does not survive")]
    [TestCase("\"every\": 0", "transitions[0].every", "0 s")]
    [TestCase("\"every\": \"x\"", "transitions[0].every", "parameters only")]
    [TestCase("\"rate\": \"-1\"", "transitions[0].rate", "-1")]
    [TestCase("\"rate\": \"normal(0, 1)\"", "transitions[0].rate", "random")]
    [TestCase("\"reset\": { \"x\": \"uniform(1)\" }", "transitions[0].reset.x", "uniform")]
    public void A_rule_without_sense_is_found(string properties, string where, string what)
    {
        ModelException refusal = Assert.Throws<ModelException>(() => ModelFile.Parse(Model(properties), "m.json"))!;
        Assert.That(
            refusal.Findings.Any(finding => finding.Where.Contains(where, StringComparison.Ordinal) && finding.What.Contains(what, StringComparison.Ordinal)),
            Is.True, refusal.Message);
    }

    [TestCase("uniform")]
    [TestCase("normal")]
    [TestCase("exponential")]
    public void The_names_of_draws_mean_something_already(string name)
    {
        string text = $$"""{ "name": "m", "parameters": { "{{name}}": 1 }, "modes": { "a": { } } }""";
        ModelException refusal = Assert.Throws<ModelException>(() => ModelFile.Parse(text, "m.json"))!;
        Assert.That(refusal.Message, Does.Contain("already means a function"));
    }

    private static string Model(string properties) => $$"""
        { "name": "m", "states": { "x": 1 }, "modes": { "a": { "flow": { "x": 1 }, "invariant": "x <= 9" } },
          "transitions": [ { "from": "a", "to": "a", "guard": "x >= 5", {{properties}} } ] }
        """;
}
