using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HybridControl.Neural.Autodiff.Lanes;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>w x / sqrt(mean(x^2) + epsilon) over each group of neighbouring columns of each row. First holds epsilon.</summary>
internal sealed class RootMeanSquareNorm : LaneOperation
{
    public static readonly RootMeanSquareNorm Instance = new();

    public override string Name => "RmsNorm";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void ForwardLanes(in LaneFrame frame)
    {
        Span<Pack> x = frame.Load(0);
        Span<Pack> w = frame.Load(1);
        int width = frame.Shape.Columns / frame.Settings.Groups;
        for (int at = 0; at < x.Length; at += width)
        {
            Span<Pack> part = x.Slice(at, width);
            Span<Pack> weights = w.Slice(at % w.Length, width);
            Pack factor = Factor(part, frame.Settings.First);
            for (int i = 0; i < part.Length; i++)
            {
                part[i] *= factor * weights[i];
            }
        }

        frame.Store(x);
    }

    // With r the factor and g = w times the adjoint: dx = r (g - x r^2 mean(g x)).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void BackwardLanes(in LaneFrame frame)
    {
        Span<Pack> x = frame.Load(0);
        Span<Pack> w = frame.Load(1);
        Span<Pack> adjoint = frame.LoadAdjoint();
        Span<Pack> slopeOfW = frame.Zero(w.Length);
        int width = frame.Shape.Columns / frame.Settings.Groups;
        for (int at = 0; at < x.Length; at += width)
        {
            Span<Pack> part = x.Slice(at, width);
            Span<Pack> weights = w.Slice(at % w.Length, width);
            Span<Pack> ofWeights = slopeOfW.Slice(at % w.Length, width);
            Span<Pack> y = adjoint.Slice(at, width);
            Pack factor = Factor(part, frame.Settings.First);
            Pack sum = Pack.Zero;
            for (int i = 0; i < part.Length; i++)
            {
                Pack product = y[i] * part[i];
                ofWeights[i] += product * factor;
                sum += product * weights[i];
            }

            Pack pull = sum * factor * factor * (1.0 / width);
            for (int i = 0; i < part.Length; i++)
            {
                y[i] = factor * ((y[i] * weights[i]) - (part[i] * pull));
            }
        }

        frame.Add(0, adjoint);
        frame.Add(1, slopeOfW);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Pack Factor(ReadOnlySpan<Pack> x, double epsilon)
    {
        Pack sum = Pack.Zero;
        foreach (Pack entry in x)
        {
            sum += entry * entry;
        }

        return Pack.One / Vector256.Sqrt((sum * (1.0 / x.Length)) + Vector256.Create(epsilon));
    }
}
