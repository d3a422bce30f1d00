using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu;

/// <summary>Numbers in an array that the collector does not move, from a cache line on. Lives as long as this is referred to.</summary>
internal readonly unsafe struct AlignedArray<T>
    where T : unmanaged
{
    private const int Line = 64;
    private readonly T[]? _array;
    private readonly int _length;

    /// <summary>So many zeros.</summary>
    public AlignedArray(int length)
    {
        _array = GC.AllocateArray<T>(length + Spare, pinned: true);
        _length = length;
        nuint address = (nuint)Unsafe.AsPointer(ref _array[0]);
        Start = (T*)((address + Line - 1) & ~(nuint)(Line - 1));
    }

    /// <summary>The greatest length.</summary>
    public static int MaxLength => Array.MaxLength - Spare;

    /// <summary>Where the numbers begin.</summary>
    public T* Start { get; }

    /// <summary>The numbers.</summary>
    public Span<T> Numbers => new(Start, _length);

    private static int Spare => Line / sizeof(T);
}
