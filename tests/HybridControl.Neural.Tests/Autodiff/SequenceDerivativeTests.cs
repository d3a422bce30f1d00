using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.Autodiff;

/// <summary>Every operation over sequences against central differences. Batches of five leave three lanes empty.</summary>
public class SequenceDerivativeTests
{
    private const double Tolerance = 1e-6;

    private static IEnumerable<TestCaseData> Operations()
    {
        TestCaseData Case(string name, Shape[] shapes, Func<Tape, Variable[], Variable> f, double size = 1.0) =>
            new TestCaseData(f, shapes, size).SetArgDisplayNames(name);

        Shape x = new(5, 4, 6);
        Shape row = new(1, 1, 6);
        Shape column = new(1, 6, 1);
        yield return Case("softplus", [x], (t, v) => t.Softplus(v[0]), 6.0);
        yield return Case("silu", [x], (t, v) => t.Silu(v[0]), 6.0);
        yield return Case("gelu", [x], (t, v) => t.Gelu(v[0]), 4.0);
        yield return Case("gelu by tanh", [x], (t, v) => t.GeluTanh(v[0]), 4.0);
        yield return Case("relu", [x], (t, v) => t.Multiply(v[0], t.Relu(v[0])), 3.0);
        yield return Case("squared relu", [x], (t, v) => t.Multiply(v[0], t.SquaredRelu(v[0])), 3.0);
        yield return Case("gate by sigmoid", [x, x], (t, v) => t.GateBySigmoid(v[0], v[1]), 3.0);
        yield return Case("gate by silu", [x, x], (t, v) => t.GateBySilu(v[0], v[1]), 3.0);
        yield return Case("gate by itself", [x], (t, v) => t.GateBySilu(v[0], v[0]), 3.0);
        yield return Case("linear", [x, new(1, 3, 6), new(1, 3, 1)], (t, v) => t.Linear(v[0], v[1], v[2]));
        yield return Case("linear without bias", [new(9, 3, 2), new(1, 7, 2)], (t, v) => t.Linear(v[0], v[1]));
        yield return Case("linear of one sample", [new(1, 5, 6), new(1, 3, 6), new(1, 3, 1)], (t, v) => t.Linear(v[0], v[1], v[2]));
        yield return Case("rms norm", [x, row], (t, v) => t.RmsNorm(v[0], v[1], 1e-3));
        yield return Case("rms norm of groups", [x, column], (t, v) => t.RmsNorm(v[0], v[1], 1e-3, groups: 2));
        yield return Case("layer norm", [x, column, row], (t, v) => t.LayerNorm(v[0], v[1], v[2], 1e-3));
        yield return Case("convolution", [x, new(1, 6, 3), column], (t, v) => t.CausalConvolution(v[0], v[1], v[2]));
        yield return Case("convolution longer than the sequence", [new(2, 2, 3), new(1, 3, 4)], (t, v) => t.CausalConvolution(v[0], v[1]));
        yield return Case("exact discretization", [new(1, 2, 4), new(1, 1, 4)], (t, v) => t.Discretize(v[0], v[1]), 2.0);
        yield return Case("exact discretization of slow modes", [new(1, 2, 4), new(1, 4, 1)], (t, v) => t.Discretize(v[0], v[1]), 0.2);
        yield return Case("bilinear discretization", [new(1, 2, 4), new(1, 1, 4)], (t, v) => t.Discretize(v[0], v[1], bilinear: true));
        yield return Case("diagonal scan", [new(1, 2, 3), new(5, 6, 6)], (t, v) => t.DiagonalScan(v[0], v[1]));
        yield return Case("diagonal scan of own modes", [new(6, 2, 3), new(6, 4, 6)], (t, v) => t.DiagonalScan(v[0], v[1]));
        yield return Case("reverse diagonal scan", [new(1, 2, 3), new(2, 6, 6)], (t, v) => t.DiagonalScan(v[0], v[1], reverse: true));
        yield return Case("modal scan", [new(1, 2, 6), new(1, 2, 6), new(5, 6, 2)], (t, v) => t.ModalScan(v[0], v[1], v[2]));
        foreach ((int batch, int rows, int channels, int states) in new[] { (5, 6, 3, 4), (1, 9, 2, 3), (8, 3, 1, 2) })
        {
            Shape wide = new(batch, rows, channels);
            Shape narrow = new(batch, rows, states);
            yield return Case(
                $"selective scan {batch} {rows} {channels} {states}",
                [wide, wide, new(1, channels, states), narrow, narrow, new(1, channels, 1)],
                (t, v) => t.SelectiveScan(v[0], t.Softplus(v[1]), t.Scale(t.Exp(v[2]), -1.0), v[3], v[4], v[5]));
        }

        yield return Case(
            "selective scan without skip", [new(2, 4, 3), new(2, 4, 3), new(1, 3, 2), new(2, 4, 2), new(2, 4, 2)],
            (t, v) => t.SelectiveScan(v[0], t.Softplus(v[1]), v[2], v[3], v[4]));
        foreach ((int heads, int groups, int width, int states) in new[] { (4, 2, 2, 3), (3, 1, 1, 2), (2, 2, 3, 1) })
        {
            Shape narrow = new(5, 5, groups * states);
            yield return Case(
                $"state space dual {heads} {groups} {width} {states}",
                [new(5, 5, heads * width), new(5, 5, heads), new(1, heads, 1), narrow, narrow, new(1, heads, 1)],
                (t, v) => t.StateSpaceDual(v[0], t.Softplus(v[1]), v[2], v[3], v[4], v[5], groups));
        }

        yield return Case(
            "state space dual without skip", [new(2, 4, 4), new(2, 4, 2), new(1, 2, 1), new(2, 4, 3), new(2, 4, 3)],
            (t, v) => t.StateSpaceDual(v[0], t.Softplus(v[1]), v[2], v[3], v[4]));
        foreach ((int heads, int groups, int window) in new[] { (2, 2, 0), (4, 2, 0), (3, 1, 3) })
        {
            yield return Case(
                $"attention {heads} {groups} window {window}", [new(5, 7, heads * 2), new(5, 7, groups * 2), new(5, 7, groups * 3)],
                (t, v) => t.Attention(v[0], v[1], v[2], heads, groups, window));
        }

        yield return Case("rotation", [new(5, 4, 8)], (t, v) => t.Rotate(v[0], 2, 100.0));
        yield return Case("rotation of some columns", [new(5, 4, 12)], (t, v) => t.Rotate(v[0], 2, 100.0, turning: 4));
        yield return Case("embedding", [new(1, 4, 3)], (t, v) => t.Embed(v[0], new[] { 1, 3, 0, 1, 1, 2, 0, 1, 3, 3 }, 5));
        yield return Case("cross entropy", [new(5, 2, 4)], (t, v) => t.CrossEntropy(v[0], new[] { 1, 3, -1, 1, 1, 2, -1, -1, 3, 3 }));
        yield return Case("mean squared error", [x, x], (t, v) => t.MeanSquaredError(v[0], v[1]));
    }

    [TestCaseSource(nameof(Operations))]
    public void Gradient_equals_central_differences(Func<Tape, Variable[], Variable> function, Shape[] shapes, double size)
    {
        Assert.Multiple(() =>
        {
            for (ulong seed = 1; seed <= 2; seed++)
            {
                Assert.That(Gradients.LargestError(function, shapes, seed, -size, size), Is.LessThan(Tolerance), $"seed {seed}");
            }
        });
    }
}
