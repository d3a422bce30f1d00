using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HybridControl.Neural.Autodiff.Lanes;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>x times f(z), entry by entry, for two operands of one shape.</summary>
internal sealed class GatedProduct<TRule> : Operation
    where TRule : ILaneRule
{
    public static readonly GatedProduct<TRule> Instance = new();

    public override string Name => $"Gate by {TRule.Name}";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Forward(in OperationFrame frame)
    {
        Span<double> y = frame.Value;
        ReadOnlySpan<double> x = frame.Input(0);
        ReadOnlySpan<double> z = frame.Input(1);
        int i = 0;
        for (; i <= y.Length - Pack.Count; i += Pack.Count)
        {
            (Vector256.Create(x[i..]) * TRule.Value(Vector256.Create(z[i..]))).CopyTo(y[i..]);
        }

        LanePacking.Write(LanePacking.Rest(x[i..]) * TRule.Value(LanePacking.Rest(z[i..])), y[i..]);
    }

    public override void Backward(in OperationFrame frame)
    {
        if (frame.Wants(0))
        {
            AddToProduct(frame, frame.InputAdjoint(0));
        }

        if (frame.Wants(1))
        {
            AddToGate(frame, frame.InputAdjoint(1));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddToProduct(in OperationFrame frame, Span<double> target)
    {
        ReadOnlySpan<double> z = frame.Input(1);
        ReadOnlySpan<double> adjoint = frame.Adjoint;
        int i = 0;
        for (; i <= target.Length - Pack.Count; i += Pack.Count)
        {
            Pack gate = TRule.Value(Vector256.Create(z[i..]));
            (Vector256.Create(target[i..]) + (Vector256.Create(adjoint[i..]) * gate)).CopyTo(target[i..]);
        }

        Pack rest = LanePacking.Rest(adjoint[i..]) * TRule.Value(LanePacking.Rest(z[i..]));
        LanePacking.Write(LanePacking.Rest(target[i..]) + rest, target[i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddToGate(in OperationFrame frame, Span<double> target)
    {
        ReadOnlySpan<double> x = frame.Input(0);
        ReadOnlySpan<double> z = frame.Input(1);
        ReadOnlySpan<double> adjoint = frame.Adjoint;
        Pack slope;
        int i = 0;
        for (; i <= target.Length - Pack.Count; i += Pack.Count)
        {
            TRule.Value(Vector256.Create(z[i..]), out slope);
            (Vector256.Create(target[i..]) + (Vector256.Create(adjoint[i..]) * Vector256.Create(x[i..]) * slope)).CopyTo(target[i..]);
        }

        TRule.Value(LanePacking.Rest(z[i..]), out slope);
        Pack rest = LanePacking.Rest(adjoint[i..]) * LanePacking.Rest(x[i..]) * slope;
        LanePacking.Write(LanePacking.Rest(target[i..]) + rest, target[i..]);
    }
}
