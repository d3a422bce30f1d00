using HybridControl.Numerics;
using HybridControl.Tests.TestKit;
using Complex = System.Numerics.Complex;

namespace HybridControl.Tests.Numerics;

public class SparseFactorsTests
{
    private static readonly Complex Scale = new(3.0, -2.5);

    public static IEnumerable<TestCaseData> Patterns()
    {
        yield return MatrixBench.Case(MatrixBench.Grid(30), "Grid30");
        yield return MatrixBench.Case(Pollution(), "Pollution");
        yield return MatrixBench.Case(MatrixBench.Arrow(20), "Arrow20");
        yield return MatrixBench.Case(MatrixBench.Arrow(200), "Arrow200");
        yield return MatrixBench.Case(MatrixBench.Random(100, 100), "Random100");
        yield return MatrixBench.Case(MatrixBench.Random(200, 250), "Random200");
    }

    [TestCaseSource(nameof(Patterns))]
    public void A_sparse_order_is_chosen(SparsityPattern pattern)
    {
        Assert.That(MatrixStorageChoice.OrderFor<double>(pattern), Is.Not.Null);
        Assert.That(MatrixStorageChoice.OrderFor<Complex>(pattern), Is.SameAs(pattern.Order));
    }

    [Test]
    public void Full_and_narrow_patterns_keep_their_storage()
    {
        foreach (SparsityPattern pattern in (SparsityPattern[])
            [
                SparsityPattern.Dense(3), SparsityPattern.Dense(20), SparsityPattern.Dense(100),
                SparsityPattern.Banded(20, 1, 1), SparsityPattern.Banded(100, 1, 1), SparsityPattern.Banded(100, 3, 3),
            ])
        {
            Assert.That(MatrixStorageChoice.OrderFor<double>(pattern), Is.Null);
            Assert.That(MatrixStorageChoice.OrderFor<Complex>(pattern), Is.Null);
        }
    }

    [TestCaseSource(nameof(Patterns))]
    public void Factors_have_room_for_every_entry_and_each_pivot_comes_once(SparsityPattern pattern)
    {
        SparseOrder order = pattern.Order!;
        Assert.That(order.Pivots, Is.EquivalentTo(Enumerable.Range(0, pattern.Size)));
        for (int i = 0; i < pattern.Size; i++)
        {
            int[] columns = order.Columns[order.RowStarts[i]..order.RowStarts[i + 1]];
            int row = order.Pivots[i];
            Assert.That(columns, Is.Ordered.Ascending.And.Unique);
            Assert.That(order.Places[pattern.RowStarts[row]..pattern.RowStarts[row + 1]], Is.SubsetOf(columns));
            Assert.That(order.Columns[order.Diagonal[i]], Is.EqualTo(i));
        }
    }

    [Test]
    public void An_arrow_and_a_triangle_do_not_fill()
    {
        var triangle = SparsityPattern.Of(50, Enumerable.Range(0, 50).SelectMany(i => new[] { (i, 0), (i, i / 2), (i, i / 3) }));
        foreach (SparsityPattern pattern in (SparsityPattern[])[MatrixBench.Arrow(50), triangle])
        {
            Assert.That(pattern.Order!.Columns, Has.Length.EqualTo(pattern.Count));
        }
    }

    [TestCaseSource(nameof(Patterns))]
    public void Residuals_are_of_the_size_of_rounding(SparsityPattern pattern)
    {
        (double[] mass, double[] jacobian, double[] right) = MatrixBench.Numbers(pattern, 3);
        var real = new SparseFactors<double>(pattern, pattern.Order!);
        var complex = new SparseFactors<Complex>(pattern, pattern.Order!);
        foreach (double[] m in (double[][])[[], mass])
        {
            Assert.That(real.Factor(Scale.Real, m, jacobian), Is.EqualTo(-1));
            Assert.That(complex.Factor(Scale, m, jacobian), Is.EqualTo(-1));
            double[] x = [.. right];
            Complex[] z = [.. right.Select(value => new Complex(value, -value))];
            real.Solve(x);
            complex.Solve(z);
            Assert.That(Residual(pattern, Scale.Real, m, jacobian, [.. x.Select(value => (Complex)value)], right), Is.LessThan(1e-12));
            Assert.That(Residual(pattern, Scale, m, jacobian, [.. z.Select(value => value / new Complex(1.0, -1.0))], right), Is.LessThan(1e-12));
        }
    }

    [TestCaseSource(nameof(Patterns))]
    public void Pivots_too_small_for_their_row_and_column_are_left_to_factors_with_exchanges(SparsityPattern pattern)
    {
        (double[] mass, double[] jacobian, double[] right) = MatrixBench.Numbers(pattern, 3);
        double[] weak = [.. jacobian];
        foreach (int place in pattern.Diagonal)
        {
            weak[place] = 1e-9 * jacobian[place];
        }

        Assert.That(new SparseFactors<double>(pattern, pattern.Order!).Factor(0.0, [], weak), Is.Not.Negative);
        var real = NewtonMatrix.For(pattern);
        var complex = ComplexNewtonMatrix.For(pattern);
        foreach (double[] values in (double[][])[weak, jacobian, weak])
        {
            // Regular, but a solution may be as large as the inverse of the diagonal.
            double[] x = [.. right];
            double[] re = [.. right];
            double[] im = new double[right.Length];
            Assert.That(real.Factor(1e-6, mass, values), Is.True);
            Assert.That(complex.Factor(1e-6 * Scale, mass, values), Is.True);
            real.Solve(x);
            complex.Solve(re, im);
            double size = 1e-12 * (1.0 + x.Max(Math.Abs));
            Assert.That(Residual(pattern, 1e-6, mass, values, [.. x.Select(value => (Complex)value)], right), Is.LessThan(size));
            size = 1e-12 * (1.0 + re.Max(Math.Abs) + im.Max(Math.Abs));
            Complex[] z = [.. re.Zip(im, (a, b) => new Complex(a, b))];
            Assert.That(Residual(pattern, 1e-6 * Scale, mass, values, z, right), Is.LessThan(size));
        }
    }

    [Test]
    public void Two_equal_rows_are_singular_in_the_column_that_dense_factors_name()
    {
        SparsityPattern pattern = MatrixBench.Arrow(60);
        (_, double[] jacobian, _) = MatrixBench.Numbers(pattern, 3);
        jacobian[pattern.IndexOf(7, 7)] = 0.0;
        jacobian[pattern.IndexOf(9, 9)] = 0.0;
        jacobian[pattern.IndexOf(7, 0)] = jacobian[pattern.IndexOf(9, 0)];
        var real = NewtonMatrix.For(pattern);
        var dense = new BlockFactors(pattern);
        int column = dense.Factor(0.0, [], jacobian);
        Assert.That(column, Is.Not.Negative);
        Assert.That(real.Factor(0.0, [], jacobian), Is.False);
        Assert.That(real.SingularColumn, Is.EqualTo(column));
        Assert.That(ComplexNewtonMatrix.For(pattern).Factor(Complex.Zero, [], jacobian), Is.False);
    }

    // The kinetics of 20 species: J. G. Verwer, SIAM J. Sci. Comput. 15 (1994), 1243-1250.
    private static SparsityPattern Pollution()
    {
        int[][] rows =
        [
            [0, 1, 3, 4, 5, 9, 10, 12, 18, 19],
            [0, 1, 3, 4, 9, 10, 18],
            [0, 2, 3, 15, 18],
            [0, 1, 2, 3],
            [1, 4, 5, 6, 8, 13, 16],
            [0, 1, 4, 5, 6, 8, 15, 16],
            [5, 6, 13],
            [5, 6, 7, 8],
            [5, 8],
            [1, 8, 9, 10],
            [0, 1, 5, 8, 10, 12],
            [1, 10, 11],
            [0, 10, 12],
            [1, 9, 13],
            [0, 5, 14],
            [3, 15],
            [5, 16],
            [5, 16, 17],
            [0, 3, 18, 19],
            [0, 18, 19],
        ];
        return SparsityPattern.Of(rows.Length, rows.SelectMany((columns, row) => columns.Select(column => (row, column))));
    }

    // The largest |(scale M - J) x - b|.
    private static double Residual(
        SparsityPattern pattern, Complex scale, double[] mass, double[] jacobian, Complex[] x, double[] right)
    {
        Complex[] rest = [.. right.Select(value => (Complex)(-value))];
        int k = 0;
        foreach ((int row, int column) in pattern.Entries())
        {
            double m = mass.Length > 0 ? mass[k] : row == column ? 1.0 : 0.0;
            rest[row] += ((scale * m) - jacobian[k++]) * x[column];
        }

        return rest.Max(Complex.Abs);
    }
}
