using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Neighbouring channels as packs, the last of which may be filled in part.</summary>
/// <param name="First">The first channel.</param>
/// <param name="Count">How many.</param>
/// <param name="PackWidth">Channels of a pack.</param>
internal readonly record struct Channels(int First, int Count, int PackWidth)
{
    /// <summary>How many packs.</summary>
    public int Packs => (Count + PackWidth - 1) / PackWidth;

    /// <summary>A pack of a row; zeros beyond the channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe V Load<V, T>(T* row, int pack)
        where V : struct, IPack<V, T>
        where T : unmanaged
    {
        int left = Count - (pack * V.Width);
        T* source = row + First + (pack * V.Width);
        return left >= V.Width ? V.Load(source) : V.LoadPart(source, left);
    }

    /// <summary>Writes a pack of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Store<V, T>(V value, T* row, int pack)
        where V : struct, IPack<V, T>
        where T : unmanaged
    {
        int left = Count - (pack * V.Width);
        T* target = row + First + (pack * V.Width);
        if (left >= V.Width)
        {
            value.Store(target);
        }
        else
        {
            value.StorePart(target, left);
        }
    }
}
