using HybridControl.Neural.Backends.Cpu.Simd;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

public sealed unsafe partial class SimdBackend<T>
{
    private Job<T, CombineRows<T>>? _combine;
    private Job<T, ActivateRows<T>>? _activate;
    private Job<T, NormalizeRows<T>>? _normalize;
    private Job<T, RotateRows<T>>? _rotate;

    /// <inheritdoc/>
    public override void AddScaled(TensorView x, double factor, TensorView y)
    {
        OperandCheck.SameShape(x, y);
        var block = new Block<T>(y);
        Combine(new CombineRows<T> { Factor = Of(factor), X = new(x), Y = block, Z = block });
    }

    /// <inheritdoc/>
    public override void Multiply(TensorView x, TensorView y, TensorView z)
    {
        OperandCheck.Shape(y, y.Rows == 1 ? 1 : x.Rows, x.Columns);
        OperandCheck.SameShape(x, z);
        Combine(new CombineRows<T> { IsProduct = true, X = new(x), Y = new(y), Z = new(z) });
    }

    /// <inheritdoc/>
    public override void Activate(Activation activation, TensorView x, TensorView y)
    {
        OperandCheck.SameShape(x, y);
        Activate(new ActivateRows<T> { Activation = activation, X = new(x), Y = new(y) });
    }

    /// <inheritdoc/>
    public override void Gate(TensorView x, Activation activation, TensorView gate, TensorView y)
    {
        OperandCheck.SameShape(x, gate);
        OperandCheck.SameShape(x, y);
        Activate(new ActivateRows<T> { Activation = activation, X = new(gate), Factor = new(x), Y = new(y) });
    }

    /// <inheritdoc/>
    public override void Normalize(in NormSettings settings, TensorView x, TensorView weight, TensorView bias, TensorView gate, TensorView y)
    {
        OperandCheck.Operands(settings, x, weight, bias, gate, y);
        var operation = new NormalizeRows<T>
        {
            Settings = settings,
            Parts = RowParts.Of(x.Rows, x.Columns),
            X = new(x),
            Weight = new(weight),
            Bias = new(bias),
            Gate = new(gate),
            Y = new(y),
            Scratch = _scratch,
        };
        Run(ref _normalize, operation, operation.Parts.Count, (settings.Order == GateOrder.None ? 0.2 : 0.5) * x.Count);
    }

    /// <inheritdoc/>
    public override void Rotate(TensorView x, int heads, TensorView table)
    {
        OperandCheck.Operands(x, heads, table);
        var operation = new RotateRows<T> { Parts = RowParts.Of(x.Rows, x.Columns), X = new(x), Table = new(table), Heads = heads };
        Run(ref _rotate, operation, operation.Parts.Count, 0.2 * x.Count);
    }

    private void Combine(CombineRows<T> operation)
    {
        operation.Parts = RowParts.Of(operation.X.Rows, operation.X.Columns);
        Run(ref _combine, operation, operation.Parts.Count, 0.15 * operation.X.Rows * operation.X.Columns);
    }

    private void Activate(ActivateRows<T> operation)
    {
        operation.Parts = RowParts.Of(operation.X.Rows, operation.X.Columns);
        Run(ref _activate, operation, operation.Parts.Count, 0.4 * operation.X.Rows * operation.X.Columns);
    }
}
