using System.Runtime.CompilerServices;
using HybridControl.Neural.Autodiff.Lanes;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Mamba's recurrence: h := exp(dt a) h + dt x B, y = C h + d x, for every channel with n states.</summary>
/// <remarks>
/// Inputs x, dt, a, B, C and, where there is a skip, d. B and C are shared by the channels of a sample. Backward finds the states and
/// decays of a channel anew, one channel at a time, so that memory does not grow with channels times states.
/// </remarks>
internal sealed class SelectiveScan : LaneOperation
{
    public static readonly SelectiveScan Instance = new();

    public override string Name => "SelectiveScan";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void ForwardLanes(in LaneFrame frame)
    {
        (_, int rows, int channels) = frame.Shape;
        int states = frame.InputShape(2).Columns;
        Span<Pack> x = frame.LoadColumns(0);
        Span<Pack> dt = frame.LoadColumns(1);
        Span<Pack> a = frame.Load(2);
        Span<Pack> b = frame.Load(3);
        Span<Pack> c = frame.Load(4);
        Span<Pack> d = Skip(frame, channels);
        Span<Pack> y = frame.Take(x.Length);
        Span<Pack> h = frame.Take(states);
        for (int channel = 0; channel < channels; channel++)
        {
            Span<Pack> rates = a.Slice(channel * states, states);
            h.Clear();
            for (int k = 0; k < rows; k++)
            {
                int at = (channel * rows) + k;
                Pack step = dt[at];
                Pack input = step * x[at];
                Span<Pack> into = b.Slice(k * states, states);
                Span<Pack> from = c.Slice(k * states, states);
                Pack sum = d[channel] * x[at];
                for (int n = 0; n < rates.Length; n++)
                {
                    Pack state = (LaneProducts.Exp(step * rates[n]) * h[n]) + (input * into[n]);
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
        int states = frame.InputShape(2).Columns;
        Span<Pack> x = frame.LoadColumns(0);
        Span<Pack> dt = frame.LoadColumns(1);
        Span<Pack> a = frame.Load(2);
        Span<Pack> b = frame.Load(3);
        Span<Pack> c = frame.Load(4);
        Span<Pack> d = Skip(frame, channels);
        Span<Pack> adjoint = frame.LoadAdjointColumns();
        Span<Pack> slopeOfX = frame.Take(x.Length);
        Span<Pack> slopeOfStep = frame.Take(x.Length);
        Span<Pack> slopeOfA = frame.Zero(a.Length);
        Span<Pack> slopeOfB = frame.Zero(b.Length);
        Span<Pack> slopeOfC = frame.Zero(c.Length);
        Span<Pack> slopeOfD = frame.Zero(channels);
        Span<Pack> decays = frame.Take(rows * states);
        Span<Pack> history = frame.Take((rows + 1) * states);
        Span<Pack> carry = frame.Take(states);
        for (int channel = 0; channel < channels; channel++)
        {
            Span<Pack> rates = a.Slice(channel * states, states);
            Span<Pack> slopeOfRates = slopeOfA.Slice(channel * states, states);
            Run(rates, dt.Slice(channel * rows, rows), x.Slice(channel * rows, rows), b, decays, history);
            carry.Clear();
            for (int k = rows - 1; k >= 0; k--)
            {
                int at = (channel * rows) + k;
                (Pack step, Pack y) = (dt[at], adjoint[at]);
                Pack input = step * x[at];
                Span<Pack> into = b.Slice(k * states, states);
                Span<Pack> from = c.Slice(k * states, states);
                Span<Pack> ofInto = slopeOfB.Slice(k * states, states);
                Span<Pack> ofFrom = slopeOfC.Slice(k * states, states);
                Span<Pack> decay = decays.Slice(k * states, states);
                Span<Pack> before = history.Slice(k * states, states);
                Span<Pack> now = history.Slice((k + 1) * states, states);
                (Pack ofStep, Pack ofInput) = (Pack.Zero, Pack.Zero);
                for (int n = 0; n < rates.Length; n++)
                {
                    Pack g = (y * from[n]) + carry[n];
                    ofFrom[n] += y * now[n];
                    ofInto[n] += g * input;
                    ofInput += g * into[n];
                    Pack back = g * decay[n];
                    Pack exponent = back * before[n];
                    carry[n] = back;
                    slopeOfRates[n] += exponent * step;
                    ofStep += exponent * rates[n];
                }

                slopeOfX[at] = (ofInput * step) + (y * d[channel]);
                slopeOfStep[at] = ofStep + (ofInput * x[at]);
                slopeOfD[channel] += y * x[at];
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

    private static Span<Pack> Skip(in LaneFrame frame, int channels) => frame.Inputs > 5 ? frame.Load(5) : frame.Zero(channels);

    // Decays of every step, and states before the first step and after each.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run(
        ReadOnlySpan<Pack> rates, ReadOnlySpan<Pack> dt, ReadOnlySpan<Pack> x, ReadOnlySpan<Pack> b, Span<Pack> decays, Span<Pack> history)
    {
        int states = rates.Length;
        history[..states].Clear();
        for (int k = 0; k < dt.Length; k++)
        {
            Pack input = dt[k] * x[k];
            ReadOnlySpan<Pack> into = b.Slice(k * states, states);
            Span<Pack> decay = decays.Slice(k * states, states);
            Span<Pack> before = history.Slice(k * states, states);
            Span<Pack> now = history.Slice((k + 1) * states, states);
            for (int n = 0; n < states; n++)
            {
                Pack factor = LaneProducts.Exp(dt[k] * rates[n]);
                decay[n] = factor;
                now[n] = (factor * before[n]) + (input * into[n]);
            }
        }
    }
}
