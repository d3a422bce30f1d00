using System.Numerics;
using System.Runtime.InteropServices;
using HybridControl.Gpu.Compilation;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Neural.Kernels;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace HybridControl.Gpu.Neural;

/// <summary>A back-end of sequence layers on a device.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="TNumbers">Its functions in kernels.</typeparam>
internal sealed partial class GpuTensorBackend<T, TNumbers> : ITensorBackend
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TNumbers : struct, IKernelNumbers<T>
{
    private const int StagedNumbers = 1 << 20;
    private const int ThreadsToFill = 1024;

    private readonly GpuDevice _device;
    private readonly Accelerator _accelerator;
    private readonly KernelCache _kernels;
    private readonly GpuTuning _tuning;
    private readonly int _multiprocessors;
    private readonly int _mostThreads;
    private readonly Scratch<T> _nothing;
    private readonly Scratch<T> _transfer;
    private readonly Scratch<T> _states;
    private readonly Scratch<T> _totals;
    private readonly Scratch<T> _steps;
    private readonly Scratch<T> _couplings;
    private readonly Scratch<double> _exponents;
    private readonly Mailbox<int> _rows;
    private readonly Mailbox<T> _factors;
    private readonly Mailbox<DeviceSpan> _spans;
    private T[] _staged = [];
    private DeviceSpan[] _spanList = [];

    public GpuTensorBackend(GpuDevice device, GpuTuning tuning)
    {
        (_device, _accelerator, _tuning) = (device, device.Accelerator, tuning);
        _kernels = KernelCache.Of(device);
        _multiprocessors = tuning.Multiprocessors > 0 ? tuning.Multiprocessors : _accelerator.NumMultiprocessors;
        _mostThreads = 1 << BitOperations.Log2((uint)_accelerator.MaxNumThreadsPerGroup);
        Memory = new(device);
        (_nothing, _transfer, _states, _totals) = (new(Memory), new(Memory), new(Memory), new(Memory));
        (_steps, _couplings, _exponents) = (new(Memory), new(Memory), new(Memory));
        AcceleratorStream stream = _accelerator.DefaultStream;
        (_rows, _factors, _spans) = (new(Memory, stream), new(Memory, stream), new(Memory, stream));
    }

    /// <inheritdoc/>
    public string Name => $"{_device.Name}, {_device.Kind}, {(Precision == Precision.Single ? 32 : 64)} bits";

    /// <inheritdoc/>
    public Precision Precision => typeof(T) == typeof(float) ? Precision.Single : Precision.Double;

    /// <summary>What this back-end holds of the device's memory.</summary>
    internal DeviceMemory Memory { get; }

    /// <inheritdoc/>
    public TensorBuffer Allocate(long length) => new DeviceBuffer<T>(Memory, length, Precision);

    /// <inheritdoc/>
    public IndexBuffer LoadIndexes(ReadOnlySpan<int> indexes) => new DeviceIndexes(Memory, _accelerator.DefaultStream, indexes);

    /// <inheritdoc/>
    public Weight LoadWeight(IMatrixSource source, WeightFormat format) =>
        new DeviceWeight<T, TNumbers>(Memory, _accelerator.DefaultStream, source, format);

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<float> values, TensorView target) => Write(values, target);

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<double> values, TensorView target) => Write(values, target);

    /// <inheritdoc/>
    public void Download(TensorView source, Span<float> values) => Read(source, values);

    /// <inheritdoc/>
    public void Download(TensorView source, Span<double> values) => Read(source, values);

    /// <inheritdoc/>
    public void Dispose()
    {
        _nothing.Dispose();
        _transfer.Dispose();
        _states.Dispose();
        _totals.Dispose();
        _steps.Dispose();
        _couplings.Dispose();
        _exponents.Dispose();
        _rows.Dispose();
        _factors.Dispose();
        _spans.Dispose();
    }

    private void Write<TFrom>(ReadOnlySpan<TFrom> values, TensorView target)
        where TFrom : unmanaged, INumberBase<TFrom>
    {
        OperandCheck.Length(values.Length, target);
        if (values.IsEmpty)
        {
            return;
        }

        ArrayView<T> dense = target.IsDense ? Of(target).Data : _transfer.Of(values.Length);
        try
        {
            _accelerator.Bind();
            AcceleratorStream stream = _accelerator.DefaultStream;
            if (typeof(TFrom) == typeof(T))
            {
                HostCopy.To(stream, dense.SubView(0, values.Length), MemoryMarshal.Cast<TFrom, T>(values));
            }
            else
            {
                T[] staged = Staged(Math.Min(values.Length, StagedNumbers));
                for (int first = 0; first < values.Length; first += staged.Length)
                {
                    int count = Math.Min(staged.Length, values.Length - first);
                    for (int i = 0; i < count; i++)
                    {
                        staged[i] = T.CreateTruncating(values[first + i]);
                    }

                    HostCopy.To(stream, dense.SubView(first, count), new ReadOnlySpan<T>(staged, 0, count));
                }
            }
        }
        catch (AcceleratorException error)
        {
            throw KernelFailure.OfDevice(error, _device.Name);
        }

        if (!target.IsDense)
        {
            Affine(Dense(dense, target), T.One, Of(target), T.Zero);
        }
    }

    private void Read<TTo>(TensorView source, Span<TTo> values)
        where TTo : unmanaged, INumberBase<TTo>
    {
        OperandCheck.Length(values.Length, source);
        if (values.IsEmpty)
        {
            return;
        }

        ArrayView<T> dense = source.IsDense ? Of(source).Data : _transfer.Of(values.Length);
        if (!source.IsDense)
        {
            Affine(Of(source), T.One, Dense(dense, source), T.Zero);
        }

        try
        {
            _accelerator.Bind();
            AcceleratorStream stream = _accelerator.DefaultStream;
            if (typeof(TTo) == typeof(T))
            {
                dense.SubView(0, values.Length).CopyToCPU(stream, MemoryMarshal.Cast<TTo, T>(values));
                stream.Synchronize();
                return;
            }

            T[] staged = Staged(Math.Min(values.Length, StagedNumbers));
            for (int first = 0; first < values.Length; first += staged.Length)
            {
                int count = Math.Min(staged.Length, values.Length - first);
                dense.SubView(first, count).CopyToCPU(stream, staged.AsSpan(0, count));
                stream.Synchronize();
                for (int i = 0; i < count; i++)
                {
                    values[first + i] = TTo.CreateTruncating(staged[i]);
                }
            }
        }
        catch (AcceleratorException error)
        {
            throw KernelFailure.OfDevice(error, _device.Name);
        }
    }

    private T[] Staged(int length)
    {
        if (_staged.Length < length)
        {
            _staged = new T[length];
        }

        return _staged;
    }

    private static KernelMatrix<T> Dense(ArrayView<T> data, TensorView shape) =>
        Dense(data, shape.Rows, shape.Columns);

    private static KernelMatrix<T> Dense(ArrayView<T> data, int rows, int columns) =>
        new() { Data = data, Rows = rows, Columns = columns, Stride = columns, Exists = 1 };

    /// <summary>What kernels see of a view; of one that is left out, nothing.</summary>
    private KernelMatrix<T> Of(TensorView view)
    {
        if (view.IsEmpty)
        {
            return new() { Data = _nothing.Of(1) };
        }

        ArrayView<T> all = ((DeviceBuffer<T>)view.Buffer).View;
        long length = view.Count == 0 ? 0 : ((view.Rows - 1L) * view.Stride) + view.Columns;
        if (view.Offset < 0 || view.Offset + length > all.Length)
        {
            throw new ArgumentException($"A view of {view.Rows} x {view.Columns} from {view.Offset} on goes beyond the {all.Length} numbers of its buffer.", nameof(view));
        }

        return new() { Data = all.SubView(view.Offset, length), Rows = view.Rows, Columns = view.Columns, Stride = view.Stride, Exists = 1 };
    }

    /// <summary>Threads of a group for so many pieces: a power of two.</summary>
    private int ThreadsFor(int pieces, int most) =>
        Math.Min((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, pieces)), Math.Min(most, _mostThreads));

    /// <summary>Pieces into which sequences are cut so that all multiprocessors have work.</summary>
    private int SegmentsFor(long threads, int length) =>
        (int)Math.Clamp((long)_multiprocessors * ThreadsToFill / Math.Max(1, threads), 1, Math.Max(1, length / _tuning.LeastSegment));
}
