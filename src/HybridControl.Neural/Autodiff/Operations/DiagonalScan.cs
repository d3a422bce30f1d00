using System.Runtime.CompilerServices;
using HybridControl.Neural.Autodiff.Lanes;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>x_k = lambda x_(k-1) + u_k for complex diagonal lambda: rows of (real parts, imaginary parts).</summary>
/// <remarks>Backward: g_k = adjoint of x_k + conj(lambda) g_(k+1) is the adjoint of u_k, and lambda's is the sum of conj(x_(k-1)) g_k.</remarks>
internal sealed class DiagonalScan : LaneOperation
{
    public static readonly DiagonalScan Instance = new();

    public override string Name => "DiagonalScan";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void ForwardLanes(in LaneFrame frame)
    {
        (_, int rows, int columns) = frame.Shape;
        int states = columns / 2;
        Span<Pack> lambda = frame.Load(0);
        Span<Pack> x = frame.Load(1);
        for (int k = 1; k < rows; k++)
        {
            Span<Pack> now = Row(frame, x, k);
            Span<Pack> before = Row(frame, x, k - 1);
            for (int p = 0; p < states; p++)
            {
                (Pack re, Pack im) = (before[p], before[states + p]);
                now[p] += (lambda[p] * re) - (lambda[states + p] * im);
                now[states + p] += (lambda[p] * im) + (lambda[states + p] * re);
            }
        }

        frame.Store(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void BackwardLanes(in LaneFrame frame)
    {
        (_, int rows, int columns) = frame.Shape;
        int states = columns / 2;
        Span<Pack> lambda = frame.Load(0);
        Span<Pack> x = frame.LoadValue();
        Span<Pack> g = frame.LoadAdjoint();
        Span<Pack> slope = frame.Zero(columns);
        for (int k = rows - 1; k > 0; k--)
        {
            Span<Pack> now = Row(frame, g, k);
            Span<Pack> before = Row(frame, g, k - 1);
            Span<Pack> last = Row(frame, x, k - 1);
            for (int p = 0; p < states; p++)
            {
                (Pack re, Pack im) = (now[p], now[states + p]);
                before[p] += (lambda[p] * re) + (lambda[states + p] * im);
                before[states + p] += (lambda[p] * im) - (lambda[states + p] * re);
                slope[p] += (last[p] * re) + (last[states + p] * im);
                slope[states + p] += (last[p] * im) - (last[states + p] * re);
            }
        }

        frame.Add(0, slope);
        frame.Add(1, g);
    }

    private static Span<Pack> Row(in LaneFrame frame, Span<Pack> matrix, int step)
    {
        (_, int rows, int columns) = frame.Shape;
        return matrix.Slice((frame.Settings.Reverse ? rows - 1 - step : step) * columns, columns);
    }
}
