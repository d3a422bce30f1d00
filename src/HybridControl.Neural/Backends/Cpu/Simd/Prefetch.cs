using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Hints that memory will be needed soon; nothing where the processor takes none.</summary>
internal static unsafe class Prefetch
{
    /// <summary>Numbers that are needed at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Near<T>(T* numbers, int count)
        where T : unmanaged
    {
        if (Sse.IsSupported)
        {
            for (int i = 0; i < count; i += 64 / sizeof(T))
            {
                Sse.Prefetch0(numbers + i);
            }
        }
    }

    /// <summary>Numbers that are needed in a while.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Far<T>(T* numbers, int count)
        where T : unmanaged
    {
        if (Sse.IsSupported)
        {
            for (int i = 0; i < count; i += 64 / sizeof(T))
            {
                Sse.Prefetch1(numbers + i);
            }
        }
    }
}
