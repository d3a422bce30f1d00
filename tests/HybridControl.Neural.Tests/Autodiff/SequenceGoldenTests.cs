using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.Autodiff;

/// <summary>The scans on the tape against the golden vectors of the authors' functions.</summary>
public class SequenceGoldenTests
{
    private const double Tolerance = 2e-5;

    [Test]
    public void Selective_scan_gives_the_golden_output()
    {
        var golden = new GoldenCase("selective_scan");
        var tape = new Tape();
        Variable Channels(string name) => Load(tape, golden, name, [2, 1, 0]);
        Variable u = Channels("u");
        Variable dt = tape.Softplus(tape.Add(Channels("delta"), Weight(tape, golden, "delta_bias", 1, 6)));
        Variable y = tape.SelectiveScan(
            u, dt, Weight(tape, golden, "A", 6, 5), Channels("B"), Channels("C"), Weight(tape, golden, "D", 6, 1));
        Variable gated = tape.GateBySilu(y, Channels("z"));
        Assert.Multiple(() =>
        {
            Nearness.Check(tape.Value(y), Order(golden, "out_no_gate", [2, 1, 0]), Tolerance);
            Nearness.Check(tape.Value(gated), Order(golden, "out", [2, 1, 0]), Tolerance);
        });
    }

    [Test]
    public void State_space_dual_gives_the_golden_output()
    {
        var golden = new GoldenCase("ssd");
        var tape = new Tape();
        Variable Rows(string name) => Load(tape, golden, name, [1, 2, 3, 0]);
        Variable x = Rows("x");
        Variable dt = Load(tape, golden, "dt", [1, 2, 0]);
        Variable a = Weight(tape, golden, "A", 1, 4);
        Variable d = Weight(tape, golden, "D", 1, 4);
        Variable w = Weight(tape, golden, "norm_weight", 1, 20);
        Variable z = Rows("z");
        Variable y = tape.StateSpaceDual(x, dt, a, Rows("B"), Rows("C"), groups: 2);
        Variable skipped = tape.StateSpaceDual(x, dt, a, Rows("B"), Rows("C"), d, groups: 2);
        Assert.Multiple(() =>
        {
            Nearness.Check(tape.Value(y), Order(golden, "y", [1, 2, 3, 0]), Tolerance);
            Nearness.Check(tape.Value(tape.GateBySilu(skipped, z)), Order(golden, "y_with_D_and_silu_z", [1, 2, 3, 0]), Tolerance);
            Nearness.Check(tape.Value(tape.RmsNorm(tape.GateBySilu(y, z), w, 1e-5)), Order(golden, "gnorm_gate_then_norm", [1, 2, 0]), Tolerance);
            Nearness.Check(
                tape.Value(tape.RmsNorm(tape.GateBySilu(y, z), w, 1e-5, groups: 2)), Order(golden, "gnorm_grouped_gate_then_norm", [1, 2, 0]), Tolerance);
            Nearness.Check(tape.Value(tape.GateBySilu(tape.RmsNorm(y, w, 1e-5), z)), Order(golden, "gnorm_norm_then_gate", [1, 2, 0]), Tolerance);
        });
    }

    [Test]
    public void State_space_dual_survives_decays_beyond_every_exponent_forward_and_backward()
    {
        var golden = new GoldenCase("ssd_stress");
        var tape = new Tape();
        Variable Rows(string name) => Load(tape, golden, name, [1, 2, 3, 0]);
        Variable Input(string name, int[] order)
        {
            double[] values = Order(golden, name, order);
            return tape.Input(values, 1, 515, values.Length / 515);
        }

        Variable dt = Input("dt", [1, 2, 0]);
        Variable y = tape.StateSpaceDual(Input("x", [1, 2, 3, 0]), dt, Weight(tape, golden, "A", 1, 4), Rows("B"), Rows("C"));
        double[] expected = Order(golden, "y", [1, 2, 3, 0]);
        double largest = expected.Max(Math.Abs);
        double[] found = tape.Value(y).ToArray();
        tape.Backward(tape.Total(tape.Square(y)));
        bool finite = true;
        foreach (double slope in tape.Gradient(dt))
        {
            finite &= double.IsFinite(slope);
        }

        Assert.Multiple(() =>
        {
            Assert.That(found.Zip(expected, (a, b) => Math.Abs(a - b)).Max(), Is.LessThanOrEqualTo(1e-4 * largest));
            Assert.That(finite);
        });
    }

    // Entries of a tensor with its axes in another order, flattened; batch comes last.
    private static double[] Order(GoldenCase golden, string name, int[] axes)
    {
        double[] values = golden.Read(name);
        int[] shape = golden.ShapeOf(name);
        var steps = new int[shape.Length];
        for (int axis = shape.Length - 1, step = 1; axis >= 0; step *= shape[axis--])
        {
            steps[axis] = step;
        }

        var result = new double[values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int rest = i;
            int from = 0;
            foreach (int axis in axes.Reverse())
            {
                from += rest % shape[axis] * steps[axis];
                rest /= shape[axis];
            }

            result[i] = values[from];
        }

        return result;
    }

    private static Variable Load(Tape tape, GoldenCase golden, string name, int[] axes)
    {
        double[] values = Order(golden, name, axes);
        (int batch, int rows) = (golden.ShapeOf(name)[axes[^1]], golden.ShapeOf(name)[axes[0]]);
        return tape.Constant(values, batch, rows, values.Length / batch / rows);
    }

    private static Variable Weight(Tape tape, GoldenCase golden, string name, int rows, int columns)
    {
        SafetensorsFile file = SafetensorsFile.Load(Path.Combine(golden.Folder, "model.safetensors"));
        var values = new double[rows * columns];
        file.CopyTo(file.Find(name)!, values);
        return tape.Constant(values, 1, rows, columns);
    }
}
