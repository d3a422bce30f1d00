using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HybridControl.Neural.Autodiff.Lanes;
using HybridControl.Numerics;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>1 / (1 + exp(-x)).</summary>
internal readonly struct SigmoidLanes : ILaneRule
{
    public static string Name => "Sigmoid";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack Value(Pack x) => Pack.One / (Pack.One + LaneProducts.Exp(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack Value(Pack x, out Pack slope)
    {
        Pack y = Value(x);
        slope = y * (Pack.One - y);
        return y;
    }
}

/// <summary>x / (1 + exp(-x)).</summary>
internal readonly struct SiluLanes : ILaneRule
{
    public static string Name => "Silu";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack Value(Pack x) => x * SigmoidLanes.Value(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack Value(Pack x, out Pack slope)
    {
        Pack gate = SigmoidLanes.Value(x, out Pack rise);
        slope = gate + (x * rise);
        return x * gate;
    }
}

/// <summary>log(1 + exp(x)), without overflow.</summary>
/// <remarks>log(1 + d) loses the digits of a small d that 1 + d rounds away; the quotient puts them back (W. Kahan).</remarks>
internal readonly struct SoftplusLanes : ILaneRule
{
    public static string Name => "Softplus";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack Value(Pack x)
    {
        Pack decay = LaneProducts.Exp(-Vector256.Abs(x));
        Pack sum = Pack.One + decay;
        Pack quotient = LaneMath.Log(new Lane256(sum)).Value * decay / (sum - Pack.One);
        return Vector256.Max(x, Pack.Zero) + Vector256.ConditionalSelect(Vector256.Equals(sum, Pack.One), decay, quotient);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack Value(Pack x, out Pack slope)
    {
        slope = SigmoidLanes.Value(x);
        return Value(x);
    }
}

/// <summary>0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), within 5e-4 of x Phi(x).</summary>
internal readonly struct GeluTanhLanes : ILaneRule
{
    private const double RootTwoOverPi = 0.79788456080286536;
    private const double Cubic = 0.044715;

    public static string Name => "GeluTanh";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack Value(Pack x) => 0.5 * x * (Pack.One + Tanh(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack Value(Pack x, out Pack slope)
    {
        Pack tanh = Tanh(x);
        Pack rise = RootTwoOverPi * (Pack.One + (3.0 * Cubic * x * x)) * (Pack.One - (tanh * tanh));
        slope = 0.5 * (Pack.One + tanh + (x * rise));
        return 0.5 * x * (Pack.One + tanh);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Pack Tanh(Pack x) => LaneMath.Tanh(new Lane256(RootTwoOverPi * x * (Pack.One + (Cubic * x * x)))).Value;
}

/// <summary>max(x, 0).</summary>
internal readonly struct ReluLanes : ILaneRule
{
    public static string Name => "Relu";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack Value(Pack x) => Vector256.Max(x, Pack.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack Value(Pack x, out Pack slope)
    {
        slope = Vector256.GreaterThan(x, Pack.Zero) & Pack.One;
        return Value(x);
    }
}

/// <summary>max(x, 0)^2.</summary>
internal readonly struct SquaredReluLanes : ILaneRule
{
    public static string Name => "SquaredRelu";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack Value(Pack x) => Value(x, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack Value(Pack x, out Pack slope)
    {
        Pack positive = Vector256.Max(x, Pack.Zero);
        slope = positive + positive;
        return positive * positive;
    }
}
