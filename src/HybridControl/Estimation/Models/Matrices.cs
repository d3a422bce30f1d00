using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Matrices as users write them, <c>double[,]</c>, and as the estimators keep them, row-major arrays.</summary>
internal static class Matrices
{
    /// <summary>The entries row after row.</summary>
    /// <exception cref="ModelException">An entry is not finite.</exception>
    public static double[] Flatten(double[,] matrix, string where)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        double[] flat = new double[matrix.Length];
        Buffer.BlockCopy(matrix, 0, flat, 0, flat.Length * sizeof(double));
        return Dense.IsFinite(flat)
            ? flat
            : throw new ModelException(where, "an entry is NaN or infinite", "Give finite numbers.");
    }

    /// <summary>The number of rows.</summary>
    public static int RowsOf(double[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return matrix.GetLength(0);
    }

    /// <summary>Refuses a matrix of the wrong size.</summary>
    public static void CheckSize(string where, double[,] matrix, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (matrix.GetLength(0) != rows || matrix.GetLength(1) != columns)
        {
            throw new ModelException(
                where,
                $"{matrix.GetLength(0)} by {matrix.GetLength(1)} where {rows} by {columns} is needed",
                "Give a matrix that fits the number of states, inputs and measurements.");
        }
    }
}
