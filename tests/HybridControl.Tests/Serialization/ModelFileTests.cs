using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Serialization;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Serialization;

public sealed class ModelFileTests
{
    private static IEnumerable<string> Models => Repository.Models;

    [Test]
    public void Writing_and_reading_gives_an_equal_automaton()
    {
        string text = ModelFile.Write(EveryFeature.Automaton);
        HybridAutomaton read = ModelFile.Parse(text, "every.json");
        Assert.That(read, Is.EqualTo(EveryFeature.Automaton), text);
        Assert.That(ModelFile.Write(read), Is.EqualTo(text));
    }

    [Test]
    public void Equations_and_mass_matrices_survive_the_file()
    {
        string text = ModelFile.Write(EveryFeature.Implicit);
        HybridAutomaton read = ModelFile.Parse(text, "implicit.json");
        Assert.That(read, Is.EqualTo(EveryFeature.Implicit), text);
        Assert.That(ModelFile.Write(read), Is.EqualTo(text));
        Assert.That(text, Does.Contain("\"i = j\": \"3 * 'i = j' - v = select(v <= 'w = v', 'w = v', -v)\"").And.Contain("\"v\": { \"v\": \"mass + n\", \"w = v\": -0.25 }"));
    }

    [TestCaseSource(nameof(Models))]
    public void Every_model_file_survives_load_save_load(string path)
    {
        HybridAutomaton model = ModelFile.Load(path);
        string copy = Path.Combine(TestContext.CurrentContext.WorkDirectory, Path.GetRandomFileName());
        ModelFile.Save(model, copy);
        HybridAutomaton again = ModelFile.Load(copy);
        File.Delete(copy);
        Assert.That(again, Is.EqualTo(model));
        Assert.That(model.Source, Is.Not.Empty, "a model says where it comes from");
        Assert.That(model.Name, Is.EqualTo(Path.GetFileNameWithoutExtension(path)));
    }

    [TestCaseSource(nameof(Models))]
    public void Every_model_file_is_free_of_findings(string path) => Assert.That(ModelFile.Check(path), Is.Empty);

    [Test]
    public void Random_expressions_survive_the_file()
    {
        var random = new Random(20);
        for (int k = 0; k < 300; k++)
        {
            var automaton = HybridAutomaton.Build("random", h =>
            {
                Expr[] leaves = [h.State("x"), h.Parameter("p", 2.0), h.Input("u", 0.0), h.Discrete("d"), h.Time, 2.0, -0.5, 1e-7];
                Expr Grow(int depth) => depth == 0 || random.Next(6) == 0 ? leaves[random.Next(leaves.Length)] : random.Next(9) switch
                {
                    0 => Grow(depth - 1) + Grow(depth - 1),
                    1 => Grow(depth - 1) - Grow(depth - 1),
                    2 => Grow(depth - 1) * Grow(depth - 1),
                    3 => Grow(depth - 1) / Grow(depth - 1),
                    4 => Expr.Power(Grow(depth - 1), Grow(depth - 1)),
                    5 => Expr.Node(Operation.Negate, Grow(depth - 1)),
                    6 => Expr.Select(Truth(depth - 1), Grow(depth - 1), Grow(depth - 1)),
                    7 => Expr.Atan2(Grow(depth - 1), Expr.Sin(Grow(depth - 1))),
                    _ => Expr.Modulo(Grow(depth - 1), Expr.Min(Grow(depth - 1), Grow(depth - 1))),
                };
                Condition Truth(int depth) => depth <= 0 ? Grow(0) < Grow(0) : random.Next(4) switch
                {
                    0 => Truth(depth - 1) & Truth(depth - 1),
                    1 => Truth(depth - 1) | Truth(depth - 1),
                    2 => !Truth(depth - 1),
                    _ => Grow(depth - 1) >= Grow(depth - 1),
                };
                h.Mode("m").Flow(leaves[0], Grow(5)).Invariant(Truth(4));
            });
            string text = ModelFile.Write(automaton);
            Assert.That(ModelFile.Parse(text), Is.EqualTo(automaton), text);
        }
    }

    [Test]
    public void Transitions_without_a_name_are_called_after_their_modes()
    {
        HybridAutomaton model = ModelFile.Parse("""
            { "name": "n", "modes": { "a": {}, "b": {} },
              "transitions": [ { "from": "a", "to": "b", "after": 1 }, { "from": "b", "to": "a", "name": "home", "after": 1 } ] }
            """);
        Assert.That(model.Transitions.Select(t => t.Name), Is.EqualTo(["a->b", "home"]));
        Assert.That(model.InitialMode, Is.EqualTo("a"));
        Assert.That(ModelFile.Write(model), Does.Not.Contain("a->b"));
    }

    [Test]
    public void Outputs_are_usable_by_name_and_become_aliases()
    {
        HybridAutomaton model = ModelFile.Parse("""
            { "name": "n", "states": { "x": 1 }, "outputs": { "twice": "2*x", "four": "2*twice" },
              "modes": { "m": { "flow": { "x": "-four" } } } }
            """);
        Expr x = Expr.Variable(VariableKind.State, "x");
        Expr four = Expr.Alias("four", 2.0 * Expr.Alias("twice", 2.0 * x));
        Assert.That(((ExprFlow)model.Modes[0].Flow).DerivativeOf("x"), Is.EqualTo(Expr.Node(Operation.Negate, four)));
    }

    [Test]
    public void Delegates_are_refused_with_mode_and_remedy()
    {
        var flow = HybridAutomaton.Build("pump", h =>
        {
            h.State("x");
            h.Mode("contact").Flow((_, _, _, derivatives) => derivatives[0] = 1.0);
        });
        var fault = Assert.Throws<ModelException>(() => ModelFile.Write(flow))!;
        Assert.That(fault.Message, Is.EqualTo(
            "pump, modes.contact.flow: the mode 'contact' uses a delegate flow, which has no file form. Write the flow with Expr."));

        var signal = HybridAutomaton.Build("pump", h =>
        {
            h.Input("u", new DelegateSignal(Math.Sin));
            h.Mode("m");
        });
        fault = Assert.Throws<ModelException>(() => ModelFile.Write(signal))!;
        Assert.That(fault.Message, Does.Contain("inputs.u").And.Contain("table signal"));
    }

    [Test]
    public void Saving_an_invalid_model_is_refused()
    {
        HybridAutomaton broken = EveryFeature.Automaton with { InitialMode = "nowhere" };
        Assert.That(() => ModelFile.Write(broken), Throws.TypeOf<ModelException>().With.Message.Contains("unknown mode 'nowhere'"));
    }

    [Test]
    public void A_path_that_cannot_be_written_is_a_finding() => Assert.That(
        () => ModelFile.Save(EveryFeature.Automaton, Path.Combine(TestContext.CurrentContext.WorkDirectory, "no", "such", "x.json")),
        Throws.TypeOf<ModelException>().With.Message.Contains("the directory does not exist"));
}
