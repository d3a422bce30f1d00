using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HybridControl.Neural.Autodiff.Lanes;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>A function of one number applied to every entry, four at a time; the same bits on every machine.</summary>
internal sealed class LaneElementwise<TRule> : Operation
    where TRule : ILaneRule
{
    public static readonly LaneElementwise<TRule> Instance = new();

    public override string Name => TRule.Name;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Forward(in OperationFrame frame)
    {
        Span<double> y = frame.Value;
        ReadOnlySpan<double> x = frame.Input(0);
        int i = 0;
        for (; i <= y.Length - Pack.Count; i += Pack.Count)
        {
            TRule.Value(Vector256.Create(x[i..])).CopyTo(y[i..]);
        }

        LanePacking.Write(TRule.Value(LanePacking.Rest(x[i..])), y[i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Backward(in OperationFrame frame)
    {
        ReadOnlySpan<double> x = frame.Input(0);
        ReadOnlySpan<double> adjoint = frame.Adjoint;
        Span<double> target = frame.InputAdjoint(0);
        Pack slope;
        int i = 0;
        for (; i <= target.Length - Pack.Count; i += Pack.Count)
        {
            TRule.Value(Vector256.Create(x[i..]), out slope);
            (Vector256.Create(target[i..]) + (Vector256.Create(adjoint[i..]) * slope)).CopyTo(target[i..]);
        }

        TRule.Value(LanePacking.Rest(x[i..]), out slope);
        LanePacking.Write(LanePacking.Rest(target[i..]) + (LanePacking.Rest(adjoint[i..]) * slope), target[i..]);
    }
}
