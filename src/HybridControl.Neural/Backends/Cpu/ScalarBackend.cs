using System.Numerics;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

/// <summary>Every operation as the plainest loop that says what it means: what the fast back-ends are compared with.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>. Sums are formed in double precision.</typeparam>
public sealed partial class ScalarBackend<T> : CpuBackend<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public override string Name => Precision == Precision.Single ? "CPU, plain loops, 32 bits" : "CPU, plain loops, 64 bits";

    /// <inheritdoc/>
    public override Weight LoadWeight(IMatrixSource source, WeightFormat format) => new ScalarWeight<T>(source, format);

    /// <inheritdoc/>
    public override void GatherRows(Weight table, ReadOnlySpan<int> rows, double factor, TensorView y)
    {
        OperandCheck.Shape(y, rows.Length, table.Columns);
        var weight = (ScalarWeight<T>)table;
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<T> from = weight.Row(rows[i]);
            Span<T> to = Row(y, i);
            for (int j = 0; j < to.Length; j++)
            {
                to[j] = Of(factor) * from[j];
            }
        }
    }

    /// <inheritdoc/>
    public override void MatMul(TensorView x, Weight weight, TensorView bias, double factor, double keep, TensorView y)
    {
        OperandCheck.Shape(x, y.Rows, weight.Columns);
        OperandCheck.Shape(y, x.Rows, weight.Rows);
        OperandCheck.OptionalShape(bias, 1, weight.Rows);
        var matrix = (ScalarWeight<T>)weight;
        ReadOnlySpan<T> offset = Optional(bias);
        for (int r = 0; r < x.Rows; r++)
        {
            ReadOnlySpan<T> input = Row(x, r);
            Span<T> output = Row(y, r);
            for (int o = 0; o < output.Length; o++)
            {
                double sum = bias.IsEmpty ? 0.0 : D(offset[o]);
                ReadOnlySpan<T> row = matrix.Row(o);
                for (int i = 0; i < input.Length; i++)
                {
                    sum += D(row[i]) * D(input[i]);
                }

                output[o] = Of((factor * sum) + (keep == 0.0 ? 0.0 : keep * D(output[o])));
            }
        }
    }

    /// <inheritdoc/>
    public override void AddScaled(TensorView x, double factor, TensorView y)
    {
        OperandCheck.SameShape(x, y);
        for (int r = 0; r < x.Rows; r++)
        {
            ReadOnlySpan<T> from = Row(x, r);
            Span<T> to = Row(y, r);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = Of(D(to[i]) + (factor * D(from[i])));
            }
        }
    }

    /// <inheritdoc/>
    public override void Multiply(TensorView x, TensorView y, TensorView z)
    {
        OperandCheck.Shape(y, y.Rows == 1 ? 1 : x.Rows, x.Columns);
        OperandCheck.SameShape(x, z);
        for (int r = 0; r < x.Rows; r++)
        {
            ReadOnlySpan<T> a = Row(x, r);
            ReadOnlySpan<T> b = Row(y, y.Rows == 1 ? 0 : r);
            Span<T> c = Row(z, r);
            for (int i = 0; i < c.Length; i++)
            {
                c[i] = a[i] * b[i];
            }
        }
    }

    /// <inheritdoc/>
    public override void Activate(Activation activation, TensorView x, TensorView y)
    {
        OperandCheck.SameShape(x, y);
        for (int r = 0; r < x.Rows; r++)
        {
            ReadOnlySpan<T> from = Row(x, r);
            Span<T> to = Row(y, r);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = Of(Activations.Of(activation, D(from[i])));
            }
        }
    }

    /// <inheritdoc/>
    public override void Gate(TensorView x, Activation activation, TensorView gate, TensorView y)
    {
        OperandCheck.SameShape(x, gate);
        OperandCheck.SameShape(x, y);
        for (int r = 0; r < x.Rows; r++)
        {
            ReadOnlySpan<T> from = Row(x, r);
            ReadOnlySpan<T> by = Row(gate, r);
            Span<T> to = Row(y, r);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = Of(D(from[i]) * Activations.Of(activation, D(by[i])));
            }
        }
    }

    /// <inheritdoc/>
    public override void Rotate(TensorView x, int heads, TensorView table)
    {
        OperandCheck.Operands(x, heads, table);
        int half = table.Columns / 2;
        int width = x.Columns / heads;
        for (int r = 0; r < x.Rows; r++)
        {
            ReadOnlySpan<T> cosine = Row(table, r)[..half];
            ReadOnlySpan<T> sine = Row(table, r)[half..];
            Span<T> row = Row(x, r);
            for (int h = 0; h < heads; h++)
            {
                Span<T> head = row.Slice(h * width, 2 * half);
                for (int i = 0; i < half; i++)
                {
                    (T a, T b) = (head[i], head[i + half]);
                    head[i] = (a * cosine[i]) - (b * sine[i]);
                    head[i + half] = (b * cosine[i]) + (a * sine[i]);
                }
            }
        }
    }

    /// <inheritdoc/>
    public override void Normalize(in NormSettings settings, TensorView x, TensorView weight, TensorView bias, TensorView gate, TensorView y)
    {
        OperandCheck.Operands(settings, x, weight, bias, gate, y);
        int width = settings.GroupWidth == 0 ? x.Columns : settings.GroupWidth;
        var values = new double[x.Columns];
        for (int r = 0; r < x.Rows; r++)
        {
            ReadOnlySpan<T> from = Row(x, r);
            ReadOnlySpan<T> z = settings.Order == GateOrder.None ? default : Row(gate, r);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = D(from[i]) * (settings.Order == GateOrder.GateThenNorm ? Activations.Of(Activation.Silu, D(z[i])) : 1.0);
            }

            for (int start = 0; start < values.Length; start += width)
            {
                NormalizeGroup(settings, values.AsSpan(start, width));
            }

            Span<T> to = Row(y, r);
            for (int i = 0; i < values.Length; i++)
            {
                double value = values[i] * (weight.IsEmpty ? 1.0 : D(Row(weight, 0)[i])) + (bias.IsEmpty ? 0.0 : D(Row(bias, 0)[i]));
                to[i] = Of(value * (settings.Order == GateOrder.NormThenGate ? Activations.Of(Activation.Silu, D(z[i])) : 1.0));
            }
        }
    }

    private static void NormalizeGroup(in NormSettings settings, Span<double> values)
    {
        double mean = 0.0;
        if (settings.Kind == NormKind.Layer)
        {
            foreach (double value in values)
            {
                mean += value / values.Length;
            }
        }

        double square = 0.0;
        foreach (double value in values)
        {
            square += (value - mean) * (value - mean) / values.Length;
        }

        double scale = 1.0 / Math.Sqrt(square + settings.Epsilon);
        foreach (ref double value in values)
        {
            value = (value - mean) * scale;
        }
    }

    private static double D(T value) => double.CreateTruncating(value);
}
