using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Operands of the kernels that go entry by entry.</summary>
internal struct ElementArguments<T>
    where T : unmanaged
{
    public KernelMatrix<T> X;
    public KernelMatrix<T> Y;
    public KernelMatrix<T> Z;
    public T Factor;
    public T Keep;
    public int KeepsAny;
    public int Activation;
    public int Heads;
}

/// <summary>Kernels that go entry by entry, a thread for each. Every number is read once and written once: bound by memory alone.</summary>
internal static class ElementKernels
{
    /// <summary><c>y = factor</c>.</summary>
    public static void Fill<T>(Index1D i, ElementArguments<T> a)
        where T : unmanaged
    {
        int row = i / a.Y.Columns;
        a.Y[row, i - (row * a.Y.Columns)] = a.Factor;
    }

    /// <summary><c>y = factor x + keep y</c>.</summary>
    public static void Affine<T>(Index1D i, ElementArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int row = i / a.Y.Columns;
        int column = i - (row * a.Y.Columns);
        T value = a.Factor * a.X[row, column];
        a.Y[row, column] = a.KeepsAny == 0 ? value : value + (a.Keep * a.Y[row, column]);
    }

    /// <summary><c>z = x y</c>, y perhaps of one row.</summary>
    public static void Multiply<T>(Index1D i, ElementArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int row = i / a.Z.Columns;
        int column = i - (row * a.Z.Columns);
        a.Z[row, column] = a.X[row, column] * a.Y[a.Y.Rows == 1 ? 0 : row, column];
    }

    /// <summary><c>z = f(x)</c>, times y if there is one.</summary>
    public static void Activate<T, TNumbers>(Index1D i, ElementArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        int row = i / a.Z.Columns;
        int column = i - (row * a.Z.Columns);
        T value = KernelActivations.Of<T, TNumbers>(a.Activation, a.X[row, column]);
        a.Z[row, column] = a.Y.Exists == 0 ? value : a.Y[row, column] * value;
    }

    /// <summary>Turns entries i and i + half of each head of z by the angles of table y.</summary>
    public static void Rotate<T>(Index1D i, ElementArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int half = a.Y.Columns / 2;
        int perRow = a.Heads * half;
        int row = i / perRow;
        int rest = i - (row * perRow);
        int head = rest / half;
        int place = rest - (head * half);
        int column = (head * (a.Z.Columns / a.Heads)) + place;
        T x = a.Z[row, column];
        T y = a.Z[row, column + half];
        T cosine = a.Y[row, place];
        T sine = a.Y[row, half + place];
        a.Z[row, column] = (x * cosine) - (y * sine);
        a.Z[row, column + half] = (y * cosine) + (x * sine);
    }
}
