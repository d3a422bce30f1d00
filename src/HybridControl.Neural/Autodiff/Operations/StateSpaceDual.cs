using System.Runtime.CompilerServices;
using HybridControl.Neural.Autodiff.Lanes;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Mamba-2's recurrence: h := exp(dt a) h + dt x B', y = h C + d x, with one decay for a head.</summary>
/// <remarks>
/// Inputs x (columns: heads by width), dt (heads), a (heads), B and C (columns: groups by n) and, where there is a skip, d (heads).
/// Head i reads group i / (heads / groups). Backward finds the states of a channel anew, one channel at a time.
/// </remarks>
internal sealed class StateSpaceDual : LaneOperation
{
    public static readonly StateSpaceDual Instance = new();

    public override string Name => "StateSpaceDual";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void ForwardLanes(in LaneFrame frame)
    {
        (_, int rows, int channels) = frame.Shape;
        Layout layout = new(frame);
        Span<Pack> x = frame.LoadColumns(0);
        Span<Pack> dt = frame.LoadColumns(1);
        Span<Pack> a = frame.Load(2);
        Span<Pack> b = frame.Load(3);
        Span<Pack> c = frame.Load(4);
        Span<Pack> d = Skip(frame, layout.Heads);
        Span<Pack> y = frame.Take(x.Length);
        Span<Pack> decays = frame.Take(rows);
        Span<Pack> h = frame.Take(layout.States);
        for (int channel = 0; channel < channels; channel++)
        {
            int head = channel / layout.Width;
            Span<Pack> steps = dt.Slice(head * rows, rows);
            if (channel % layout.Width == 0)
            {
                Decay(steps, a[head], decays);
            }

            h.Clear();
            for (int k = 0; k < rows; k++)
            {
                int at = (channel * rows) + k;
                (Pack decay, Pack input) = (decays[k], steps[k] * x[at]);
                Span<Pack> into = layout.Row(b, k, head);
                Span<Pack> from = layout.Row(c, k, head);
                Pack sum = d[head] * x[at];
                for (int n = 0; n < h.Length; n++)
                {
                    Pack state = (decay * h[n]) + (input * into[n]);
                    h[n] = state;
                    sum += state * from[n];
                }

                y[at] = sum;
            }
        }

        frame.StoreColumns(y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void BackwardLanes(in LaneFrame frame)
    {
        (_, int rows, int channels) = frame.Shape;
        Layout layout = new(frame);
        Span<Pack> x = frame.LoadColumns(0);
        Span<Pack> dt = frame.LoadColumns(1);
        Span<Pack> a = frame.Load(2);
        Span<Pack> b = frame.Load(3);
        Span<Pack> c = frame.Load(4);
        Span<Pack> d = Skip(frame, layout.Heads);
        Span<Pack> adjoint = frame.LoadAdjointColumns();
        Span<Pack> slopeOfX = frame.Take(x.Length);
        Span<Pack> slopeOfStep = frame.Zero(dt.Length);
        Span<Pack> slopeOfA = frame.Zero(a.Length);
        Span<Pack> slopeOfB = frame.Zero(b.Length);
        Span<Pack> slopeOfC = frame.Zero(c.Length);
        Span<Pack> slopeOfD = frame.Zero(layout.Heads);
        Span<Pack> decays = frame.Take(rows);
        Span<Pack> history = frame.Take((rows + 1) * layout.States);
        Span<Pack> carry = frame.Take(layout.States);
        for (int channel = 0; channel < channels; channel++)
        {
            int head = channel / layout.Width;
            Span<Pack> steps = dt.Slice(head * rows, rows);
            Span<Pack> ofSteps = slopeOfStep.Slice(head * rows, rows);
            if (channel % layout.Width == 0)
            {
                Decay(steps, a[head], decays);
            }

            Run(layout, head, steps, x.Slice(channel * rows, rows), b, decays, history);
            carry.Clear();
            for (int k = rows - 1; k >= 0; k--)
            {
                int at = (channel * rows) + k;
                (Pack step, Pack decay, Pack y) = (steps[k], decays[k], adjoint[at]);
                Pack input = step * x[at];
                Span<Pack> into = layout.Row(b, k, head);
                Span<Pack> from = layout.Row(c, k, head);
                Span<Pack> ofInto = layout.Row(slopeOfB, k, head);
                Span<Pack> ofFrom = layout.Row(slopeOfC, k, head);
                Span<Pack> before = history.Slice(k * layout.States, layout.States);
                Span<Pack> now = history.Slice((k + 1) * layout.States, layout.States);
                (Pack exponent, Pack ofInput) = (Pack.Zero, Pack.Zero);
                for (int n = 0; n < carry.Length; n++)
                {
                    Pack g = (y * from[n]) + carry[n];
                    ofFrom[n] += y * now[n];
                    ofInto[n] += g * input;
                    ofInput += g * into[n];
                    Pack back = g * decay;
                    exponent += back * before[n];
                    carry[n] = back;
                }

                slopeOfX[at] = (ofInput * step) + (y * d[head]);
                ofSteps[k] += (exponent * a[head]) + (ofInput * x[at]);
                slopeOfA[head] += exponent * step;
                slopeOfD[head] += y * x[at];
            }
        }

        frame.AddColumns(0, slopeOfX);
        frame.AddColumns(1, slopeOfStep);
        frame.Add(2, slopeOfA);
        frame.Add(3, slopeOfB);
        frame.Add(4, slopeOfC);
        if (frame.Inputs > 5)
        {
            frame.Add(5, slopeOfD);
        }
    }

    private static Span<Pack> Skip(in LaneFrame frame, int heads) => frame.Inputs > 5 ? frame.Load(5) : frame.Zero(heads);

    private static void Decay(ReadOnlySpan<Pack> steps, Pack rate, Span<Pack> decays)
    {
        for (int k = 0; k < decays.Length; k++)
        {
            decays[k] = LaneProducts.Exp(steps[k] * rate);
        }
    }

    // States before the first step and after each.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run(
        in Layout layout, int head, ReadOnlySpan<Pack> steps, ReadOnlySpan<Pack> x, Span<Pack> b, ReadOnlySpan<Pack> decays, Span<Pack> history)
    {
        history[..layout.States].Clear();
        for (int k = 0; k < steps.Length; k++)
        {
            (Pack decay, Pack input) = (decays[k], steps[k] * x[k]);
            Span<Pack> into = layout.Row(b, k, head);
            Span<Pack> before = history.Slice(k * layout.States, layout.States);
            Span<Pack> now = history.Slice((k + 1) * layout.States, layout.States);
            for (int n = 0; n < into.Length; n++)
            {
                now[n] = (decay * before[n]) + (input * into[n]);
            }
        }
    }

    private readonly struct Layout
    {
        private readonly int _headsOfGroup;
        private readonly int _columns;

        public Layout(in LaneFrame frame)
        {
            Heads = frame.InputShape(1).Columns;
            Width = frame.Shape.Columns / Heads;
            _headsOfGroup = Heads / frame.Settings.Groups;
            _columns = frame.InputShape(3).Columns;
            States = _columns / frame.Settings.Groups;
        }

        public int Heads { get; }

        public int Width { get; }

        public int States { get; }

        public Span<Pack> Row(Span<Pack> matrix, int row, int head) =>
            matrix.Slice((row * _columns) + (head / _headsOfGroup * States), States);
    }
}
