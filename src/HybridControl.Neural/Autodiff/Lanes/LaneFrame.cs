using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Lanes;

/// <summary>What a <see cref="LaneOperation"/> sees of one node: four samples side by side.</summary>
/// <remarks>
/// Elements come packed, one <see cref="Pack"/> each, in the order of the matrix or column by column. Lanes beyond the last
/// sample are zero in adjoints, so that whatever they hold elsewhere adds nothing to a gradient.
/// </remarks>
internal readonly ref struct LaneFrame
{
    private readonly OperationFrame _frame;
    private readonly int _first;
    private readonly int _count;

    public LaneFrame(in OperationFrame frame, int first)
    {
        _frame = frame;
        _first = first;
        _count = Math.Min(Pack.Count, frame.Shape.Batch - first);
        frame.Arena.Reset();
    }

    /// <summary>Extent of the value.</summary>
    public Shape Shape => _frame.Shape;

    /// <summary>Constants of this use.</summary>
    public ref readonly OperationSettings Settings => ref _frame.Settings;

    /// <summary>Number of inputs.</summary>
    public int Inputs => _frame.Inputs;

    /// <summary>Number of samples in the batch.</summary>
    public int Batch => _frame.Shape.Batch;

    /// <summary>The first sample of the four.</summary>
    public int First => _first;

    /// <summary>How many of the four lanes hold a sample.</summary>
    public int Count => _count;

    /// <summary>Extent of an input.</summary>
    public Shape InputShape(int input) => _frame.InputShape(input);

    /// <summary>Whether the adjoint of an input matters.</summary>
    public bool Wants(int input) => _frame.Wants(input);

    /// <summary>Unset lanes.</summary>
    public Span<Pack> Take(int count) => _frame.Arena.Take(count);

    /// <summary>Lanes of zero.</summary>
    public Span<Pack> Zero(int count)
    {
        Span<Pack> lanes = Take(count);
        lanes.Clear();
        return lanes;
    }

    /// <summary>Value of an input, element by element.</summary>
    public Span<Pack> Load(int input) => Load(_frame.Input(input), _frame.InputShape(input));

    /// <summary>Value of an input, column after column.</summary>
    public Span<Pack> LoadColumns(int input) => Columns(Load(input), _frame.InputShape(input));

    /// <summary>The value found by the forward pass, element by element.</summary>
    public Span<Pack> LoadValue() => Load(_frame.Value, _frame.Shape);

    /// <summary>Derivative of the loss by the value, element by element.</summary>
    public Span<Pack> LoadAdjoint()
    {
        Shape shape = _frame.Shape;
        Span<Pack> target = Take(shape.Elements);
        LanePacking.LoadOrZero(_frame.Adjoint, shape.Batch, _first, _count, target);
        return target;
    }

    /// <summary>Derivative of the loss by the value, column after column.</summary>
    public Span<Pack> LoadAdjointColumns() => Columns(LoadAdjoint(), _frame.Shape);

    /// <summary>Writes the value.</summary>
    public void Store(ReadOnlySpan<Pack> packed) => LanePacking.Store(packed, _frame.Value, _frame.Shape.Batch, _first, _count);

    /// <summary>Writes the value, given column after column.</summary>
    public void StoreColumns(ReadOnlySpan<Pack> packed) => Store(Rows(packed, _frame.Shape));

    /// <summary>Adds to the adjoint of an input that wants one. A shared input receives the sum over samples.</summary>
    public void Add(int input, ReadOnlySpan<Pack> packed)
    {
        if (_frame.Wants(input))
        {
            LanePacking.Add(packed, _frame.InputAdjoint(input), _frame.InputShape(input).Batch, _first, _count);
        }
    }

    /// <summary>Adds to the adjoint of an input, given column after column.</summary>
    public void AddColumns(int input, ReadOnlySpan<Pack> packed)
    {
        if (_frame.Wants(input))
        {
            Add(input, Rows(packed, _frame.InputShape(input)));
        }
    }

    private Span<Pack> Load(ReadOnlySpan<double> source, Shape shape)
    {
        Span<Pack> target = Take(shape.Elements);
        if (shape.Batch == 1)
        {
            LanePacking.Repeat(source, target);
        }
        else
        {
            LanePacking.LoadOrZero(source, shape.Batch, _first, _count, target);
        }

        return target;
    }

    private Span<Pack> Columns(ReadOnlySpan<Pack> packed, Shape shape) => Transpose(packed, shape.Rows, shape.Columns);

    private Span<Pack> Rows(ReadOnlySpan<Pack> packed, Shape shape) => Transpose(packed, shape.Columns, shape.Rows);

    private Span<Pack> Transpose(ReadOnlySpan<Pack> packed, int rows, int columns)
    {
        Span<Pack> target = Take(packed.Length);
        for (int j = 0; j < columns; j++)
        {
            for (int i = 0; i < rows; i++)
            {
                target[(j * rows) + i] = packed[(i * columns) + j];
            }
        }

        return target;
    }
}
