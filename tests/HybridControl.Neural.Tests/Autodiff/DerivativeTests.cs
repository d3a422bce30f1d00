using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.Autodiff;

/// <summary>Every operation of the tape against central differences.</summary>
public class DerivativeTests
{
    private const double Tolerance = 1e-7;

    private static IEnumerable<TestCaseData> Operations()
    {
        Shape m = new(5, 2, 3);
        Shape shared = new(1, 2, 3);
        Shape row = new(5, 1, 3);
        Shape column = new(5, 2, 1);
        Shape square = new(5, 3, 3);
        Shape sharedSquare = new(1, 3, 3);
        TestCaseData Case(string name, Shape[] shapes, Func<Tape, Variable[], Variable> f, double lower = -1.0, double upper = 1.0) =>
            new TestCaseData(f, shapes, lower, upper).SetArgDisplayNames(name);

        (string, Func<Tape, Variable, Variable, Variable>)[] pairs =
        [
            ("add", (t, a, b) => t.Add(a, b)), ("subtract", (t, a, b) => t.Subtract(a, b)),
            ("multiply", (t, a, b) => t.Multiply(a, b)), ("divide", (t, a, b) => t.Divide(a, b)),
        ];
        foreach ((string name, Func<Tape, Variable, Variable, Variable> pair) in pairs)
        {
            foreach (Shape other in new[] { m, shared, row, column, new Shape(1, 1, 1), new Shape(1, 1, 3) })
            {
                yield return Case($"{name} {m} and {other}", [m, other], (t, v) => pair(t, v[0], v[1]), 0.5, 1.5);
                yield return Case($"{name} {other} and {m}", [other, m], (t, v) => pair(t, v[0], v[1]), 0.5, 1.5);
            }
        }

        yield return Case("add to itself", [m], (t, v) => t.Multiply(v[0], v[0]));
        yield return Case("affine", [m], (t, v) => t.Affine(v[0], -1.7, 0.3));
        yield return Case("tanh", [m], (t, v) => t.Tanh(v[0]), -3, 3);
        yield return Case("sigmoid", [m], (t, v) => t.Sigmoid(v[0]), -6, 6);
        yield return Case("softplus", [m], (t, v) => t.Softplus(v[0]), -6, 6);
        yield return Case("exp", [m], (t, v) => t.Exp(v[0]), -2, 2);
        yield return Case("log", [m], (t, v) => t.Log(v[0]), 0.4, 2);
        yield return Case("square", [m], (t, v) => t.Square(v[0]));
        // The bounds lie further than the step of the differences from every entry drawn.
        yield return Case("clip", [m], (t, v) => t.Multiply(v[0], t.Clip(v[0], -0.41, 0.61)));
        foreach ((bool first, bool second) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            Shape a = first ? new(5, 4, 2) : new(5, 2, 4);
            Shape b = second ? new(5, 3, 4) : new(5, 4, 3);
            Shape[][] choices = [[a, b], [a with { Batch = 1 }, b], [a, b with { Batch = 1 }], [a with { Batch = 1 }, b with { Batch = 1 }]];
            foreach (Shape[] shapes in choices)
            {
                yield return Case($"product {first} {second} {shapes[0]} {shapes[1]}", shapes, (t, v) => t.Product(v[0], v[1], first, second));
            }
        }

        yield return Case("transpose", [m], (t, v) => t.Transpose(v[0]));
        yield return Case("reshape", [m], (t, v) => t.Square(t.Reshape(v[0], 3, 2)));
        yield return Case("block", [square], (t, v) => t.Multiply(t.Block(v[0], 1, 0, 2, 2), t.Block(v[0], 0, 1, 2, 2)));
        yield return Case("rows and columns", [square], (t, v) => t.Product(t.Columns(v[0], 2, 1), t.Rows(v[0], 0, 1)));
        yield return Case("below", [m, shared, row], (t, v) => t.Below(v[0], v[1], v[2]));
        yield return Case("beside", [m, column, shared], (t, v) => t.Beside(v[0], v[1], v[2]));
        yield return Case("diagonal", [column], (t, v) => t.Diagonal(v[0]));
        yield return Case("diagonal of", [square], (t, v) => t.DiagonalOf(v[0]));
        yield return Case("broadcast row", [row], (t, v) => t.Broadcast(v[0], new(5, 4, 3)));
        yield return Case("broadcast column", [new(1, 2, 1)], (t, v) => t.Broadcast(v[0], new(5, 2, 3)));
        yield return Case("sum", [m], (t, v) => t.Sum(t.Square(v[0])));
        yield return Case("total", [m], (t, v) => t.Total(t.Square(v[0])));
        yield return Case("cholesky", [square], (t, v) => t.Cholesky(Positive(t, v[0])));
        yield return Case("cholesky of what is not symmetric", [square], (t, v) => t.Cholesky(t.Add(v[0], Identity(t, 5.0))));
        foreach (bool transposed in new[] { false, true })
        {
            Shape[][] choices = [[square, new(5, 3, 2)], [sharedSquare, new(5, 3, 2)], [square, new(1, 3, 2)], [sharedSquare, new(1, 3, 2)]];
            foreach (Shape[] shapes in choices)
            {
                yield return Case(
                    $"solve {transposed} {shapes[0]} {shapes[1]}", shapes, (t, v) => t.Solve(t.Add(v[0], Identity(t, 3.0)), v[1], transposed));
            }
        }

        yield return Case("log determinant", [square], (t, v) => t.LogDeterminant(t.Add(v[0], Identity(t, 3.0))));
        yield return Case("quadratic form", [square, new(5, 3, 1)], (t, v) => t.QuadraticForm(v[0], v[1]));
        yield return Case(
            "inverse quadratic form", [square, new(5, 3, 1)], (t, v) => t.InverseQuadraticForm(t.Add(v[0], Identity(t, 3.0)), v[1]));
        yield return Case("triangularise", [new(5, 3, 5)], (t, v) => t.Triangularize(t.Beside(Identity(t, 2.0), v[0])));
        yield return Case("map", [column], (t, v) => t.Map(new Polar(), v[0]), 0.5, 1.5);
        yield return Case("filter likelihood", [new(4, 2, 1), new(4, 2, 2), new(1, 2, 2), new(1, 1, 1)], FilterLikelihood);
    }

    [TestCaseSource(nameof(Operations))]
    public void Gradient_equals_central_differences(
        Func<Tape, Variable[], Variable> function, Shape[] shapes, double lower, double upper)
    {
        Assert.Multiple(() =>
        {
            for (ulong seed = 1; seed <= 3; seed++)
            {
                Assert.That(Gradients.LargestError(function, shapes, seed, lower, upper), Is.LessThan(Tolerance), $"seed {seed}");
            }
        });
    }

    internal static Variable Identity(Tape tape, double factor) => tape.Constant(
        [factor, 0.0, 0.0, 0.0, factor, 0.0, 0.0, 0.0, factor], 1, 3, 3);

    private static Variable Positive(Tape tape, Variable a) =>
        tape.Add(tape.Product(a, a, transposeSecond: true), Identity(tape, 1.0));

    // Five steps of a Kalman filter with learned F, factors of Q and R: what training walks back through.
    private static Variable FilterLikelihood(Tape t, Variable[] v)
    {
        Variable x = v[0];
        Variable factor = t.Add(v[1], t.Constant([2.0, 0.0, 0.0, 2.0], 1, 2, 2));
        Variable p = t.Product(factor, factor, transposeSecond: true);
        Variable f = t.Add(v[2], t.Constant([1.0, 0.1, -0.4, 0.9], 1, 2, 2));
        Variable r = t.Exp(v[3]);
        Variable h = t.Constant([1.0, 0.5], 1, 1, 2);
        Variable loss = t.Constant([0.0], 1, 1, 1);
        for (int k = 0; k < 5; k++)
        {
            x = t.Product(f, x);
            p = t.Add(t.Product(t.Product(f, p), f, transposeSecond: true), t.Constant([0.1, 0.02, 0.02, 0.3], 1, 2, 2));
            Variable nu = t.Subtract(t.Constant(Gradients.Random(4, (ulong)k), 4, 1, 1), t.Product(h, x));
            Variable ph = t.Product(p, h, transposeSecond: true);
            Variable s = t.Cholesky(t.Add(t.Product(h, ph), r));
            Variable gain = t.Transpose(t.Solve(s, t.Solve(s, t.Transpose(ph)), transposed: true));
            x = t.Add(x, t.Product(gain, nu));
            Variable rest = t.Subtract(t.Constant([1.0, 0.0, 0.0, 1.0], 1, 2, 2), t.Product(gain, h));
            p = t.Add(
                t.Product(t.Product(rest, p), rest, transposeSecond: true),
                t.Product(t.Product(gain, r), gain, transposeSecond: true));
            loss = t.Add(loss, t.Scale(t.Add(t.LogDeterminant(s), t.InverseQuadraticForm(s, nu)), 0.5));
        }

        return loss;
    }

    private sealed class Polar : IBatchFunction
    {
        public int InputRows => 2;

        public int OutputRows => 3;

        public void Evaluate(int batch, ReadOnlySpan<double> x, Span<double> y)
        {
            for (int b = 0; b < batch; b++)
            {
                y[b] = x[b] * Math.Cos(x[batch + b]);
                y[batch + b] = x[b] * Math.Sin(x[batch + b]);
                y[(2 * batch) + b] = x[b] * x[b];
            }
        }

        public void AddAdjoint(
            int batch, ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> outputAdjoint, Span<double> inputAdjoint)
        {
            for (int b = 0; b < batch; b++)
            {
                (double sine, double cosine) = Math.SinCos(x[batch + b]);
                double first = outputAdjoint[b];
                double second = outputAdjoint[batch + b];
                inputAdjoint[b] += (first * cosine) + (second * sine) + (2.0 * x[b] * outputAdjoint[(2 * batch) + b]);
                inputAdjoint[batch + b] += x[b] * ((second * cosine) - (first * sine));
            }
        }
    }
}
