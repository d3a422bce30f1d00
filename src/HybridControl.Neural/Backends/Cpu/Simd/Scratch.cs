namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Memory of the workers for what lies between: grows by doubling, so that a sequence that grows by tokens seldom asks for more, and stays.</summary>
internal sealed unsafe class Scratch<T>(int workers)
    where T : unmanaged
{
    private readonly AlignedArray<T>[] _arrays = new AlignedArray<T>[workers];

    /// <summary>Memory of a worker, with whatever it holds.</summary>
    public T* Of(int worker, int length)
    {
        ref AlignedArray<T> array = ref _arrays[worker];
        if (array.Numbers.Length < length)
        {
            array = new AlignedArray<T>((int)Math.Max(length, Math.Min(2L * array.Numbers.Length, AlignedArray<T>.MaxLength)));
        }

        return array.Start;
    }
}
