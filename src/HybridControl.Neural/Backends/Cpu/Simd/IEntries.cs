using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>How the entries of a panel of weights become numbers.</summary>
internal unsafe interface IEntries<V, T>
    where V : struct, IPack<V, T>
    where T : unmanaged
{
    /// <summary>Bytes of an entry.</summary>
    static abstract int Size { get; }

    /// <summary>One pack of entries.</summary>
    static abstract V Load(byte* panel, int pack);
}

/// <summary>As the back-end computes.</summary>
internal readonly unsafe struct NativeEntries<V, T> : IEntries<V, T>
    where V : struct, IPack<V, T>
    where T : unmanaged
{
    public static int Size => sizeof(T);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load(byte* panel, int pack) => V.Load((T*)panel + (pack * V.Width));
}

/// <summary>The upper halves of single-precision numbers.</summary>
internal readonly unsafe struct BFloat16Entries<V, T> : IEntries<V, T>
    where V : struct, IPack<V, T>
    where T : unmanaged
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load(byte* panel, int pack) => V.LoadBFloat16((ushort*)panel + (pack * V.Width));
}

/// <summary>Whole numbers, in units of their output's scale.</summary>
internal readonly unsafe struct Int8Entries<V, T> : IEntries<V, T>
    where V : struct, IPack<V, T>
    where T : unmanaged
{
    public static int Size => sizeof(sbyte);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load(byte* panel, int pack) => V.LoadInt8((sbyte*)panel + (pack * V.Width));
}
