using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.Autodiff;

public class SequenceOperationTests
{
    [TestCase(1, 3, 5, 2)]
    [TestCase(3, 1, 4, 5)]
    [TestCase(4, 5, 3, 9)]
    [TestCase(13, 2, 7, 6)]
    public void Products_with_a_shared_matrix_equal_sums_in_the_order_of_the_inner_index(int batch, int rows, int inner, int columns)
    {
        double[] x = Gradients.Random(batch * rows * inner, 1);
        double[] w = Gradients.Random(columns * inner, 2);
        var tape = new Tape();
        Variable batched = tape.Constant(x, batch, rows, inner);
        double[] right = tape.Value(tape.Product(batched, tape.Constant(w, 1, columns, inner), transposeSecond: true)).ToArray();
        double[] linear = tape.Value(tape.Linear(batched, tape.Constant(w, 1, columns, inner))).ToArray();
        double[] left = tape.Value(tape.Product(
            tape.Constant(w, 1, columns, inner), tape.Constant(x, batch, rows, inner), transposeSecond: true)).ToArray();
        Assert.Multiple(() =>
        {
            for (int b = 0; b < batch; b++)
            {
                for (int i = 0; i < rows; i++)
                {
                    for (int j = 0; j < columns; j++)
                    {
                        double sum = 0.0;
                        for (int k = 0; k < inner; k++)
                        {
                            sum += w[(j * inner) + k] * x[(((i * inner) + k) * batch) + b];
                        }

                        Assert.That(right[(((i * columns) + j) * batch) + b], Is.EqualTo(sum));
                        Assert.That(linear[(((i * columns) + j) * batch) + b], Is.EqualTo(sum));
                        Assert.That(left[(((j * rows) + i) * batch) + b], Is.EqualTo(sum));
                    }
                }
            }
        });
    }

    [Test]
    public void A_sample_has_the_same_numbers_in_every_batch()
    {
        double[] all = Gradients.Random(7 * 6 * 4, 3);
        double[] one = [.. Enumerable.Range(0, 24).Select(element => all[(element * 7) + 5])];
        double[] Run(double[] values, int batch)
        {
            var tape = new Tape();
            Variable x = tape.Constant(values, batch, 6, 4);
            Variable y = tape.Attention(x, x, x, 2, 2);
            Variable rate = tape.Constant([-1.0, -0.5, -2.0, -0.1], 1, 4, 1);
            y = tape.SelectiveScan(y, tape.Softplus(x), rate, tape.Columns(x, 0, 1), tape.Columns(x, 1, 1));
            return tape.Value(tape.RmsNorm(y, tape.Constant([1.0, 2.0, 3.0, 4.0], 1, 1, 4), 1e-5)).ToArray();
        }

        double[] many = Run(all, 7);
        Assert.That(Run(one, 1), Is.EqualTo(Enumerable.Range(0, 24).Select(element => many[(element * 7) + 5])));
    }

    [Test]
    public void Attention_does_not_look_ahead_nor_beyond_its_window()
    {
        double[] x = Gradients.Random(8 * 4, 4);
        double[] Run(double[] values)
        {
            var tape = new Tape();
            Variable v = tape.Constant(values, 1, 8, 4);
            return tape.Value(tape.Attention(v, v, v, 2, 2, window: 2)).ToArray();
        }

        double[] changed = [.. x];
        changed[4 * 4] += 1.0;
        double[] before = Run(x);
        double[] after = Run(changed);
        bool[] differs = [.. Enumerable.Range(0, 8).Select(row => Enumerable.Range(0, 4).Any(c => before[(row * 4) + c] != after[(row * 4) + c]))];
        Assert.That(differs, Is.EqualTo(new[] { false, false, false, false, true, true, true, false }));
    }

    [Test]
    public void Indices_outside_are_refused_with_their_place()
    {
        var tape = new Tape();
        Variable table = tape.Constant(new double[6], 1, 3, 2);
        Variable logits = tape.Constant(new double[8], 2, 2, 2);
        Assert.Multiple(() =>
        {
            Assert.That(
                () => tape.Embed(table, new[] { 0, 1, 2, 3 }, 2),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Row 1 of sample 1 is number 3; the table has 3"));
            Assert.That(
                () => tape.CrossEntropy(logits, new[] { 0, 1, 2, -1 }),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Row 1 of sample 0 asks for class 2 of 2"));
            Assert.That(() => tape.CrossEntropy(logits, new[] { 0 }), Throws.ArgumentException);
        });
    }

    [Test]
    public void A_repeated_pass_allocates_nothing()
    {
        double[] x = Gradients.Random(5 * 8 * 4, 5);
        int[] classes = new int[40];
        var tape = new Tape();
        void Pass()
        {
            tape.Reset();
            Variable v = tape.Input(x, 5, 8, 4);
            Variable rates = tape.Input([-1.0, -0.5, -2.0, -0.1], 1, 4, 1);
            Variable y = tape.Attention(tape.Rotate(v, 2, 100.0), v, v, 2, 1 + 1);
            y = tape.SelectiveScan(y, tape.Softplus(v), rates, tape.Columns(v, 0, 1), tape.Columns(v, 1, 1));
            y = tape.StateSpaceDual(y, tape.Softplus(v), rates, v, v);
            tape.Backward(tape.Total(tape.CrossEntropy(y, classes)));
        }

        Allocations.None(Pass);
    }
}
