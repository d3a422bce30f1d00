using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Neural.InTheLoop;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Neural.Tests.InTheLoop;

/// <summary>Networks as expressions.</summary>
public sealed class LearnedTermTests
{
    [TestCase(1, new[] { 1 })]
    [TestCase(3, new[] { 8, 2 })]
    [TestCase(5, new[] { 32, 32, 4 })]
    public void A_network_as_expressions_gives_its_numbers(int inputs, int[] widths)
    {
        Mlp mlp = Network(new(), inputs, widths);
        Expr[] x = [.. Enumerable.Range(0, inputs).Select(i => Expr.Variable(VariableKind.State, $"x{i}"))];
        Func<double[], double[]> compiled = Compile(x, mlp.ToExpressions(x));
        MlpEvaluator evaluator = mlp.Start();
        for (ulong seed = 0; seed < 20; seed++)
        {
            double[] point = RandomLayers.Reals(inputs, seed, 3, -3.0, 3.0);
            Nearness.Check(compiled(point), evaluator.Evaluate(point), 1e-14);
        }
    }

    [Test]
    public void The_derivative_of_the_expressions_is_that_of_the_network()
    {
        Mlp mlp = Network(new(), 2, [6, 3]);
        Expr[] x = [Expr.Variable(VariableKind.State, "x0"), Expr.Variable(VariableKind.State, "x1")];
        Expr[] slopes = [.. mlp.ToExpressions(x).Select(y => Differentiator.Derivative(y, x[1]))];
        double[] point = [0.3, -0.8];
        MlpEvaluator evaluator = mlp.Start();
        _ = evaluator.Evaluate(point);
        Nearness.Check(Compile(x, slopes)(point), evaluator.Tangent([0.0, 1.0], 1), 1e-14);
    }

    [Test]
    public void A_learned_residual_moves_a_model_as_the_network_says()
    {
        LearnedTerm term = Term(2, [8], 1, out Func<double, double, double> residual);
        HybridAutomaton automaton = Spring(term);
        Trajectory run = automaton.Simulate(until: 3.0, options: new() { Solver = new RungeKutta4 { Step = 0.01 } });
        (double q, double v) = (1.0, 0.0);
        for (int k = 0; k < 300; k++)
        {
            (q, v) = Step(q, v);
        }

        Assert.That(run.Value("q", 3.0), Is.EqualTo(q).Within(1e-12));
        Assert.That(run.Value("v", 3.0), Is.EqualTo(v).Within(1e-12));

        (double Q, double V) Step(double q0, double v0)
        {
            const double h = 0.01;
            (double Q, double V) Rate(double a, double b) => (b, -a + residual(a, b));
            (double Q, double V) k1 = Rate(q0, v0);
            (double Q, double V) k2 = Rate(q0 + (0.5 * h * k1.Q), v0 + (0.5 * h * k1.V));
            (double Q, double V) k3 = Rate(q0 + (0.5 * h * k2.Q), v0 + (0.5 * h * k2.V));
            (double Q, double V) k4 = Rate(q0 + (h * k3.Q), v0 + (h * k3.V));
            return (q0 + (h / 6.0 * (k1.Q + (2.0 * k2.Q) + (2.0 * k3.Q) + k4.Q)), v0 + (h / 6.0 * (k1.V + (2.0 * k2.V) + (2.0 * k3.V) + k4.V)));
        }
    }

    [Test]
    public void An_ensemble_runs_a_learned_residual_in_lanes()
    {
        HybridAutomaton automaton = Spring(Term(2, [8], 1, out _));
        EnsemblePlan plan = new()
        {
            Model = automaton,
            Size = 40,
            Until = 1.0,
            Seed = 5,
            Variations = [new("q", new Uniform(0.5, 1.5))],
            Solver = new RungeKutta4 { Step = 0.01 },
        };
        var blocks = new List<EnsembleBlock>();
        new CpuEnsembleBackend(threads: 1).Run(plan, 0, 1, blocks.Add, CancellationToken.None);
        EnsembleBlock block = blocks.Single();
        int column = block.Layout.Scalars.ToList().IndexOf("q");
        foreach (int i in new[] { 0, 7, 39 })
        {
            Trajectory run = automaton.Simulate(until: 1.0, options: new()
            {
                Solver = plan.Solver,
                Values = System.Collections.Immutable.ImmutableDictionary<string, double>.Empty.Add("q", block.Sample(0)[i]),
            });
            Assert.That(block.Scalar(column)[i], Is.EqualTo(run.Value("q", 1.0)).Within(1e-13));
        }
    }

    [Test]
    public void A_term_that_was_saved_is_the_same()
    {
        LearnedTerm term = Term(3, [4, 5], 2, out _);
        Expr[] x = [.. Enumerable.Range(0, 3).Select(i => Expr.Variable(VariableKind.State, $"x{i}"))];
        using var stream = new MemoryStream();
        term.Write().Write(stream);
        LearnedTerm read = LearnedTerm.Read(SafetensorsFile.Parse(stream.ToArray(), "term"), "term");
        Assert.That(read.ToExpressions(x), Is.EqualTo(term.ToExpressions(x)));
        Assert.That((read.Inputs, read.Outputs, read.Parameters), Is.EqualTo((3, 2, 16 + 25 + 12)));
    }

    [Test]
    public void Units_are_folded_into_the_weights()
    {
        LearnedTerm term = Term(2, [6], 1, out Func<double, double, double> plain);
        Expr[] x = [Expr.Variable(VariableKind.State, "x0"), Expr.Variable(VariableKind.State, "x1")];
        Func<double[], double[]> compiled = Compile(x, term.Rescaled([1.0, -2.0], [0.5, 4.0], [3.0]).ToExpressions(x));
        Assert.That(compiled([1.2, 0.4])[0], Is.EqualTo(3.0 * plain((1.2 - 1.0) / 0.5, (0.4 + 2.0) / 4.0)).Within(1e-14));
    }

    [Test]
    public void Files_that_are_no_term_are_refused_with_names()
    {
        SafetensorsWriter Writer() => new SafetensorsWriter().Note("learned_term", "1");
        Assert.That(Message(new()), Does.Contain("learned_term"));
        Assert.That(Message(Writer()), Does.Contain("layers.0.weight").And.Contain("layers.0.bias"));
        SafetensorsWriter broken = Writer()
            .Add("layers.0.weight", [2, 3], new double[6]).Add("layers.0.bias", [2], new double[2])
            .Add("layers.1.weight", [1, 5], new double[5]).Add("layers.1.bias", [1], [double.NaN]).Add("stray", [1], new double[1]);
        Assert.That(Message(broken), Does.Contain("1 x 2").And.Contain("layers.1.bias").And.Contain("stray"));
        Assert.That(() => Network(new(), 2, [3]).ToExpressions(1.0), Throws.InstanceOf<ModelException>().With.Message.Contains("2"));

        static string Message(SafetensorsWriter writer)
        {
            using var stream = new MemoryStream();
            writer.Write(stream);
            return Assert.Throws<ModelException>(() => LearnedTerm.Read(SafetensorsFile.Parse(stream.ToArray(), "term"), "term"))!.Message;
        }
    }

    private static HybridAutomaton Spring(LearnedTerm term) => HybridAutomaton.Build("spring", h =>
    {
        Expr q = h.State("q", initial: 1.0);
        Expr v = h.State("v");
        h.Mode("swing").Flow((q, v), (v, -q + term.ToExpressions(q, v)[0]));
    });

    private static Mlp Network(ParameterSet parameters, int inputs, int[] widths)
    {
        var mlp = new Mlp(parameters, "net", inputs, widths);
        RandomLayers.Reals(parameters.Length, 17, 4, -1.0, 1.0).CopyTo(parameters.Values);
        return mlp;
    }

    private static LearnedTerm Term(int inputs, int[] hidden, int outputs, out Func<double, double, double> first)
    {
        var parameters = new ParameterSet();
        var mlp = new Mlp(parameters, "net", inputs, hidden);
        var head = new DenseLayer(parameters, "head", mlp.Outputs, outputs);
        RandomLayers.Reals(parameters.Length, 17, 4, -1.0, 1.0).CopyTo(parameters.Values);
        MlpEvaluator evaluator = mlp.Start();
        var y = new double[outputs];
        first = (a, b) =>
        {
            head.Apply(evaluator.Evaluate([a, b]), y);
            return y[0];
        };
        return LearnedTerm.Of(mlp, head);
    }

    private static Func<double[], double[]> Compile(Expr[] inputs, Expr[] outputs)
    {
        var slots = new SlotMap();
        foreach (Expr input in inputs)
        {
            slots.Add(VariableKind.State, input.Name!);
        }

        VectorFunction function = VectorFunctions.Compile("network", slots, outputs)[0];
        double data = 0.0;
        return point =>
        {
            var values = new double[outputs.Length];
            function(0.0, ref point[0], ref data, ref values[0]);
            return values;
        };
    }
}
