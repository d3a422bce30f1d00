using HybridControl.Numerics;

namespace HybridControl.Neural.Backends.Cpu;

/// <summary>Values of the activations.</summary>
internal static class Activations
{
    public static double Of(Activation activation, double x) => activation switch
    {
        Activation.Silu => x * Sigmoid(x),
        Activation.Gelu => x * NormalLaw.Cdf(x),
        Activation.GeluTanh => 0.5 * x * (1.0 + Math.Tanh(Math.Sqrt(2.0 / Math.PI) * (x + (0.044715 * x * x * x)))),
        Activation.Relu => Math.Max(x, 0.0),
        Activation.SquaredRelu => Math.Max(x, 0.0) * Math.Max(x, 0.0),
        Activation.Sigmoid => Sigmoid(x),
        Activation.Softplus => Softplus(x),
        Activation.Tanh => Math.Tanh(x),
        _ => x,
    };

    public static double Softplus(double x) => Math.Max(x, 0.0) + Log1P(Math.Exp(-Math.Abs(x)));

    private static double Sigmoid(double x) => x >= 0.0 ? 1.0 / (1.0 + Math.Exp(-x)) : Math.Exp(x) / (1.0 + Math.Exp(x));

    /// <summary>ln(1 + x) without the loss for small x. Source: Kahan's quotient, as told by Higham, "Accuracy and Stability", section 1.14.1.</summary>
    private static double Log1P(double x)
    {
        double sum = 1.0 + x;
        return sum == 1.0 ? x : Math.Log(sum) * x / (sum - 1.0);
    }
}
