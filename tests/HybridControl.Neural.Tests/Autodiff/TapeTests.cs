using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.Autodiff;

public class TapeTests
{
    [Test]
    public void Factor_of_a_wide_matrix_squares_to_its_product_and_has_a_positive_diagonal()
    {
        var tape = new Tape();
        Variable a = tape.Constant(Gradients.Random(7 * 3 * 6, 3), 7, 3, 6);
        Variable l = tape.Triangularize(a);
        double[] expected = tape.Value(tape.Product(a, a, transposeSecond: true)).ToArray();
        double[] product = tape.Value(tape.Product(l, l, transposeSecond: true)).ToArray();
        double[] diagonal = tape.Value(tape.DiagonalOf(l)).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(product, Is.EqualTo(expected).Within(1e-14));
            Assert.That(diagonal, Is.All.GreaterThan(0.0));
        });
    }

    [Test]
    public void Factor_of_a_wide_matrix_keeps_digits_that_its_square_loses()
    {
        // Rows (1, 0) and (1, d) with d = 1e-9: the product holds 1 + d^2 = 1, whereas the factor is [1, 0; 1, d].
        var tape = new Tape();
        double[] l = tape.Value(tape.Triangularize(tape.Constant([1.0, 0.0, 1.0, 1e-9], 1, 2, 2))).ToArray();
        Assert.That(l[3], Is.EqualTo(1e-9).Within(1e-15));
    }

    [Test]
    public void Functions_do_not_overflow_at_large_arguments()
    {
        var tape = new Tape();
        Variable x = tape.Constant([-800.0, -40.0, 40.0, 800.0], 1, 4, 1);
        Assert.Multiple(() =>
        {
            Assert.That(tape.Value(tape.Sigmoid(x)).ToArray(), Is.EqualTo(new[] { 0.0, Math.Exp(-40.0), 1.0, 1.0 }).Within(1e-15).Percent);
            Assert.That(tape.Value(tape.Softplus(x)).ToArray(), Is.EqualTo(new[] { 0.0, Math.Exp(-40.0), 40.0, 800.0 }).Within(1e-13).Percent);
        });
    }

    [Test]
    public void Gradient_of_a_shared_value_is_the_sum_over_samples()
    {
        var tape = new Tape();
        Variable shared = tape.Input([2.0], 1, 1, 1);
        Variable samples = tape.Constant([1.0, 2.0, 3.0, 4.0, 5.0], 5, 1, 1);
        tape.Backward(tape.Total(tape.Multiply(samples, shared)));
        Assert.That(tape.Gradient(shared)[0], Is.EqualTo(15.0));
    }

    [Test]
    public void Sample_that_is_not_positive_definite_is_named()
    {
        var tape = new Tape();
        Variable factor = tape.Cholesky(tape.Constant([1.0, 4.0, -1.0, 9.0], 4, 1, 1));
        Assert.Multiple(() =>
        {
            Assert.That(tape.Failure, Is.EqualTo(new TapeFailure("Cholesky", 2)));
            Assert.That(tape.Value(factor).ToArray(), Is.EqualTo(new[] { 1.0, 2.0, double.NaN, 3.0 }));
        });
    }

    [Test]
    public void Rows_that_depend_on_each_other_are_named()
    {
        var tape = new Tape();
        tape.Triangularize(tape.Constant([1.0, 0.0, 2.0, 0.0], 1, 2, 2));
        Assert.That(tape.Failure, Is.EqualTo(new TapeFailure("Triangularize", 0)));
    }

    [Test]
    public void Repeated_recording_allocates_nothing()
    {
        var tape = new Tape();
        double[] values = Gradients.Random(6 * 9, 1);
        double Pass()
        {
            tape.Reset();
            Variable a = tape.Input(values, 6, 3, 3);
            Variable l = tape.Cholesky(tape.Add(tape.Product(a, a, transposeSecond: true), DerivativeTests.Identity(tape, 1.0)));
            Variable wide = tape.Triangularize(tape.Beside(l, tape.Tanh(a)));
            Variable loss = tape.Total(tape.Add(tape.LogDeterminant(wide), tape.Sum(tape.Solve(l, a))));
            tape.Backward(loss);
            return tape.Gradient(a)[0];
        }

        double first = Pass();
        double again = 0.0;
        Allocations.None(() => again = Pass());
        Assert.That(again, Is.EqualTo(first), "the same bits");
    }

    [Test]
    public void Variables_of_an_earlier_recording_are_refused()
    {
        var tape = new Tape();
        Variable a = tape.Input([1.0], 1, 1, 1);
        tape.Reset();
        tape.Input([1.0], 1, 1, 1);
        Assert.That(() => tape.Value(a), Throws.ArgumentException);
    }

    [Test]
    public void Extents_that_do_not_go_together_are_refused_with_both()
    {
        var tape = new Tape();
        Variable a = tape.Constant(new double[6], 1, 2, 3);
        Variable b = tape.Constant(new double[4], 1, 2, 2);
        Assert.Multiple(() =>
        {
            Assert.That(() => tape.Add(a, b), Throws.ArgumentException.With.Message.Contains("1 x 2 x 3 and 1 x 2 x 2"));
            Assert.That(() => tape.Product(a, b), Throws.ArgumentException);
            Assert.That(() => tape.Solve(b, tape.Transpose(a)), Throws.ArgumentException);
            Assert.That(() => tape.Cholesky(a), Throws.ArgumentException);
            Assert.That(() => tape.Below(a, b), Throws.ArgumentException);
            Assert.That(() => tape.Backward(a), Throws.ArgumentException);
            Assert.That(() => tape.Gradient(a), Throws.ArgumentException);
            Assert.That(() => tape.Block(a, 1, 0, 2, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }
}
