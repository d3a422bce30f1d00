using System.Numerics;
using System.Runtime.InteropServices;
using HybridControl.Gpu.Neural.Kernels;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace HybridControl.Gpu.Neural;

/// <summary>A weight in the memory of a device: rows of a multiple of four entries, zeros behind the last.</summary>
internal sealed class DeviceWeight<T, TNumbers> : Weight
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TNumbers : struct, IKernelNumbers<T>
{
    private const int StagedWords = 1 << 20;

    private readonly DeviceMemory _memory;
    private readonly MemoryBuffer1D<T, Stride1D.Dense>? _numbers;
    private readonly MemoryBuffer1D<uint, Stride1D.Dense>? _words;
    private readonly MemoryBuffer1D<float, Stride1D.Dense>? _scales;
    private readonly int _stride;

    public DeviceWeight(DeviceMemory memory, AcceleratorStream stream, IMatrixSource source, WeightFormat format)
        : base(source.Name, source.Rows, source.Columns, format)
    {
        _memory = memory;
        int padded = (source.Columns + 3) / 4 * 4;
        switch (format)
        {
            case WeightFormat.Native:
                _stride = padded;
                _numbers = memory.Take<T>((long)Rows * _stride);
                Stage<T>(stream, _numbers.View, (row, target) => ReadNative(source, row, target));
                break;
            case WeightFormat.BFloat16:
                _stride = padded / 2;
                _words = memory.Take<uint>((long)Rows * _stride);
                double[] entries = new double[source.Columns];
                Stage<uint>(stream, _words.View, (row, target) => PackHalves(source, row, entries, target));
                break;
            default:
                _stride = padded / 4;
                _words = memory.Take<uint>((long)Rows * _stride);
                _scales = memory.Take<float>(Rows);
                float[] scales = new float[Rows];
                double[] numbers = new double[source.Columns];
                Stage<uint>(stream, _words.View, (row, target) => scales[row] = PackBytes(source, row, numbers, target));
                HostCopy.To<float>(stream, _scales.View, scales);
                break;
        }
    }

    public override long Bytes => (_numbers?.LengthInBytes ?? 0) + (_words?.LengthInBytes ?? 0) + (_scales?.LengthInBytes ?? 0);

    /// <summary>The weight, if its format is native.</summary>
    public NativeWeight<T> Native => new() { Data = _numbers!.View, Stride = _stride };

    /// <summary>The weight, if its format is of sixteen bits.</summary>
    public HalfWeight<T, TNumbers> Halves => new() { Words = _words!.View, Stride = _stride };

    /// <summary>The weight, if its format is of eight bits.</summary>
    public ByteWeight<T, TNumbers> Bytewise => new() { Words = _words!.View, Scales = _scales!.View, Stride = _stride };

    protected override void Dispose(bool disposing)
    {
        _memory.Return(_numbers);
        _memory.Return(_words);
        _memory.Return(_scales);
    }

    private delegate void RowReader<TWord>(int row, Span<TWord> target);

    private void Stage<TWord>(AcceleratorStream stream, ArrayView<TWord> target, RowReader<TWord> read)
        where TWord : unmanaged
    {
        int block = Math.Clamp(StagedWords / Math.Max(1, _stride), 1, Math.Max(1, Rows));
        var staged = new TWord[block * _stride];
        for (int first = 0; first < Rows; first += block)
        {
            int count = Math.Min(block, Rows - first);
            Array.Clear(staged);
            for (int row = 0; row < count; row++)
            {
                read(first + row, staged.AsSpan(row * _stride, _stride));
            }

            HostCopy.To(stream, target.SubView((long)first * _stride, (long)count * _stride), new ReadOnlySpan<TWord>(staged, 0, count * _stride));
        }
    }

    private static void ReadNative(IMatrixSource source, int row, Span<T> target)
    {
        if (typeof(T) == typeof(float))
        {
            source.ReadRow(row, MemoryMarshal.Cast<T, float>(target)[..source.Columns]);
        }
        else
        {
            source.ReadRow(row, MemoryMarshal.Cast<T, double>(target)[..source.Columns]);
        }
    }

    private static void PackHalves(IMatrixSource source, int row, double[] entries, Span<uint> target)
    {
        source.ReadRow(row, entries);
        WeightRounding.Round(WeightFormat.BFloat16, entries);
        for (int i = 0; i < entries.Length; i++)
        {
            target[i / 2] |= BitConverter.SingleToUInt32Bits((float)entries[i]) >> 16 << (16 * (i % 2));
        }
    }

    private static float PackBytes(IMatrixSource source, int row, double[] entries, Span<uint> target)
    {
        source.ReadRow(row, entries);
        float scale = WeightRounding.Int8Scale(entries);
        WeightRounding.Round(WeightFormat.Int8, entries);
        for (int i = 0; i < entries.Length; i++)
        {
            int units = scale == 0.0f ? 0 : (int)Math.Round(entries[i] / scale);
            target[i / 4] |= (uint)(byte)units << (8 * (i % 4));
        }

        return scale;
    }
}
