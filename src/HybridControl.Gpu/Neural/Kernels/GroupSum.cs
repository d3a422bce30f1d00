using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>A sum over the threads of a group, as a tree of fixed shape: the same digits every time.</summary>
internal static class GroupSum
{
    /// <summary>The most threads of a group that sums.</summary>
    public const int Widest = 256;

    /// <summary>Sums one number of each thread; all threads get the sum. Groups are powers of two.</summary>
    /// <param name="value">The thread's number.</param>
    /// <param name="shared">Shared memory, a number for each thread.</param>
    public static T Of<T>(T value, ArrayView<T> shared)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int lane = Group.IdxX;
        shared[lane] = value;
        Group.Barrier();
        for (int width = Group.DimX / 2; width > 0; width /= 2)
        {
            if (lane < width)
            {
                shared[lane] = shared[lane] + shared[lane + width];
            }

            Group.Barrier();
        }

        T sum = shared[0];
        Group.Barrier();
        return sum;
    }
}
