using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Operands of a filter with complex modes for each channel.</summary>
internal struct ModalScanArguments<T>
    where T : unmanaged
{
    public KernelMatrix<T> U;
    public KernelMatrix<T> Lambda;
    public KernelMatrix<T> B;
    public KernelMatrix<T> C;
    public KernelMatrix<T> D;
    public KernelMatrix<T> State;
    public KernelMatrix<T> Y;
    public int Modes;
    public int Length;
}

/// <summary>Filters with complex modes.</summary>
internal static class ModalScanKernels
{
    /// <summary>Tokens between two meetings of the threads.</summary>
    public const int Steps = 16;

    /// <summary>The most threads of a channel.</summary>
    public const int Widest = 64;

    /// <summary>A group for each channel of each stream, a mode for each thread; the modes of a token meet in shared memory every sixteen tokens.</summary>
    /// <remarks>Eight multiply-adds for a mode of a token against 8 / N bytes of memory in single precision: bound by arithmetic.</remarks>
    public static void Run<T>(ModalScanArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArrayView<T> parts = SharedMemory.Allocate<T>(Steps * (Widest + 1));
        int channels = a.U.Columns;
        int modes = channels * a.Modes;
        int stream = Grid.IdxX / channels;
        int channel = Grid.IdxX - (stream * channels);
        T direct = a.D.Exists == 0 ? T.Zero : a.D[0, channel];
        for (int t = 0; t < a.Length; t += Steps)
        {
            int count = Math.Min(Steps, a.Length - t);
            int row = (stream * a.Length) + t;
            for (int step = 0; step < count; step++)
            {
                parts[(step * (Widest + 1)) + Group.IdxX] = T.Zero;
            }

            for (int mode = Group.IdxX; mode < a.Modes; mode += Group.DimX)
            {
                int m = (channel * a.Modes) + mode;
                T lr = a.Lambda[0, m];
                T li = a.Lambda[1, m];
                T re = a.State[stream, m];
                T im = a.State[stream, modes + m];
                for (int step = 0; step < count; step++)
                {
                    T u = a.U[row + step, channel];
                    T next = (lr * re) - (li * im) + (a.B[0, m] * u);
                    im = (lr * im) + (li * re) + (a.B[1, m] * u);
                    re = next;
                    int slot = (step * (Widest + 1)) + Group.IdxX;
                    parts[slot] = parts[slot] + (a.C[0, m] * re) - (a.C[1, m] * im);
                }

                a.State[stream, m] = re;
                a.State[stream, modes + m] = im;
            }

            Group.Barrier();
            for (int step = Group.IdxX; step < count; step += Group.DimX)
            {
                T sum = T.Zero;
                for (int lane = 0; lane < Group.DimX; lane++)
                {
                    sum += parts[(step * (Widest + 1)) + lane];
                }

                a.Y[row + step, channel] = sum + sum + (direct * a.U[row + step, channel]);
            }

            Group.Barrier();
        }
    }
}
