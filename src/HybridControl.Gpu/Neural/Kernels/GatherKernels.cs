using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Operands of gathers and scatters.</summary>
internal struct GatherArguments<T>
    where T : unmanaged
{
    public KernelMatrix<T> X;
    public KernelMatrix<T> Y;
    public ArrayView<int> Indexes;
    public ArrayView<T> Factors;
    public int Count;
}

/// <summary>Operands of a gather of the rows of a weight.</summary>
internal struct TableArguments<T, TWeight>
    where T : unmanaged
    where TWeight : struct
{
    public TWeight Table;
    public KernelMatrix<T> Y;
    public ArrayView<int> Indexes;
    public T Factor;
}

/// <summary>Gathers and scatters, a thread for each entry of the outcome; neighbouring threads have neighbouring columns.</summary>
internal static class GatherKernels
{
    /// <summary><c>y[i] = x[rows[i]]</c>.</summary>
    public static void Rows<T>(Index1D i, GatherArguments<T> a)
        where T : unmanaged
    {
        int row = i / a.Y.Columns;
        int column = i - (row * a.Y.Columns);
        a.Y[row, column] = a.X[a.Indexes[row], column];
    }

    /// <summary><c>y[i] = factor table[rows[i]]</c>.</summary>
    public static void Table<T, TWeight>(Index1D i, TableArguments<T, TWeight> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TWeight : struct, IKernelWeight<T>
    {
        int row = i / a.Y.Columns;
        int column = i - (row * a.Y.Columns);
        a.Y[row, column] = a.Factor * a.Table.At(a.Indexes[row], column);
    }

    /// <summary><c>y[r, i] = x[r, indexes[i]]</c>, zero for a negative index.</summary>
    public static void Entries<T>(Index1D i, GatherArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int row = i / a.Y.Columns;
        int column = i - (row * a.Y.Columns);
        int from = a.Indexes[column];
        a.Y[row, column] = from < 0 ? T.Zero : a.X[row, from];
    }

    /// <summary><c>y[rows[i]] += factors[i] x[i]</c> for rows that differ.</summary>
    public static void Scatter<T>(Index1D i, GatherArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int row = i / a.Y.Columns;
        int column = i - (row * a.Y.Columns);
        int to = a.Indexes[row];
        a.Y[to, column] = a.Y[to, column] + (a.Factors[row] * a.X[row, column]);
    }

    /// <summary>The same for rows that repeat: a thread for each column takes them in order, so that sums are the same every time.</summary>
    public static void ScatterInOrder<T>(Index1D column, GatherArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int row = 0; row < a.Count; row++)
        {
            int to = a.Indexes[row];
            a.Y[to, column] = a.Y[to, column] + (a.Factors[row] * a.X[row, column]);
        }
    }
}
