using System.Runtime.CompilerServices;
using HybridControl.Neural.Autodiff.Lanes;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>y_k = sum over j of w_j x_(k - (taps - 1) + j) for every channel by itself, plus a bias where there is one.</summary>
/// <remarks>Inputs x (rows by channels), w (channels by taps; the last tap meets the newest row) and bias (channels).</remarks>
internal sealed class CausalConvolution : LaneOperation
{
    public static readonly CausalConvolution Instance = new();

    public override string Name => "CausalConvolution";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void ForwardLanes(in LaneFrame frame)
    {
        (_, int rows, int channels) = frame.Shape;
        int taps = frame.InputShape(1).Columns;
        Span<Pack> x = frame.Load(0);
        Span<Pack> w = frame.LoadColumns(1);
        Span<Pack> bias = frame.Inputs > 2 ? frame.Load(2) : frame.Zero(channels);
        Span<Pack> y = frame.Take(x.Length);
        for (int k = 0; k < rows; k++)
        {
            Span<Pack> row = y.Slice(k * channels, channels);
            bias.CopyTo(row);
            for (int j = Math.Max(0, taps - 1 - k); j < taps; j++)
            {
                Span<Pack> source = x.Slice((k + 1 - taps + j) * channels, channels);
                Span<Pack> weights = w.Slice(j * channels, channels);
                for (int c = 0; c < row.Length; c++)
                {
                    row[c] += weights[c] * source[c];
                }
            }
        }

        frame.Store(y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void BackwardLanes(in LaneFrame frame)
    {
        (_, int rows, int channels) = frame.Shape;
        int taps = frame.InputShape(1).Columns;
        Span<Pack> x = frame.Load(0);
        Span<Pack> w = frame.LoadColumns(1);
        Span<Pack> adjoint = frame.LoadAdjoint();
        Span<Pack> slopeOfX = frame.Zero(x.Length);
        Span<Pack> slopeOfW = frame.Zero(w.Length);
        Span<Pack> slopeOfBias = frame.Zero(channels);
        for (int k = 0; k < rows; k++)
        {
            Span<Pack> y = adjoint.Slice(k * channels, channels);
            for (int c = 0; c < y.Length; c++)
            {
                slopeOfBias[c] += y[c];
            }

            for (int j = Math.Max(0, taps - 1 - k); j < taps; j++)
            {
                int at = (k + 1 - taps + j) * channels;
                Span<Pack> source = x.Slice(at, channels);
                Span<Pack> ofSource = slopeOfX.Slice(at, channels);
                Span<Pack> weights = w.Slice(j * channels, channels);
                Span<Pack> ofWeights = slopeOfW.Slice(j * channels, channels);
                for (int c = 0; c < y.Length; c++)
                {
                    ofSource[c] += weights[c] * y[c];
                    ofWeights[c] += source[c] * y[c];
                }
            }
        }

        frame.Add(0, slopeOfX);
        frame.AddColumns(1, slopeOfW);
        if (frame.Inputs > 2)
        {
            frame.Add(2, slopeOfBias);
        }
    }
}
