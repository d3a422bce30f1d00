using HybridControl.Numerics;

namespace HybridControl.Neural.Autodiff.Operations;

internal readonly struct TanhRule : IUnaryRule
{
    public static string Name => "Tanh";

    public static double Value(double x, in OperationSettings settings) => Math.Tanh(x);

    public static double Slope(double x, double y, in OperationSettings settings) => 1.0 - (y * y);
}

internal readonly struct SigmoidRule : IUnaryRule
{
    public static string Name => "Sigmoid";

    public static double Value(double x, in OperationSettings settings) => ScalarFunctions.Sigmoid(x);

    public static double Slope(double x, double y, in OperationSettings settings) => y * (1.0 - y);
}

/// <summary>x times the probability that a standard normal number lies below x.</summary>
internal readonly struct GeluRule : IUnaryRule
{
    private const double RootOfTwoPi = 2.5066282746310002;

    public static string Name => "Gelu";

    public static double Value(double x, in OperationSettings settings) => x * NormalLaw.Cdf(x);

    public static double Slope(double x, double y, in OperationSettings settings) =>
        NormalLaw.Cdf(x) + (x * Math.Exp(-0.5 * x * x) / RootOfTwoPi);
}

internal readonly struct ExpRule : IUnaryRule
{
    public static string Name => "Exp";

    public static double Value(double x, in OperationSettings settings) => Math.Exp(x);

    public static double Slope(double x, double y, in OperationSettings settings) => y;
}

internal readonly struct LogRule : IUnaryRule
{
    public static string Name => "Log";

    public static double Value(double x, in OperationSettings settings) => Math.Log(x);

    public static double Slope(double x, double y, in OperationSettings settings) => 1.0 / x;
}

internal readonly struct SquareRule : IUnaryRule
{
    public static string Name => "Square";

    public static double Value(double x, in OperationSettings settings) => x * x;

    public static double Slope(double x, double y, in OperationSettings settings) => 2.0 * x;
}

/// <summary>First times x plus Second.</summary>
internal readonly struct AffineRule : IUnaryRule
{
    public static string Name => "Affine";

    public static double Value(double x, in OperationSettings settings) => (settings.First * x) + settings.Second;

    public static double Slope(double x, double y, in OperationSettings settings) => settings.First;
}

/// <summary>x held between First and Second; outside, the derivative is zero.</summary>
internal readonly struct ClipRule : IUnaryRule
{
    public static string Name => "Clip";

    public static double Value(double x, in OperationSettings settings) => Math.Clamp(x, settings.First, settings.Second);

    public static double Slope(double x, double y, in OperationSettings settings) =>
        x >= settings.First && x <= settings.Second ? 1.0 : 0.0;
}
