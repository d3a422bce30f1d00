using HybridControl.Neural.Autodiff.Operations;

namespace HybridControl.Neural.Autodiff;

/// <content>Products, factors and solves.</content>
public sealed partial class Tape
{
    /// <summary>The matrix product of a and b, either read transposed if asked. A shared operand serves every sample.</summary>
    /// <exception cref="ArgumentException">The inner extents or the batches differ.</exception>
    public Variable Product(Variable a, Variable b, bool transposeFirst = false, bool transposeSecond = false)
    {
        int inner = transposeFirst ? a.Shape.Rows : a.Shape.Columns;
        int rows = transposeFirst ? a.Shape.Columns : a.Shape.Rows;
        int columns = transposeSecond ? b.Shape.Rows : b.Shape.Columns;
        Require(inner == (transposeSecond ? b.Shape.Columns : b.Shape.Rows), "Product", a, b);
        return Record(
            MatrixProduct.Instance,
            new(CommonBatch("Product", a, b), rows, columns),
            [a, b],
            new() { TransposeFirst = transposeFirst, TransposeSecond = transposeSecond });
    }

    /// <summary>Lower factor L of the symmetric part of a, L L' = (a + a') / 2.</summary>
    /// <exception cref="ArgumentException">a is not square.</exception>
    /// <remarks>A sample that is not positive definite becomes NaN and is named by <see cref="Failure"/>.</remarks>
    public Variable Cholesky(Variable a)
    {
        Require(a.Shape.Rows == a.Shape.Columns, "Cholesky", a, a);
        return Record(CholeskyFactor.Instance, a.Shape, [a]);
    }

    /// <summary>Lower factor L with L L' = A A' for a wide A, without forming the product.</summary>
    /// <exception cref="ArgumentException">a has fewer columns than rows.</exception>
    /// <remarks>
    /// A sample whose rows depend on each other has no derivative; it becomes NaN and is named by <see cref="Failure"/>.
    /// </remarks>
    public Variable Triangularize(Variable a)
    {
        Require(a.Shape.Rows <= a.Shape.Columns, "Triangularize", a, a);
        return Record(Operations.Triangularize.Instance, a.Shape with { Columns = a.Shape.Rows }, [a]);
    }

    /// <summary>L^-1 b, or L^-T b if transposed, for a lower triangular L. What lies above its diagonal is not read.</summary>
    /// <exception cref="ArgumentException">l is not square, or rows or batches differ.</exception>
    public Variable Solve(Variable l, Variable b, bool transposed = false)
    {
        Require(l.Shape.Rows == l.Shape.Columns && l.Shape.Rows == b.Shape.Rows, "Solve", l, b);
        return Record(
            TriangularSolve.Instance,
            b.Shape with { Batch = CommonBatch("Solve", l, b) },
            [l, b],
            new() { TransposeFirst = transposed });
    }

    /// <summary>log det(L L') of a triangular factor, 1 x 1 for every sample.</summary>
    /// <exception cref="ArgumentException">l is not square.</exception>
    public Variable LogDeterminant(Variable l)
    {
        Require(l.Shape.Rows == l.Shape.Columns, "LogDeterminant", l, l);
        return Record(Operations.LogDeterminant.Instance, new(l.Shape.Batch, 1, 1), [l]);
    }

    /// <summary>x' A x of a column x, 1 x 1 for every sample.</summary>
    /// <exception cref="ArgumentException">Extents or batches differ.</exception>
    public Variable QuadraticForm(Variable a, Variable x) => Product(x, Product(a, x), transposeFirst: true);

    /// <summary>x' (L L')^-1 x of a column x, 1 x 1 for every sample, by one triangular solve.</summary>
    /// <exception cref="ArgumentException">Extents or batches differ.</exception>
    public Variable InverseQuadraticForm(Variable l, Variable x) => Sum(Square(Solve(l, x)));

    /// <summary>The values of a function that brings its own derivative, sample by sample.</summary>
    /// <param name="function">The function.</param>
    /// <param name="x">A column of the function's input rows.</param>
    /// <exception cref="ArgumentException">x has another number of rows, or more than one column.</exception>
    public Variable Map(IBatchFunction function, Variable x)
    {
        Require(x.Shape.Rows == function.InputRows && x.Shape.Columns == 1, "Map", x, x);
        return Record(Mapping.Instance, new(x.Shape.Batch, function.OutputRows, 1), [x], new() { Function = function });
    }

    private static int CommonBatch(string operation, Variable a, Variable b)
    {
        Require(a.Shape.Batch == b.Shape.Batch || a.Shape.Batch == 1 || b.Shape.Batch == 1, operation, a, b);
        return Math.Max(a.Shape.Batch, b.Shape.Batch);
    }

    private static void Require(bool fits, string operation, Variable a, Variable b)
    {
        if (!fits)
        {
            throw new ArgumentException(a == b
                ? $"{operation}: {a.Shape} does not fit."
                : $"{operation}: {a.Shape} and {b.Shape} do not go together.");
        }
    }
}
