using System.Numerics;
using HybridControl.Neural.Backends;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Operands of a norm.</summary>
internal struct NormArguments<T>
    where T : unmanaged
{
    public KernelMatrix<T> X;
    public KernelMatrix<T> Weight;
    public KernelMatrix<T> Bias;
    public KernelMatrix<T> Gate;
    public KernelMatrix<T> Y;
    public T Epsilon;
    public int Width;
    public int Order;
    public int Centers;
}

/// <summary>Norms of rows, with or without a gate.</summary>
internal static class NormKernels
{
    /// <summary>A group for each set of columns that are normalised together.</summary>
    /// <remarks>
    /// The entries are read from memory once and from the cache again: x, the gate and y of R rows of d are 12 R d bytes in single
    /// precision. The variance is summed around the mean, so that large means do not cancel it.
    /// </remarks>
    public static void Normalize<T, TNumbers>(NormArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        ArrayView<T> shared = SharedMemory.Allocate<T>(GroupSum.Widest);
        int sets = a.X.Columns / a.Width;
        int row = Grid.IdxX / sets;
        int first = (Grid.IdxX - (row * sets)) * a.Width;
        T share = T.One / TNumbers.Of(a.Width);
        T mean = T.Zero;
        if (a.Centers != 0)
        {
            T sum = T.Zero;
            for (int c = first + Group.IdxX; c < first + a.Width; c += 4 * Group.DimX)
            {
                Quad<T> four = Inputs<T, TNumbers>(a, row, c, first + a.Width, T.Zero);
                sum += four.A + four.B + four.C + four.D;
            }

            mean = GroupSum.Of(sum, shared) * share;
        }

        T squares = T.Zero;
        for (int c = first + Group.IdxX; c < first + a.Width; c += 4 * Group.DimX)
        {
            Quad<T> four = Inputs<T, TNumbers>(a, row, c, first + a.Width, mean);
            squares += Square(four.A - mean) + Square(four.B - mean) + Square(four.C - mean) + Square(four.D - mean);
        }

        T scale = T.One / TNumbers.Sqrt((GroupSum.Of(squares, shared) * share) + a.Epsilon);
        for (int c = first + Group.IdxX; c < first + a.Width; c += Group.DimX)
        {
            T value = (Input<T, TNumbers>(a, row, c, first + a.Width, mean) - mean) * scale;
            if (a.Weight.Exists != 0)
            {
                value *= a.Weight[0, c];
            }

            if (a.Bias.Exists != 0)
            {
                value += a.Bias[0, c];
            }

            if (a.Order == (int)GateOrder.NormThenGate)
            {
                value *= KernelActivations.Silu<T, TNumbers>(a.Gate[row, c]);
            }

            a.Y[row, c] = value;
        }
    }

    // Four at a time, so that four reads are under way.
    private static Quad<T> Inputs<T, TNumbers>(NormArguments<T> a, int row, int column, int end, T beyond)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        int step = Group.DimX;
        Quad<T> four;
        four.A = Input<T, TNumbers>(a, row, column, end, beyond);
        four.B = Input<T, TNumbers>(a, row, column + step, end, beyond);
        four.C = Input<T, TNumbers>(a, row, column + (2 * step), end, beyond);
        four.D = Input<T, TNumbers>(a, row, column + (3 * step), end, beyond);
        return four;
    }

    private static T Square<T>(T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => value * value;

    private static T Input<T, TNumbers>(NormArguments<T> a, int row, int column, int end, T beyond)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        T value = beyond;
        if (column < end)
        {
            value = a.X[row, column];
        }

        if (column < end && a.Order == (int)GateOrder.GateThenNorm)
        {
            value *= KernelActivations.Silu<T, TNumbers>(a.Gate[row, column]);
        }

        return value;
    }
}
