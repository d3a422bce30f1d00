using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HybridControl.Numerics;

/// <summary>Where the zeros at an end of a row end.</summary>
internal static class ZeroRuns
{
    /// <summary>Index of the first number that is not zero, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int First(ReadOnlySpan<double> values)
    {
        ref double first = ref MemoryMarshal.GetReference(values);
        int i = 0;
        while (i + 8 <= values.Length && Vector512.EqualsAll(Vector512.LoadUnsafe(ref first, (nuint)i), Vector512<double>.Zero))
        {
            i += 8;
        }

        for (; i < values.Length; i++)
        {
            if (values[i] != 0.0)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Index of the last number that is not zero, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Last(ReadOnlySpan<double> values)
    {
        ref double first = ref MemoryMarshal.GetReference(values);
        int end = values.Length;
        while (end >= 8 && Vector512.EqualsAll(Vector512.LoadUnsafe(ref first, (nuint)(end - 8)), Vector512<double>.Zero))
        {
            end -= 8;
        }

        for (int i = end - 1; i >= 0; i--)
        {
            if (values[i] != 0.0)
            {
                return i;
            }
        }

        return -1;
    }
}
