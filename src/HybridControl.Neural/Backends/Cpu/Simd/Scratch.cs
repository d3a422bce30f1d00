namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Memory of the workers for what lies between: grows to the greatest length that was asked for and stays.</summary>
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
            array = new AlignedArray<T>(length);
        }

        return array.Start;
    }
}
