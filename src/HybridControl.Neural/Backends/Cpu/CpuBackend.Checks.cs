using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

public abstract partial class CpuBackend<T>
{
    /// <summary>Refuses operands of a norm whose shapes do not fit.</summary>
    private protected static void CheckOperands(in NormSettings settings, TensorView x, TensorView weight, TensorView bias, TensorView gate, TensorView y)
    {
        OperandCheck.SameShape(x, y);
        OperandCheck.OptionalShape(weight, 1, x.Columns);
        OperandCheck.OptionalShape(bias, 1, x.Columns);
        if (settings.GroupWidth != 0)
        {
            CheckDivides(settings.GroupWidth, x.Columns);
        }

        if (settings.Order != GateOrder.None)
        {
            OperandCheck.SameShape(x, gate);
        }
    }

    /// <summary>Refuses a table of rotary positions that does not fit.</summary>
    private protected static void CheckOperands(TensorView x, int heads, TensorView table)
    {
        CheckDivides(heads, x.Columns);
        if (table.Rows != x.Rows || table.Columns > x.Columns / heads)
        {
            throw new ArgumentException($"A table of {table.Rows} x {table.Columns} does not turn {x.Rows} rows of heads of {x.Columns / heads}.", nameof(table));
        }
    }

    /// <summary>Refuses operands of a convolution whose shapes do not fit.</summary>
    private protected static void CheckOperands(
        in ConvolutionSettings settings, SequenceShape shape, TensorView x, TensorView weight, TensorView bias, TensorView state, TensorView y)
    {
        OperandCheck.Shape(x, shape.Rows, weight.Rows);
        OperandCheck.SameShape(x, y);
        OperandCheck.Shape(weight, x.Columns, settings.Width);
        OperandCheck.OptionalShape(bias, 1, x.Columns);
        OperandCheck.OptionalShape(state, shape.Streams, x.Columns * settings.Width);
    }

    /// <summary>Refuses operands of a convolution of images whose shapes do not fit.</summary>
    private protected static void CheckOperands(int height, int width, TensorView x, TensorView weight, TensorView bias, TensorView y)
    {
        OperandCheck.SameShape(x, y);
        OperandCheck.Shape(weight, x.Columns, 9);
        OperandCheck.OptionalShape(bias, 1, x.Columns);
        if (height < 1 || width < 1 || x.Rows % (height * width) != 0)
        {
            throw new ArgumentException($"{x.Rows} rows are no images of {height} x {width}.", nameof(x));
        }
    }

    /// <summary>Refuses operands of a selective scan whose shapes do not fit.</summary>
    private protected static void CheckOperands(SequenceShape shape, in SelectiveScanOperands o)
    {
        (int channels, int size) = (o.X.Columns, o.A.Rows);
        CheckDivides(o.Heads, channels);
        OperandCheck.Shape(o.X, shape.Rows, o.A.Columns);
        OperandCheck.SameShape(o.X, o.Delta);
        OperandCheck.SameShape(o.X, o.Y);
        OperandCheck.Shape(o.B, shape.Rows, o.Heads * size);
        OperandCheck.SameShape(o.B, o.C);
        OperandCheck.OptionalShape(o.D, 1, channels);
        OperandCheck.OptionalShape(o.Gate, shape.Rows, channels);
        OperandCheck.OptionalShape(o.State, shape.Streams, size * channels);
    }

    /// <summary>Refuses operands of a state-space-duality scan whose shapes do not fit.</summary>
    private protected static void CheckOperands(SequenceShape shape, in SsdOperands o)
    {
        CheckDivides(o.Heads, o.X.Columns);
        CheckDivides(o.Groups, o.B.Columns);
        CheckDivides(o.Groups, o.Heads);
        int size = o.B.Columns / o.Groups;
        OperandCheck.Shape(o.X, shape.Rows, o.X.Columns);
        OperandCheck.SameShape(o.X, o.Y);
        OperandCheck.Shape(o.Delta, shape.Rows, o.Heads);
        OperandCheck.OptionalShape(o.DeltaBias, 1, o.Heads);
        OperandCheck.Shape(o.A, 1, o.Heads);
        OperandCheck.Shape(o.B, shape.Rows, o.Groups * size);
        OperandCheck.SameShape(o.B, o.C);
        OperandCheck.OptionalShape(o.D, 1, o.Heads);
        OperandCheck.OptionalShape(o.State, shape.Streams, o.X.Columns * size);
    }

    /// <summary>Refuses operands of a complex diagonal recurrence whose shapes do not fit.</summary>
    private protected static void CheckOperands(SequenceShape shape, in DiagonalScanOperands o)
    {
        int states = o.Lambda.Columns;
        OperandCheck.Shape(o.Lambda, 2, states);
        OperandCheck.Shape(o.U, shape.Rows, 2 * states);
        OperandCheck.SameShape(o.U, o.Y);
        OperandCheck.OptionalShape(o.State, shape.Streams, 2 * states);
    }

    /// <summary>Refuses operands of a filter with complex modes whose shapes do not fit.</summary>
    private protected static void CheckOperands(SequenceShape shape, in ModalScanOperands o)
    {
        int modes = o.U.Columns * o.Modes;
        OperandCheck.Shape(o.U, shape.Rows, o.U.Columns);
        OperandCheck.SameShape(o.U, o.Y);
        OperandCheck.Shape(o.Lambda, 2, modes);
        OperandCheck.Shape(o.B, 2, modes);
        OperandCheck.Shape(o.C, 2, modes);
        OperandCheck.OptionalShape(o.D, 1, o.U.Columns);
        OperandCheck.OptionalShape(o.State, shape.Streams, 2 * modes);
    }

    /// <summary>Refuses operands of attention whose shapes do not fit, and keys that are not in the cache.</summary>
    private protected static void CheckOperands(SequenceShape shape, ReadOnlySpan<KeySpan> spans, in AttentionOperands o)
    {
        CheckDivides(o.KeyHeads, o.Heads);
        CheckDivides(o.KeyHeads, o.Keys.Columns);
        CheckDivides(o.KeyHeads, o.Values.Columns);
        OperandCheck.Shape(o.Queries, shape.Rows, o.Heads * (o.Keys.Columns / o.KeyHeads));
        OperandCheck.Shape(o.Y, shape.Rows, o.Heads * (o.Values.Columns / o.KeyHeads));
        if (spans.Length != shape.Streams)
        {
            throw new ArgumentException($"{shape.Streams} streams have {spans.Length} spans of keys.", nameof(spans));
        }

        int longest = 0;
        foreach (KeySpan span in spans)
        {
            longest = Math.Max(longest, span.Count);
            if (span.FirstRow < 0 || span.Count < 0 || (long)span.FirstRow + span.Count > Math.Min(o.Keys.Rows, o.Values.Rows))
            {
                throw new ArgumentException($"{span.Count} keys from row {span.FirstRow} on are not in a cache of {o.Keys.Rows} keys and {o.Values.Rows} values.", nameof(spans));
            }
        }

        OperandCheck.OptionalShape(o.Map, shape.Rows * o.Heads, longest);
    }

    private static void CheckDivides(int groups, int count)
    {
        if (groups < 1 || count % groups != 0)
        {
            throw new ArgumentException($"{count} are not {groups} equal groups.", nameof(groups));
        }
    }
}
