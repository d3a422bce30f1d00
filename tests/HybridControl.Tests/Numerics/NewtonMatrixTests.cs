using HybridControl.Numerics;
using HybridControl.Tests.TestKit;
using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace HybridControl.Tests.Numerics;

public class NewtonMatrixTests
{
    private static readonly Complex Scale = new(3.0, -2.5);

    public static IEnumerable<TestCaseData> Patterns()
    {
        foreach (int n in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 31, 40, 64, 65, 100, 150])
        {
            yield return MatrixBench.Case(SparsityPattern.Dense(n), $"Dense{n}");
            yield return MatrixBench.Case(SparsityPattern.Banded(n, Math.Min(n - 1, 1), Math.Min(n - 1, 2)), $"Banded{n}");
            yield return MatrixBench.Case(MatrixBench.Random(n, 2 * n), $"Sparse{n}");
        }

        yield return MatrixBench.Case(MatrixBench.Arrow(60), "Arrow60");
        yield return MatrixBench.Case(SparsityPattern.Banded(300, 1, 1), "Banded300");
        yield return MatrixBench.Case(MatrixBench.Grid(18), "Grid18");
    }

    [TestCaseSource(nameof(Patterns))]
    public void Solutions_agree_with_those_of_another_library(SparsityPattern pattern)
    {
        int n = pattern.Size;
        (double[] mass, double[] jacobian, double[] right) = MatrixBench.Numbers(pattern, 1);
        var matrix = NewtonMatrix.For(pattern);
        foreach (double[] m in (double[][])[[], mass])
        {
            Assert.That(matrix.Factor(Scale.Real, m, jacobian), Is.True);
            double[] solution = [.. right];
            matrix.Solve(solution);
            double[] expected = Full(pattern, Scale.Real, m, jacobian).Real().Solve(Vector<double>.Build.Dense(right)).ToArray();
            Assert.That(solution, Is.EqualTo(expected).Within(1e-9 * (1.0 + expected.Max(Math.Abs))));
            Assert.That(matrix.SingularColumn, Is.EqualTo(-1));
        }

        Assert.That(matrix.Size, Is.EqualTo(n));
    }

    [TestCaseSource(nameof(Patterns))]
    public void Complex_solutions_agree_with_those_of_another_library(SparsityPattern pattern)
    {
        (double[] mass, double[] jacobian, double[] right) = MatrixBench.Numbers(pattern, 2);
        double[] left = [.. right.Reverse()];
        var matrix = ComplexNewtonMatrix.For(pattern);
        foreach (double[] m in (double[][])[[], mass])
        {
            Assert.That(matrix.Factor(Scale, m, jacobian), Is.True);
            double[] real = [.. right];
            double[] imaginary = [.. left];
            matrix.Solve(real, imaginary);
            Complex[] expected = Full(pattern, Scale, m, jacobian)
                .Solve(Vector<Complex>.Build.Dense([.. right.Zip(left, (re, im) => new Complex(re, im))])).ToArray();
            double size = 1e-9 * (1.0 + expected.Max(Complex.Abs));
            Assert.That(real, Is.EqualTo(expected.Select(value => value.Real)).Within(size));
            Assert.That(imaginary, Is.EqualTo(expected.Select(value => value.Imaginary)).Within(size));
        }
    }

    [TestCaseSource(nameof(Patterns))]
    public void A_second_factorisation_forgets_the_first(SparsityPattern pattern)
    {
        (_, double[] first, double[] right) = MatrixBench.Numbers(pattern, 3);
        (_, double[] second, _) = MatrixBench.Numbers(pattern, 4);
        var used = NewtonMatrix.For(pattern);
        used.Factor(0.1, [], first);
        used.Factor(2.0, [], second);
        var fresh = NewtonMatrix.For(pattern);
        fresh.Factor(2.0, [], second);
        double[] expected = [.. right];
        fresh.Solve(expected);
        used.Solve(right);
        Assert.That(right, Is.EqualTo(expected));
    }

    [TestCaseSource(nameof(Patterns))]
    public void A_row_of_zeros_is_singular(SparsityPattern pattern)
    {
        (_, double[] jacobian, _) = MatrixBench.Numbers(pattern, 5);
        int row = pattern.Size / 2;
        jacobian.AsSpan(pattern.RowStarts[row], pattern.RowStarts[row + 1] - pattern.RowStarts[row]).Clear();
        var real = NewtonMatrix.For(pattern);
        var complex = ComplexNewtonMatrix.For(pattern);
        Assert.That(real.Factor(0.0, [], jacobian), Is.False);
        Assert.That(complex.Factor(0.0, [], jacobian), Is.False);
        Assert.That(real.SingularColumn, Is.InRange(0, pattern.Size - 1));
        Assert.That(complex.SingularColumn, Is.InRange(0, pattern.Size - 1));
    }

    [TestCaseSource(nameof(Patterns))]
    public void What_is_not_finite_is_refused(SparsityPattern pattern)
    {
        (_, double[] jacobian, _) = MatrixBench.Numbers(pattern, 6);
        jacobian[pattern.Count / 2] = double.NaN;
        Assert.That(NewtonMatrix.For(pattern).Factor(1.0, [], jacobian), Is.False);
        Assert.That(ComplexNewtonMatrix.For(pattern).Factor(Complex.One, [], jacobian), Is.False);
    }

    [Test]
    public void A_zero_on_the_diagonal_is_no_obstacle([Values(2, 5, 20, 130)] int n)
    {
        // A permutation: (i, i + 1) and the corner.
        var pattern = SparsityPattern.Of(n, Enumerable.Range(0, n).Select(i => (i, (i + 1) % n)));
        double[] jacobian = new double[pattern.Count];
        for (int i = 0; i < n; i++)
        {
            jacobian[pattern.IndexOf(i, (i + 1) % n)] = -1.0;
        }

        double[] right = [.. Enumerable.Range(0, n).Select(i => (double)i)];
        var matrix = NewtonMatrix.For(pattern);
        Assert.That(matrix.Factor(0.0, [], jacobian), Is.True);
        matrix.Solve(right);
        Assert.That(right, Is.EqualTo(Enumerable.Range(0, n).Select(i => (double)((i + n - 1) % n))).Within(1e-12));
    }

    [Test]
    public void A_full_pattern_of_a_narrow_band_solves_like_its_band([Values(40, 100)] int n, [Values] bool hasMass)
    {
        var band = SparsityPattern.Banded(n, 1, 2);
        var full = SparsityPattern.Dense(n);
        (double[] mass, double[] jacobian, double[] right) = MatrixBench.Numbers(band, 8);
        double[] Spread(double[] values)
        {
            double[] all = [.. Enumerable.Repeat(-0.0, full.Count)];
            foreach ((int row, int column) in band.Entries())
            {
                all[full.IndexOf(row, column)] = values[band.IndexOf(row, column)];
            }

            return all;
        }

        double[] left = [.. right.Reverse()];
        double[][] solutions = [.. new[] { (band, mass, jacobian), (full, Spread(mass), Spread(jacobian)) }.Select(system =>
        {
            (SparsityPattern pattern, double[] m, double[] j) = system;
            var real = NewtonMatrix.For(pattern);
            var complex = ComplexNewtonMatrix.For(pattern);
            Assert.That(real.Factor(2.0, hasMass ? m : [], j), Is.True);
            Assert.That(complex.Factor(Scale, hasMass ? m : [], j), Is.True);
            double[] x = [.. right];
            double[] re = [.. right];
            double[] im = [.. left];
            real.Solve(x);
            complex.Solve(re, im);
            return (double[])[.. x, .. re, .. im];
        })];
        Assert.That(solutions[1], Is.EqualTo(solutions[0]));

        // And a full matrix after it is full again.
        (_, double[] dense, _) = MatrixBench.Numbers(full, 9);
        var used = NewtonMatrix.For(full);
        used.Factor(2.0, [], Spread(jacobian));
        used.Factor(2.0, [], dense);
        double[] expected = Full(full, 2.0, [], dense).Real().Solve(Vector<double>.Build.Dense(right)).ToArray();
        used.Solve(right);
        Assert.That(right, Is.EqualTo(expected).Within(1e-9 * (1.0 + expected.Max(Math.Abs))));
    }

    [TestCaseSource(nameof(Patterns))]
    [TestCaseSource(typeof(SparseFactorsTests), nameof(SparseFactorsTests.Patterns))]
    public void Nothing_is_allocated(SparsityPattern pattern)
    {
        (double[] mass, double[] jacobian, double[] right) = MatrixBench.Numbers(pattern, 7);
        double[] left = [.. right];
        var real = NewtonMatrix.For(pattern);
        var complex = ComplexNewtonMatrix.For(pattern);
        Allocations.None(
            () =>
            {
                real.Factor(2.0, mass, jacobian);
                real.Solve(right);
                complex.Factor(Scale, [], jacobian);
                complex.Solve(right, left);
            },
            calls: 5);
    }

    private static Matrix<Complex> Full(SparsityPattern pattern, Complex scale, double[] mass, double[] jacobian)
    {
        Matrix<Complex> full = Matrix<Complex>.Build.Dense(pattern.Size, pattern.Size);
        int k = 0;
        foreach ((int row, int column) in pattern.Entries())
        {
            double m = mass.Length > 0 ? mass[k] : row == column ? 1.0 : 0.0;
            full[row, column] = (scale * m) - jacobian[k++];
        }

        return full;
    }
}
