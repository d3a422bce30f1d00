using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Products of a few rows by a weight: what a step of decoding is made of.</summary>
internal static class RowProductKernels
{
    /// <summary>Rows of one pass.</summary>
    public const int Rows = 4;

    /// <summary>Outputs of a group.</summary>
    public const int Outputs = 8;

    /// <summary>The most threads that share an output.</summary>
    public const int Widest = 32;

    /// <summary>A group for eight outputs of four rows; its threads share the terms of a sum.</summary>
    /// <remarks>
    /// Bound by the weight, which is read once for four rows: outputs x inputs numbers of 4, 2 or 1 bytes, in words of at least four
    /// bytes, neighbouring threads neighbouring words. Each thread sums every 4 lanes-th quad; the parts are added in order.
    /// </remarks>
    public static void Run<T, TWeight>(WeightProduct<T, TWeight> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TWeight : struct, IKernelWeight<T>
    {
        ArrayView<T> shared = SharedMemory.Allocate<T>(Rows * Outputs * (Widest + 1));
        int lanes = Group.DimX < Outputs ? Group.DimX : Group.DimX / Outputs;
        int strips = (a.Y.Columns + Outputs - 1) / Outputs;
        int firstRow = Grid.IdxX / strips * Rows;
        int firstOutput = (Grid.IdxX - (Grid.IdxX / strips * strips)) * Outputs;
        int lane = Group.IdxX % lanes;
        for (int place = Group.IdxX / lanes; place < Outputs; place += Group.DimX / lanes)
        {
            int output = firstOutput + place;
            Quad<T> sums = default;
            for (int k = 4 * lane; output < a.Y.Columns && k < a.X.Columns; k += 4 * lanes)
            {
                Quad<T> w = a.Weight.Four(output, k);
                sums.A += Dot(a.X, firstRow, k, w);
                sums.B += Dot(a.X, firstRow + 1, k, w);
                sums.C += Dot(a.X, firstRow + 2, k, w);
                sums.D += Dot(a.X, firstRow + 3, k, w);
            }

            int slot = (place * (Widest + 1)) + lane;
            shared[slot] = sums.A;
            shared[slot + (Outputs * (Widest + 1))] = sums.B;
            shared[slot + (2 * Outputs * (Widest + 1))] = sums.C;
            shared[slot + (3 * Outputs * (Widest + 1))] = sums.D;
        }

        Group.Barrier();
        for (int i = Group.IdxX; i < Rows * Outputs; i += Group.DimX)
        {
            T sum = T.Zero;
            for (int k = 0; k < lanes; k++)
            {
                sum += shared[(i * (Widest + 1)) + k];
            }

            a.Store(firstRow + (i / Outputs), firstOutput + (i % Outputs), sum);
        }
    }

    private static T Dot<T>(KernelMatrix<T> x, int row, int k, Quad<T> w)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        if (row < x.Rows)
        {
            sum = w.A * x[row, k];
            sum += k + 1 < x.Columns ? w.B * x[row, k + 1] : T.Zero;
            sum += k + 2 < x.Columns ? w.C * x[row, k + 2] : T.Zero;
            sum += k + 3 < x.Columns ? w.D * x[row, k + 3] : T.Zero;
        }

        return sum;
    }
}
