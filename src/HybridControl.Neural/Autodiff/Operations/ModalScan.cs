using System.Runtime.CompilerServices;
using HybridControl.Neural.Autodiff.Lanes;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Each channel drives complex modes of its own and reads them back: x_n := lambda_n x_n + u, y = 2 Re(sum of w_n x_n).</summary>
/// <remarks>Backward finds the states of a channel anew, one channel at a time, instead of keeping them all.</remarks>
internal sealed class ModalScan : LaneOperation
{
    public static readonly ModalScan Instance = new();

    public override string Name => "ModalScan";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void ForwardLanes(in LaneFrame frame)
    {
        (_, int rows, int channels) = frame.Shape;
        int all = frame.InputShape(0).Columns;
        int modes = all / channels;
        Span<Pack> lambda = frame.Load(0);
        Span<Pack> w = frame.Load(1);
        Span<Pack> u = frame.LoadColumns(2);
        Span<Pack> y = frame.Take(u.Length);
        Span<Pack> x = frame.Take(2 * modes);
        for (int h = 0; h < channels; h++)
        {
            x.Clear();
            Span<Pack> re = lambda.Slice(h * modes, modes);
            Span<Pack> im = lambda.Slice(all + (h * modes), modes);
            Span<Pack> wre = w.Slice(h * modes, modes);
            Span<Pack> wim = w.Slice(all + (h * modes), modes);
            for (int k = 0; k < rows; k++)
            {
                Pack input = u[(h * rows) + k];
                Pack sum = Pack.Zero;
                for (int n = 0; n < modes; n++)
                {
                    (Pack a, Pack b) = (x[n], x[modes + n]);
                    Pack next = (re[n] * a) - (im[n] * b) + input;
                    b = (re[n] * b) + (im[n] * a);
                    (x[n], x[modes + n]) = (next, b);
                    sum += (wre[n] * next) - (wim[n] * b);
                }

                y[(h * rows) + k] = sum + sum;
            }
        }

        frame.StoreColumns(y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void BackwardLanes(in LaneFrame frame)
    {
        (_, int rows, int channels) = frame.Shape;
        int all = frame.InputShape(0).Columns;
        int modes = all / channels;
        Span<Pack> lambda = frame.Load(0);
        Span<Pack> w = frame.Load(1);
        Span<Pack> u = frame.LoadColumns(2);
        Span<Pack> adjoint = frame.LoadAdjointColumns();
        Span<Pack> slopeOfLambda = frame.Zero(2 * all);
        Span<Pack> slopeOfW = frame.Zero(2 * all);
        Span<Pack> slopeOfU = frame.Zero(u.Length);
        Span<Pack> states = frame.Take((rows + 1) * 2 * modes);
        Span<Pack> g = frame.Take(2 * modes);
        for (int h = 0; h < channels; h++)
        {
            int at = h * modes;
            Span<Pack> re = lambda.Slice(at, modes);
            Span<Pack> im = lambda.Slice(all + at, modes);
            Run(re, im, u.Slice(h * rows, rows), states);
            g.Clear();
            for (int k = rows - 1; k >= 0; k--)
            {
                Span<Pack> before = states.Slice(k * 2 * modes, 2 * modes);
                Span<Pack> now = states.Slice((k + 1) * 2 * modes, 2 * modes);
                Pack twice = adjoint[(h * rows) + k] + adjoint[(h * rows) + k];
                Pack sum = Pack.Zero;
                for (int n = 0; n < modes; n++)
                {
                    slopeOfW[at + n] += twice * now[n];
                    slopeOfW[all + at + n] -= twice * now[modes + n];
                    Pack a = g[n] + (twice * w[at + n]);
                    Pack b = g[modes + n] - (twice * w[all + at + n]);
                    slopeOfLambda[at + n] += (a * before[n]) + (b * before[modes + n]);
                    slopeOfLambda[all + at + n] += (b * before[n]) - (a * before[modes + n]);
                    sum += a;
                    g[n] = (re[n] * a) + (im[n] * b);
                    g[modes + n] = (re[n] * b) - (im[n] * a);
                }

                slopeOfU[(h * rows) + k] = sum;
            }
        }

        frame.Add(0, slopeOfLambda);
        frame.Add(1, slopeOfW);
        frame.AddColumns(2, slopeOfU);
    }

    // States before the first input and after each.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run(ReadOnlySpan<Pack> re, ReadOnlySpan<Pack> im, ReadOnlySpan<Pack> u, Span<Pack> states)
    {
        int modes = re.Length;
        states[..(2 * modes)].Clear();
        for (int k = 0; k < u.Length; k++)
        {
            Span<Pack> before = states.Slice(k * 2 * modes, 2 * modes);
            Span<Pack> now = states.Slice((k + 1) * 2 * modes, 2 * modes);
            for (int n = 0; n < modes; n++)
            {
                (Pack a, Pack b) = (before[n], before[modes + n]);
                now[n] = (re[n] * a) - (im[n] * b) + u[k];
                now[modes + n] = (re[n] * b) + (im[n] * a);
            }
        }
    }
}
