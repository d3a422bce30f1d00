using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends;

public static partial class OperandCheck
{
    /// <summary>Refuses operands of a norm whose shapes do not fit.</summary>
    public static void Operands(in NormSettings settings, TensorView x, TensorView weight, TensorView bias, TensorView gate, TensorView y)
    {
        SameShape(x, y);
        OptionalShape(weight, 1, x.Columns);
        OptionalShape(bias, 1, x.Columns);
        if (settings.GroupWidth != 0)
        {
            Divides(settings.GroupWidth, x.Columns);
        }

        if (settings.Order != GateOrder.None)
        {
            SameShape(x, gate);
        }
    }

    /// <summary>Refuses a table of rotary positions that does not fit.</summary>
    public static void Operands(TensorView x, int heads, TensorView table)
    {
        Divides(heads, x.Columns);
        if (table.Rows != x.Rows || table.Columns > x.Columns / heads)
        {
            throw new ArgumentException($"A table of {table.Rows} x {table.Columns} does not turn {x.Rows} rows of heads of {x.Columns / heads}.", nameof(table));
        }
    }

    /// <summary>Refuses operands of a convolution whose shapes do not fit.</summary>
    public static void Operands(
        in ConvolutionSettings settings, SequenceShape shape, TensorView x, TensorView weight, TensorView bias, TensorView state, TensorView y)
    {
        Shape(x, shape.Rows, weight.Rows);
        SameShape(x, y);
        Shape(weight, x.Columns, settings.Width);
        OptionalShape(bias, 1, x.Columns);
        OptionalShape(state, shape.Streams, x.Columns * settings.Width);
    }

    /// <summary>Refuses operands of a convolution of images whose shapes do not fit.</summary>
    public static void Operands(int height, int width, TensorView x, TensorView weight, TensorView bias, TensorView y)
    {
        SameShape(x, y);
        Shape(weight, x.Columns, 9);
        OptionalShape(bias, 1, x.Columns);
        if (height < 1 || width < 1 || x.Rows % (height * width) != 0)
        {
            throw new ArgumentException($"{x.Rows} rows are no images of {height} x {width}.", nameof(x));
        }
    }

    /// <summary>Refuses operands of a selective scan whose shapes do not fit.</summary>
    public static void Operands(SequenceShape shape, in SelectiveScanOperands o)
    {
        (int channels, int size) = (o.X.Columns, o.A.Rows);
        Divides(o.Heads, channels);
        Shape(o.X, shape.Rows, o.A.Columns);
        SameShape(o.X, o.Delta);
        SameShape(o.X, o.Y);
        Shape(o.B, shape.Rows, o.Heads * size);
        SameShape(o.B, o.C);
        OptionalShape(o.D, 1, channels);
        OptionalShape(o.Gate, shape.Rows, channels);
        OptionalShape(o.State, shape.Streams, size * channels);
    }

    /// <summary>Refuses operands of a state-space-duality scan whose shapes do not fit.</summary>
    public static void Operands(SequenceShape shape, in SsdOperands o)
    {
        Divides(o.Heads, o.X.Columns);
        Divides(o.Groups, o.B.Columns);
        Divides(o.Groups, o.Heads);
        int size = o.B.Columns / o.Groups;
        Shape(o.X, shape.Rows, o.X.Columns);
        SameShape(o.X, o.Y);
        Shape(o.Delta, shape.Rows, o.Heads);
        OptionalShape(o.DeltaBias, 1, o.Heads);
        Shape(o.A, 1, o.Heads);
        Shape(o.B, shape.Rows, o.Groups * size);
        SameShape(o.B, o.C);
        OptionalShape(o.D, 1, o.Heads);
        OptionalShape(o.State, shape.Streams, o.X.Columns * size);
    }

    /// <summary>Refuses operands of a complex diagonal recurrence whose shapes do not fit.</summary>
    public static void Operands(SequenceShape shape, in DiagonalScanOperands o)
    {
        int states = o.Lambda.Columns;
        Shape(o.Lambda, 2, states);
        Shape(o.U, shape.Rows, 2 * states);
        SameShape(o.U, o.Y);
        OptionalShape(o.State, shape.Streams, 2 * states);
    }

    /// <summary>Refuses operands of a filter with complex modes whose shapes do not fit.</summary>
    public static void Operands(SequenceShape shape, in ModalScanOperands o)
    {
        int modes = o.U.Columns * o.Modes;
        Shape(o.U, shape.Rows, o.U.Columns);
        SameShape(o.U, o.Y);
        Shape(o.Lambda, 2, modes);
        Shape(o.B, 2, modes);
        Shape(o.C, 2, modes);
        OptionalShape(o.D, 1, o.U.Columns);
        OptionalShape(o.State, shape.Streams, 2 * modes);
    }

    /// <summary>Refuses operands of attention whose shapes do not fit, and keys that are not in the cache.</summary>
    public static void Operands(SequenceShape shape, ReadOnlySpan<KeySpan> spans, in AttentionOperands o)
    {
        Divides(o.KeyHeads, o.Heads);
        Divides(o.KeyHeads, o.Keys.Columns);
        Divides(o.KeyHeads, o.Values.Columns);
        Shape(o.Queries, shape.Rows, o.Heads * (o.Keys.Columns / o.KeyHeads));
        Shape(o.Y, shape.Rows, o.Heads * (o.Values.Columns / o.KeyHeads));
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

        OptionalShape(o.Map, shape.Rows * o.Heads, longest);
    }

    private static void Divides(int groups, int count)
    {
        if (groups < 1 || count % groups != 0)
        {
            throw new ArgumentException($"{count} are not {groups} equal groups.", nameof(groups));
        }
    }
}
