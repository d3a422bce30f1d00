using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Gpu.Neural.Kernels;
using HybridControl.Neural.Backends;
using ILGPU;
using ILGPU.Runtime;

namespace HybridControl.Gpu.Neural;

internal sealed partial class GpuTensorBackend<T, TNumbers>
{
    private const int ScanThreads = 128;
    private const int MostStates = 64;

    /// <inheritdoc/>
    public void SelectiveScan(SequenceShape shape, in SelectiveScanOperands operands)
    {
        ref readonly SelectiveScanOperands o = ref operands;
        (int channels, int size) = (o.X.Columns, o.A.Rows);
        OperandCheck.Operands(shape, o);
        int segments = SegmentsFor((long)shape.Streams * channels, shape.Length);
        int segmentLength = (shape.Length + segments - 1) / segments;
        segments = (shape.Length + segmentLength - 1) / segmentLength;
        int perHead = channels / o.Heads;
        int threads = ThreadsFor(perHead, ScanThreads);
        int groupsPerHead = (perHead + threads - 1) / threads;
        var whole = new SelectiveScanArguments<T>
        {
            X = Of(o.X),
            Delta = Of(o.Delta),
            B = Of(o.B),
            C = Of(o.C),
            A = Of(o.A),
            D = Of(o.D),
            Gate = Of(o.Gate),
            Start = Of(o.State),
            End = Of(o.State),
            Total = Of(default),
            Y = Of(o.Y),
            Heads = o.Heads,
            Length = shape.Length,
            Segments = segments,
            SegmentLength = segmentLength,
            GroupsPerHead = groupsPerHead,
        };
        Action<SelectiveScanArguments<T>> kernel = SelectiveScanOf(size);
        long groups = (long)shape.Streams * segments * o.Heads * groupsPerHead;
        if (segments == 1)
        {
            _kernels.Groups(kernel, groups, threads, whole);
            return;
        }

        int parts = shape.Streams * segments;
        KernelMatrix<T> carried = Dense(_states.Of((long)parts * size * channels), parts, size * channels);
        KernelMatrix<T> totals = Dense(_totals.Of((long)parts * channels), parts, channels);
        KernelMatrix<T> none = Of(default);
        _kernels.Groups(kernel, groups, threads, whole with { Start = none, End = carried, Total = totals, Y = none, Gate = none });
        _kernels.Each(SelectiveScanKernels.Carry<T, TNumbers>, (long)shape.Streams * size * channels, whole with { Y = carried, Total = totals });
        _kernels.Groups(kernel, groups, threads, whole with { Start = carried, End = none });
    }

    /// <inheritdoc/>
    public void Ssd(SequenceShape shape, in SsdOperands operands)
    {
        ref readonly SsdOperands o = ref operands;
        OperandCheck.Operands(shape, o);
        int width = o.X.Columns / o.Heads;
        int size = o.B.Columns / o.Groups;
        int chunk = IsWide ? MediumTile.Rows : SmallTile.Rows;
        int chunks = (shape.Length + chunk - 1) / chunk;
        bool single = shape.Length == 1 && !o.State.IsEmpty;
        long parts = single ? 0 : (long)shape.Streams * chunks;
        var arguments = new SsdArguments<T>
        {
            X = Of(o.X),
            Delta = Of(o.Delta),
            DeltaBias = Of(o.DeltaBias),
            A = Of(o.A),
            B = Of(o.B),
            C = Of(o.C),
            D = Of(o.D),
            State = Of(o.State),
            Y = Of(o.Y),
            Steps = _steps.Of(single ? 1 : (long)shape.Rows * o.Heads),
            Exponents = _exponents.Of(single ? 1 : (long)shape.Rows * o.Heads),
            Couplings = _couplings.Of(Math.Max(1, parts * o.Groups * chunk * chunk)),
            States = _states.Of(Math.Max(1, parts * o.Heads * width * size)),
            LeastDelta = T.CreateTruncating(o.LeastDelta),
            GreatestDelta = T.CreateTruncating(o.GreatestDelta),
            Softplus = o.Softplus ? 1 : 0,
            Length = shape.Length,
            Chunk = chunk,
            Chunks = chunks,
            Heads = o.Heads,
            Groups = o.Groups,
            Width = width,
            Size = size,
        };
        if (single)
        {
            long strips = (width + SsdKernels.StepChannels - 1) / SsdKernels.StepChannels;
            _kernels.Groups(SsdKernels.Step<T, TNumbers>, shape.Streams * o.Heads * strips, ThreadsFor(size, SsdKernels.StepThreads), arguments);
            return;
        }

        _kernels.Each(SsdKernels.Steps<T, TNumbers>, parts * o.Heads, arguments);
        Multiply(new SsdCouplings<T> { A = arguments }, parts * o.Groups);
        Multiply(new SsdChunkStates<T, TNumbers> { A = arguments }, parts * o.Heads);
        _kernels.Each(SsdKernels.Pass<T, TNumbers>, (long)shape.Streams * o.Heads * width * size, arguments);
        Multiply(new SsdChunkOutputs<T, TNumbers> { A = arguments }, parts * o.Heads);
    }

    /// <inheritdoc/>
    public void DiagonalScan(SequenceShape shape, in DiagonalScanOperands operands)
    {
        ref readonly DiagonalScanOperands o = ref operands;
        int states = o.Lambda.Columns;
        OperandCheck.Operands(shape, o);
        int segments = SegmentsFor((long)shape.Streams * states, shape.Length);
        int segmentLength = (shape.Length + segments - 1) / segments;
        segments = (shape.Length + segmentLength - 1) / segmentLength;
        var whole = new DiagonalScanArguments<T>
        {
            Lambda = Of(o.Lambda),
            U = Of(o.U),
            Start = Of(o.State),
            End = Of(o.State),
            Y = Of(o.Y),
            Backwards = o.Backwards ? 1 : 0,
            Length = shape.Length,
            Segments = segments,
            SegmentLength = segmentLength,
        };
        int parts = shape.Streams * segments;
        if (segments == 1)
        {
            _kernels.Each(DiagonalScanKernels.Run<T>, (long)parts * states, whole);
            return;
        }

        KernelMatrix<T> carried = Dense(_states.Of((long)parts * 2 * states), parts, 2 * states);
        KernelMatrix<T> none = Of(default);
        _kernels.Each(DiagonalScanKernels.Run<T>, (long)parts * states, whole with { Start = none, End = carried, Y = none });
        _kernels.Each(DiagonalScanKernels.Carry<T>, (long)shape.Streams * states, whole with { Y = carried });
        _kernels.Each(DiagonalScanKernels.Run<T>, (long)parts * states, whole with { Start = carried, End = none });
    }

    /// <inheritdoc/>
    public void ModalScan(SequenceShape shape, in ModalScanOperands operands)
    {
        ref readonly ModalScanOperands o = ref operands;
        int modes = o.U.Columns * o.Modes;
        OperandCheck.Operands(shape, o);
        KernelMatrix<T> state = Of(o.State);
        if (o.State.IsEmpty)
        {
            state = Dense(_states.Of((long)shape.Streams * 2 * modes), shape.Streams, 2 * modes);
            _kernels.Each(ElementKernels.Fill<T>, (long)shape.Streams * 2 * modes, new ElementArguments<T> { X = Of(default), Y = state, Z = Of(default) });
        }

        _kernels.Groups(ModalScanKernels.Run<T>, (long)shape.Streams * o.U.Columns, ThreadsFor(o.Modes, ModalScanKernels.Widest), new ModalScanArguments<T>
        {
            U = Of(o.U),
            Lambda = Of(o.Lambda),
            B = Of(o.B),
            C = Of(o.C),
            D = Of(o.D),
            State = state,
            Y = Of(o.Y),
            Modes = o.Modes,
            Length = shape.Length,
        });
    }

    private static Action<SelectiveScanArguments<T>> SelectiveScanOf(int size) => size switch
    {
        <= 4 => SelectiveScanKernels.Run<T, TNumbers, FourStates<T, TNumbers>>,
        <= 8 => SelectiveScanKernels.Run<T, TNumbers, TwiceStates<T, FourStates<T, TNumbers>>>,
        <= 16 => SelectiveScanKernels.Run<T, TNumbers, TwiceStates<T, TwiceStates<T, FourStates<T, TNumbers>>>>,
        <= 32 => SelectiveScanKernels.Run<T, TNumbers, TwiceStates<T, TwiceStates<T, TwiceStates<T, FourStates<T, TNumbers>>>>>,
        <= MostStates => SelectiveScanKernels.Run<T, TNumbers, TwiceStates<T, TwiceStates<T, TwiceStates<T, TwiceStates<T, FourStates<T, TNumbers>>>>>>,
        _ => throw new ModelException(
            "selective scan",
            string.Create(CultureInfo.InvariantCulture, $"{size} states for a channel; kernels keep at most {MostStates} in registers"),
            "Run on the CPU."),
    };
}
