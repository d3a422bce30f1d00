using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HybridControl.Neural.Autodiff.Lanes;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>w (x - mean) / sqrt(variance + epsilon) + b over each row. First holds epsilon.</summary>
internal sealed class LayerNormalization : LaneOperation
{
    public static readonly LayerNormalization Instance = new();

    public override string Name => "LayerNorm";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void ForwardLanes(in LaneFrame frame)
    {
        Span<Pack> x = frame.Load(0);
        Span<Pack> w = frame.Load(1);
        Span<Pack> b = frame.Load(2);
        for (int at = 0; at < x.Length; at += w.Length)
        {
            Span<Pack> row = x.Slice(at, w.Length);
            Standardize(row, frame.Settings.First);
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = (row[i] * w[i]) + b[i];
            }
        }

        frame.Store(x);
    }

    // With z the standardised row, r its factor and g = w times the adjoint: dx = r (g - mean(g) - z mean(g z)).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void BackwardLanes(in LaneFrame frame)
    {
        Span<Pack> x = frame.Load(0);
        Span<Pack> w = frame.Load(1);
        Span<Pack> adjoint = frame.LoadAdjoint();
        Span<Pack> slopeOfW = frame.Zero(w.Length);
        Span<Pack> slopeOfB = frame.Zero(w.Length);
        double share = 1.0 / w.Length;
        for (int at = 0; at < x.Length; at += w.Length)
        {
            Span<Pack> z = x.Slice(at, w.Length);
            Span<Pack> y = adjoint.Slice(at, w.Length);
            Pack factor = Standardize(z, frame.Settings.First);
            (Pack mean, Pack along) = (Pack.Zero, Pack.Zero);
            for (int i = 0; i < z.Length; i++)
            {
                slopeOfW[i] += y[i] * z[i];
                slopeOfB[i] += y[i];
                y[i] *= w[i];
                mean += y[i];
                along += y[i] * z[i];
            }

            mean *= share;
            along *= share;
            for (int i = 0; i < z.Length; i++)
            {
                y[i] = factor * (y[i] - mean - (z[i] * along));
            }
        }

        frame.Add(0, adjoint);
        frame.Add(1, slopeOfW);
        frame.Add(2, slopeOfB);
    }

    // Returns the factor of the standardised row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Pack Standardize(Span<Pack> x, double epsilon)
    {
        Pack mean = Pack.Zero;
        foreach (Pack entry in x)
        {
            mean += entry;
        }

        mean *= 1.0 / x.Length;
        Pack square = Pack.Zero;
        foreach (ref Pack entry in x)
        {
            entry -= mean;
            square += entry * entry;
        }

        Pack factor = Pack.One / Vector256.Sqrt((square * (1.0 / x.Length)) + Vector256.Create(epsilon));
        foreach (ref Pack entry in x)
        {
            entry *= factor;
        }

        return factor;
    }
}
