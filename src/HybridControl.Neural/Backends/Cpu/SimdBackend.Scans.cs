using HybridControl.Neural.Backends.Cpu.Simd;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

public sealed unsafe partial class SimdBackend<T>
{
    /// <summary>Tokens from which on the quadratic form pays for turning the states over and back.</summary>
    private const int ShortestInChunks = 24;

    private readonly Scratch<T> _scratch;
    private Job<T, SelectiveScan<T>>? _selectiveScan;
    private Job<T, SsdStep<T>>? _ssdStep;
    private Job<T, SsdChunks<T>>? _ssdChunks;
    private Job<T, DiagonalScan<T>>? _diagonalScan;
    private Job<T, ModalScan<T>>? _modalScan;

    /// <inheritdoc/>
    public override void SelectiveScan(SequenceShape shape, in SelectiveScanOperands operands)
    {
        OperandCheck.Operands(shape, operands);
        ref readonly SelectiveScanOperands o = ref operands;
        var operation = new SelectiveScan<T>
        {
            Shape = shape,
            X = new(o.X),
            Delta = new(o.Delta),
            B = new(o.B),
            C = new(o.C),
            A = new(o.A),
            D = new(o.D),
            Gate = new(o.Gate),
            State = new(o.State),
            Y = new(o.Y),
            Heads = o.Heads,
            Packs = 4,
            Scratch = _scratch,
        };
        int groups = shape.Streams * o.Heads;
        if (groups * operation.PartsOfHead(PackWidth) < 2 * _workers.Count)
        {
            operation.Packs = 1;
        }

        Run(ref _selectiveScan, operation, groups * operation.PartsOfHead(PackWidth), 0.15 * o.X.Count * o.A.Rows);
    }

    /// <inheritdoc/>
    public override void Ssd(SequenceShape shape, in SsdOperands operands)
    {
        OperandCheck.Operands(shape, operands);
        ref readonly SsdOperands o = ref operands;
        var inputs = new SsdInputs<T>
        {
            Shape = shape,
            X = new(o.X),
            Delta = new(o.Delta),
            DeltaBias = new(o.DeltaBias),
            A = new(o.A),
            B = new(o.B),
            C = new(o.C),
            D = new(o.D),
            State = new(o.State),
            Y = new(o.Y),
            Softplus = o.Softplus,
            LeastDelta = Of(o.LeastDelta),
            GreatestDelta = Of(o.GreatestDelta),
            Heads = o.Heads,
            Groups = o.Groups,
        };
        double work = 0.1 * o.X.Count * inputs.Size;
        if (shape.Length < ShortestInChunks)
        {
            Run(ref _ssdStep, new SsdStep<T> { Inputs = inputs, Scratch = _scratch }, shape.Streams * o.Heads, work);
            return;
        }

        // Heads of a group share one product; there should be a few parts for each worker all the same.
        int heads = Math.Clamp(shape.Streams * o.Heads / (3 * _workers.Count), 1, inputs.HeadsOfGroup);
        var chunks = new SsdChunks<T> { Inputs = inputs, HeadsOfPart = _workers.Count == 1 ? inputs.HeadsOfGroup : heads, Scratch = _scratch };
        Run(ref _ssdChunks, chunks, shape.Streams * o.Groups * chunks.PartsOfGroup, work);
    }

    /// <inheritdoc/>
    public override void DiagonalScan(SequenceShape shape, in DiagonalScanOperands operands)
    {
        OperandCheck.Operands(shape, operands);
        var operation = new DiagonalScan<T>
        {
            Shape = shape,
            Lambda = new(operands.Lambda),
            U = new(operands.U),
            State = new(operands.State),
            Y = new(operands.Y),
            Backwards = operands.Backwards,
        };
        Run(ref _diagonalScan, operation, shape.Streams * operation.PartsOfStream(PackWidth), 0.3 * operands.U.Count);
    }

    /// <inheritdoc/>
    public override void ModalScan(SequenceShape shape, in ModalScanOperands operands)
    {
        OperandCheck.Operands(shape, operands);
        ref readonly ModalScanOperands o = ref operands;
        var operation = new ModalScan<T>
        {
            Shape = shape,
            U = new(o.U),
            Lambda = new(o.Lambda),
            B = new(o.B),
            C = new(o.C),
            D = new(o.D),
            State = new(o.State),
            Y = new(o.Y),
            Modes = o.Modes,
            Scratch = _scratch,
        };
        Run(ref _modalScan, operation, shape.Streams * operation.PartsOfStream(PackWidth), 0.1 * o.U.Count * o.Modes);
    }
}
