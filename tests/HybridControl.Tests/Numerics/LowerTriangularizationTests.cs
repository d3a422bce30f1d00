using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Numerics;

public class LowerTriangularizationTests
{
    [TestCase(3, 5)]
    [TestCase(5, 3)]
    [TestCase(6, 6)]
    public void The_triangle_has_the_square_of_the_array(int rows, int columns)
    {
        double[] array = Random(rows, columns, 1);
        double[] square = Square(array, rows, columns);
        LowerTriangularization.Apply(array, rows, columns);
        Assert.That(Square(array, rows, columns), Is.EqualTo(square).Within(1e-13));
        Assert.That(AboveDiagonal(array, rows, columns), Is.All.Zero);
    }

    [Test]
    public void Rows_whose_squares_leave_the_range_have_the_triangle_of_rows_that_are_near_one()
    {
        double[] plain = Random(4, 6, 3);
        double[] array = [.. plain];
        double[] scales = [Math.ScaleB(1.0, 1000), Math.ScaleB(1.0, -1000), 1.0, Math.ScaleB(1.0, 600)];
        for (int i = 0; i < array.Length; i++)
        {
            array[i] *= scales[i / 6];
        }

        LowerTriangularization.Apply(plain, 4, 6);
        LowerTriangularization.ApplyScaled(array, 4, 6);
        for (int i = 0; i < array.Length; i++)
        {
            Assert.That(array[i] / scales[i / 6], Is.EqualTo(plain[i]).Within(1e-15));
        }
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void A_row_of_rounding_errors_takes_nothing_from_later_rows(int dirty)
    {
        const int Rows = 6;
        const int Columns = 7;
        double[] array = Random(Rows, Columns, 2);
        for (int j = 0; j < Columns; j++)
        {
            // Depends on the leading rows before it up to rounding errors.
            double combined = dirty == 0 ? 0.0 : array[j] - (dirty == 2 ? array[Columns + j] : 0.0);
            array[(dirty * Columns) + j] = combined + (1e-17 * Math.Sin(j));
        }

        double[] square = Square(array, Rows, Columns);
        double[] smallest = [1e-14, 1e-14, 1e-14];
        LowerTriangularization.Apply(array, Rows, Columns, smallest);
        Assert.That(Square(array, Rows, Columns), Is.EqualTo(square).Within(1e-13));
        Assert.That(AboveDiagonal(array, Rows, Columns), Is.All.Zero);
        for (int i = dirty; i < Rows; i++)
        {
            Assert.That(array[(i * Columns) + dirty], Is.Zero);
        }

    }

    [Test]
    public void Zero_rows_get_zero_columns()
    {
        const int Rows = 5;
        double[] array = Random(Rows, Rows, 3);
        array.AsSpan(0, Rows).Clear();
        array.AsSpan(3 * Rows, Rows).Clear();
        double[] square = Square(array, Rows, Rows);
        LowerTriangularization.Apply(array, Rows, Rows);
        Assert.That(Square(array, Rows, Rows), Is.EqualTo(square).Within(1e-13));
        Assert.That(AboveDiagonal(array, Rows, Rows), Is.All.Zero);
        for (int j = 0; j < Rows; j++)
        {
            Assert.That(array[j * (Rows + 1)], j is 0 or 3 ? Is.Zero : Is.Positive);
            Assert.That(array[(4 * Rows) + j], j is 0 or 3 ? Is.Zero : Is.Not.Zero);
        }
    }

    private static double[] Random(int rows, int columns, ulong seed)
    {
        var array = new double[rows * columns];
        new NormalDraws(seed, 0).Fill(array);
        return array;
    }

    private static double[] Square(double[] array, int rows, int columns)
    {
        var square = new double[rows * rows];
        Dense.MultiplyTransposed(array, array, square, rows, columns, rows);
        return square;
    }

    private static IEnumerable<double> AboveDiagonal(double[] array, int rows, int columns) =>
        from i in Enumerable.Range(0, rows) from j in Enumerable.Range(0, columns) where j > i select array[(i * columns) + j];
}
