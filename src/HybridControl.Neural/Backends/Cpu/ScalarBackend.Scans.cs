using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

public sealed partial class ScalarBackend<T>
{
    /// <inheritdoc/>
    public override void Convolve(
        in ConvolutionSettings settings, SequenceShape shape, TensorView x, TensorView weight, TensorView bias, TensorView state, TensorView y)
    {
        OperandCheck.Operands(settings, shape, x, weight, bias, state, y);
        int taps = settings.Width;
        int ahead = settings.Centered ? taps / 2 : 0;
        for (int s = 0; s < shape.Streams; s++)
        {
            TensorView past = state.IsEmpty ? default : state.RowsAt(s, 1);
            for (int c = 0; c < x.Columns; c++)
            {
                for (int t = 0; t < shape.Length; t++)
                {
                    double sum = bias.IsEmpty ? 0.0 : D(Row(bias, 0)[c]);
                    for (int j = 0; j < taps; j++)
                    {
                        sum += D(Row(weight, c)[j]) * Sample(shape, x, past, s, c, t + ahead - (taps - 1) + j, taps);
                    }

                    Row(y, (s * shape.Length) + t)[c] = Of(Activations.Of(settings.Activation, sum));
                }

                if (!state.IsEmpty)
                {
                    Span<T> kept = Row(past, 0).Slice(c * taps, taps);
                    var next = new double[taps];
                    for (int j = 0; j < taps; j++)
                    {
                        next[j] = Sample(shape, x, past, s, c, shape.Length - taps + j, taps);
                    }

                    for (int j = 0; j < taps; j++)
                    {
                        kept[j] = Of(next[j]);
                    }
                }
            }
        }
    }

    private static double Sample(SequenceShape shape, TensorView x, TensorView past, int stream, int channel, int t, int taps)
    {
        if (t >= 0)
        {
            return t < shape.Length ? D(Row(x, (stream * shape.Length) + t)[channel]) : 0.0;
        }

        return past.IsEmpty || t < -taps ? 0.0 : D(Row(past, 0)[(channel * taps) + taps + t]);
    }

    /// <inheritdoc/>
    public override void ConvolveImages(int height, int width, TensorView x, TensorView weight, TensorView bias, TensorView y)
    {
        OperandCheck.Operands(height, width, x, weight, bias, y);
        for (int r = 0; r < x.Rows; r++)
        {
            int pixel = r % (height * width);
            (int i, int j) = (pixel / width, pixel % width);
            for (int c = 0; c < x.Columns; c++)
            {
                double sum = bias.IsEmpty ? 0.0 : D(Row(bias, 0)[c]);
                for (int k = 0; k < 9; k++)
                {
                    (int di, int dj) = ((k / 3) - 1, (k % 3) - 1);
                    if (i + di >= 0 && i + di < height && j + dj >= 0 && j + dj < width)
                    {
                        sum += D(Row(weight, c)[k]) * D(Row(x, r + (di * width) + dj)[c]);
                    }
                }

                Row(y, r)[c] = Of(sum);
            }
        }
    }

    /// <inheritdoc/>
    public override void SelectiveScan(SequenceShape shape, in SelectiveScanOperands operands)
    {
        ref readonly SelectiveScanOperands o = ref operands;
        OperandCheck.Operands(shape, o);
        (int channels, int size) = (o.X.Columns, o.A.Rows);
        var h = new double[size];
        for (int s = 0; s < shape.Streams; s++)
        {
            for (int c = 0; c < channels; c++)
            {
                int head = c / (channels / o.Heads);
                for (int j = 0; j < size; j++)
                {
                    h[j] = o.State.IsEmpty ? 0.0 : D(Row(o.State, s)[(j * channels) + c]);
                }

                for (int t = 0; t < shape.Length; t++)
                {
                    int r = (s * shape.Length) + t;
                    double delta = Activations.Softplus(D(Row(o.Delta, r)[c]));
                    double x = D(Row(o.X, r)[c]);
                    double sum = o.D.IsEmpty ? 0.0 : D(Row(o.D, 0)[c]) * x;
                    for (int j = 0; j < size; j++)
                    {
                        h[j] = (Math.Exp(delta * D(Row(o.A, j)[c])) * h[j]) + (delta * x * D(Row(o.B, r)[(head * size) + j]));
                        sum += h[j] * D(Row(o.C, r)[(head * size) + j]);
                    }

                    Row(o.Y, r)[c] = Of(sum * (o.Gate.IsEmpty ? 1.0 : Activations.Of(Activation.Silu, D(Row(o.Gate, r)[c]))));
                }

                for (int j = 0; j < size && !o.State.IsEmpty; j++)
                {
                    Row(o.State, s)[(j * channels) + c] = Of(h[j]);
                }
            }
        }
    }

    /// <inheritdoc/>
    public override void Ssd(SequenceShape shape, in SsdOperands operands)
    {
        ref readonly SsdOperands o = ref operands;
        OperandCheck.Operands(shape, o);
        int width = o.X.Columns / o.Heads;
        int size = o.B.Columns / o.Groups;
        var h = new double[width * size];
        for (int s = 0; s < shape.Streams; s++)
        {
            for (int head = 0; head < o.Heads; head++)
            {
                int group = head / (o.Heads / o.Groups);
                for (int i = 0; i < h.Length; i++)
                {
                    h[i] = o.State.IsEmpty ? 0.0 : D(Row(o.State, s)[(head * h.Length) + i]);
                }

                for (int t = 0; t < shape.Length; t++)
                {
                    int r = (s * shape.Length) + t;
                    double delta = StepSize(o, r, head);
                    double decay = Math.Exp(delta * D(Row(o.A, 0)[head]));
                    for (int p = 0; p < width; p++)
                    {
                        double x = D(Row(o.X, r)[(head * width) + p]);
                        double sum = o.D.IsEmpty ? 0.0 : D(Row(o.D, 0)[head]) * x;
                        for (int j = 0; j < size; j++)
                        {
                            ref double entry = ref h[(p * size) + j];
                            entry = (decay * entry) + (delta * x * D(Row(o.B, r)[(group * size) + j]));
                            sum += entry * D(Row(o.C, r)[(group * size) + j]);
                        }

                        Row(o.Y, r)[(head * width) + p] = Of(sum);
                    }
                }

                for (int i = 0; i < h.Length && !o.State.IsEmpty; i++)
                {
                    Row(o.State, s)[(head * h.Length) + i] = Of(h[i]);
                }
            }
        }
    }

    private static double StepSize(in SsdOperands o, int row, int head)
    {
        double delta = D(Row(o.Delta, row)[head]) + (o.DeltaBias.IsEmpty ? 0.0 : D(Row(o.DeltaBias, 0)[head]));
        delta = Math.Max(o.Softplus ? Activations.Softplus(delta) : delta, o.LeastDelta);
        return o.GreatestDelta > 0.0 ? Math.Min(delta, o.GreatestDelta) : delta;
    }

    /// <inheritdoc/>
    public override void DiagonalScan(SequenceShape shape, in DiagonalScanOperands operands)
    {
        ref readonly DiagonalScanOperands o = ref operands;
        OperandCheck.Operands(shape, o);
        int states = o.Lambda.Columns;
        for (int s = 0; s < shape.Streams; s++)
        {
            for (int p = 0; p < states; p++)
            {
                (double lr, double li) = (D(Row(o.Lambda, 0)[p]), D(Row(o.Lambda, 1)[p]));
                (double re, double im) = o.State.IsEmpty ? (0.0, 0.0) : (D(Row(o.State, s)[p]), D(Row(o.State, s)[states + p]));
                for (int k = 0; k < shape.Length; k++)
                {
                    int r = (s * shape.Length) + (o.Backwards ? shape.Length - 1 - k : k);
                    (re, im) = ((lr * re) - (li * im) + D(Row(o.U, r)[p]), (lr * im) + (li * re) + D(Row(o.U, r)[states + p]));
                    Row(o.Y, r)[p] = Of(re);
                    Row(o.Y, r)[states + p] = Of(im);
                }

                if (!o.State.IsEmpty)
                {
                    Row(o.State, s)[p] = Of(re);
                    Row(o.State, s)[states + p] = Of(im);
                }
            }
        }
    }

    /// <inheritdoc/>
    public override void ModalScan(SequenceShape shape, in ModalScanOperands operands)
    {
        ref readonly ModalScanOperands o = ref operands;
        OperandCheck.Operands(shape, o);
        int modes = o.U.Columns * o.Modes;
        var h = new double[2 * modes];
        for (int s = 0; s < shape.Streams; s++)
        {
            for (int i = 0; i < h.Length; i++)
            {
                h[i] = o.State.IsEmpty ? 0.0 : D(Row(o.State, s)[i]);
            }

            for (int t = 0; t < shape.Length; t++)
            {
                int r = (s * shape.Length) + t;
                for (int c = 0; c < o.U.Columns; c++)
                {
                    double u = D(Row(o.U, r)[c]);
                    double sum = 0.0;
                    for (int m = c * o.Modes; m < (c + 1) * o.Modes; m++)
                    {
                        (double lr, double li) = (D(Row(o.Lambda, 0)[m]), D(Row(o.Lambda, 1)[m]));
                        (double re, double im) = (h[m], h[modes + m]);
                        h[m] = (lr * re) - (li * im) + (D(Row(o.B, 0)[m]) * u);
                        h[modes + m] = (lr * im) + (li * re) + (D(Row(o.B, 1)[m]) * u);
                        sum += (D(Row(o.C, 0)[m]) * h[m]) - (D(Row(o.C, 1)[m]) * h[modes + m]);
                    }

                    Row(o.Y, r)[c] = Of((2.0 * sum) + (o.D.IsEmpty ? 0.0 : D(Row(o.D, 0)[c]) * u));
                }
            }

            for (int i = 0; i < h.Length && !o.State.IsEmpty; i++)
            {
                Row(o.State, s)[i] = Of(h[i]);
            }
        }
    }
}
