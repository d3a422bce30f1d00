using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.Layers;

public class LayerTests
{
    [Test]
    public void Network_on_the_tape_equals_its_evaluator_in_value_and_tangent()
    {
        var parameters = new ParameterSet();
        var mlp = new Mlp(parameters, "net", 3, 5, 4);
        mlp.Initialize(7);
        double[] x = Gradients.Random(3 * 6, 1);
        double[] directions = [1.0, 0.0, 0.0, 2.0, 0.0, 0.0];
        var tape = new Tape();
        BoundParameters bound = parameters.Bind(tape);
        (Variable y, Variable tangent) = mlp.Forward(tape, bound, tape.Constant(x, 6, 3, 1), tape.Constant(directions, 1, 3, 2));
        double[] plain = tape.Value(mlp.Forward(tape, bound, tape.Constant(x, 6, 3, 1))).ToArray();
        double[] values = tape.Value(y).ToArray();
        double[] tangents = tape.Value(tangent).ToArray();
        MlpEvaluator evaluator = mlp.Start();
        Assert.That(values, Is.EqualTo(plain));
        for (int b = 0; b < 6; b++)
        {
            double[] one = evaluator.Evaluate([x[b], x[6 + b], x[12 + b]]).ToArray();
            double[] slope = evaluator.Tangent(directions, 2).ToArray();
            Assert.That(one, Is.EqualTo(Enumerable.Range(0, 4).Select(i => values[(i * 6) + b])).Within(1e-15));
            Assert.That(slope, Is.EqualTo(Enumerable.Range(0, 8).Select(i => tangents[(i * 6) + b])).Within(1e-15));
        }
    }

    [Test]
    public void Tangent_of_a_network_is_its_derivative_and_has_one_itself()
    {
        var parameters = new ParameterSet();
        var mlp = new Mlp(parameters, "net", 2, 4, 3);
        mlp.Initialize(3);
        double[] x = [0.3, -0.6];
        double[] Value(double first) => mlp.Start().Evaluate([first, x[1]]).ToArray();
        MlpEvaluator evaluator = mlp.Start();
        evaluator.Evaluate(x);
        double[] slope = evaluator.Tangent([1.0, 0.0], 1).ToArray();
        double[] difference = [.. Value(x[0] + 1e-5).Zip(Value(x[0] - 1e-5), (above, below) => (above - below) / 2e-5)];
        double error = Gradients.LargestError(
            (tape, v) => mlp.Forward(tape, parameters.Bind(tape), v[0], tape.Constant([1.0, 0.0], 1, 2, 1)).Tangent, [new(3, 2, 1)], 5);
        Assert.Multiple(() =>
        {
            Assert.That(slope, Is.EqualTo(difference).Within(1e-9));
            Assert.That(error, Is.LessThan(1e-7));
        });
    }

    [Test]
    public void Evaluation_outside_a_tape_allocates_nothing()
    {
        var parameters = new ParameterSet();
        var mlp = new Mlp(parameters, "net", 2, 8, 8);
        MlpEvaluator evaluator = mlp.Start();
        double[] x = [0.1, 0.2];
        double[] directions = [1.0, 0.0, 0.0, 1.0];
        void Step()
        {
            evaluator.Evaluate(x);
            evaluator.Tangent(directions, 2);
        }

        Allocations.None(Step);
    }

    [Test]
    public void Gated_unit_follows_its_equations()
    {
        // One unit with one input; all by hand from the equations.
        var parameters = new ParameterSet();
        var cell = new GruCell(parameters, "gru", 1, 1);
        double[] v = [0.5, -0.3, 0.8, 0.2, 0.7, -0.4, 0.1, -0.2, 0.3, 0.05, 0.15, -0.25];
        v.CopyTo(parameters.Values);
        (double x, double h) = (0.6, -0.9);
        static double Sigmoid(double a) => 1.0 / (1.0 + Math.Exp(-a));
        double r = Sigmoid((v[0] * x) + v[6] + (v[3] * h) + v[9]);
        double z = Sigmoid((v[1] * x) + v[7] + (v[4] * h) + v[10]);
        double n = Math.Tanh((v[2] * x) + v[8] + (r * ((v[5] * h) + v[11])));
        double expected = ((1.0 - z) * n) + (z * h);
        double[] memory = [h];
        cell.Apply([x], memory, new double[6]);
        var tape = new Tape();
        Variable forward = cell.Forward(tape, parameters.Bind(tape), tape.Constant([x], 1, 1, 1), tape.Constant([h], 1, 1, 1));
        Assert.Multiple(() =>
        {
            Assert.That(memory[0], Is.EqualTo(expected).Within(1e-15));
            Assert.That(tape.Value(forward)[0], Is.EqualTo(expected).Within(1e-15));
        });
    }

    [Test]
    public void Gated_unit_has_the_gradient_of_its_differences()
    {
        var parameters = new ParameterSet();
        var cell = new GruCell(parameters, "gru", 2, 3);
        cell.Initialize(5);
        Variable Twice(Tape tape, Variable[] v)
        {
            BoundParameters bound = parameters.Bind(tape);
            return cell.Forward(tape, bound, v[0], cell.Forward(tape, bound, v[0], v[1]));
        }

        Assert.That(Gradients.LargestError(Twice, [new(4, 2, 1), new(4, 3, 1)], 1), Is.LessThan(1e-7));
    }

    [Test]
    public void First_values_are_a_function_of_the_seed()
    {
        double[] Start(ulong seed)
        {
            var parameters = new ParameterSet();
            new Mlp(parameters, "net", 2, 16, 16).Initialize(seed);
            return parameters.Values.ToArray();
        }

        double limit = Math.Sqrt(6.0 / 18.0);
        double[] whole = Start(1);
        double[] first = whole[..32];
        Assert.Multiple(() =>
        {
            Assert.That(Start(1), Is.EqualTo(whole));
            Assert.That(Start(2), Is.Not.EqualTo(whole));
            Assert.That(first, Is.All.InRange(-limit, limit));
            Assert.That(first.Max(), Is.GreaterThan(0.8 * limit));
        });
    }

    [Test]
    public void Names_of_parameters_are_unique()
    {
        var parameters = new ParameterSet();
        _ = new DenseLayer(parameters, "head", 2, 1);
        Assert.Multiple(() =>
        {
            Assert.That(parameters.Parameters.Select(p => p.Name), Is.EqualTo(new[] { "head.weight", "head.bias" }));
            Assert.That(parameters.Find("head.bias")!.Offset, Is.EqualTo(2));
            Assert.That(parameters.Find("tail"), Is.Null);
            Assert.That(() => new DenseLayer(parameters, "head", 2, 1), Throws.ArgumentException);
        });
    }
}
