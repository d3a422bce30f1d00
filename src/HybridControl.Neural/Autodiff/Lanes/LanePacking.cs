using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Lanes;

/// <summary>Moves four neighbouring samples of every element between a batch and packed lanes.</summary>
internal static class LanePacking
{
    /// <summary>Reads samples first to first + count - 1 of each element; lanes beyond are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadOrZero(ReadOnlySpan<double> source, int batch, int first, int count, Span<Pack> target)
    {
        source = source[..(batch * target.Length)];
        if (count == Pack.Count)
        {
            ref double start = ref MemoryMarshal.GetReference(source);
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = Vector256.LoadUnsafe(ref start, (nuint)((i * batch) + first));
            }

            return;
        }

        Span<double> entries = MemoryMarshal.Cast<Pack, double>(target);
        entries.Clear();
        for (int i = 0; i < target.Length; i++)
        {
            source.Slice((i * batch) + first, count).CopyTo(entries[(i * Pack.Count)..]);
        }
    }

    /// <summary>Reads a shared matrix into every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Repeat(ReadOnlySpan<double> source, Span<Pack> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = Vector256.Create(source[i]);
        }
    }

    /// <summary>Fewer than four numbers, and zeros.</summary>
    public static Pack Rest(ReadOnlySpan<double> source)
    {
        Span<double> lanes = stackalloc double[Pack.Count];
        lanes.Clear();
        source.CopyTo(lanes);
        return Vector256.Create<double>(lanes);
    }

    /// <summary>Writes the first lanes, as many as there is room for.</summary>
    public static void Write(Pack lanes, Span<double> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = lanes[i];
        }
    }

    /// <summary>Writes the samples of each element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(ReadOnlySpan<Pack> packed, Span<double> target, int batch, int first, int count)
    {
        target = target[..(batch * packed.Length)];
        if (count == Pack.Count)
        {
            ref double start = ref MemoryMarshal.GetReference(target);
            for (int i = 0; i < packed.Length; i++)
            {
                packed[i].StoreUnsafe(ref start, (nuint)((i * batch) + first));
            }

            return;
        }

        ReadOnlySpan<double> entries = MemoryMarshal.Cast<Pack, double>(packed);
        for (int i = 0; i < packed.Length; i++)
        {
            entries.Slice(i * Pack.Count, count).CopyTo(target[((i * batch) + first)..]);
        }
    }

    /// <summary>Adds the samples of each element, or their sum where the target is shared.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ReadOnlySpan<Pack> packed, Span<double> target, int batch, int first, int count)
    {
        target = target[..(batch * packed.Length)];
        if (batch == 1)
        {
            for (int i = 0; i < packed.Length; i++)
            {
                target[i] += Vector256.Sum(packed[i]);
            }

            return;
        }

        if (count == Pack.Count)
        {
            ref double start = ref MemoryMarshal.GetReference(target);
            for (int i = 0; i < packed.Length; i++)
            {
                nuint at = (nuint)((i * batch) + first);
                (Vector256.LoadUnsafe(ref start, at) + packed[i]).StoreUnsafe(ref start, at);
            }

            return;
        }

        ReadOnlySpan<double> entries = MemoryMarshal.Cast<Pack, double>(packed);
        for (int i = 0; i < packed.Length; i++)
        {
            for (int sample = 0; sample < count; sample++)
            {
                target[(i * batch) + first + sample] += entries[(i * Pack.Count) + sample];
            }
        }
    }
}
