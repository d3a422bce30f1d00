using System.Numerics;

namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>One step of a scalar complex mode <c>x' = a x + b u</c>: <c>x+ = Factor x + Gain b u</c>.</summary>
/// <param name="Factor">What multiplies the state.</param>
/// <param name="Gain">What multiplies <c>b u</c>, in the unit of the step.</param>
public readonly record struct ModeStep(Complex Factor, Complex Gain)
{
    private const int Terms = 22;

    /// <summary>The step of a length under a rule.</summary>
    /// <param name="pole">a.</param>
    /// <param name="step">Length of the step, in the unit that makes <c>a step</c> a number.</param>
    /// <param name="rule">How the mode is stepped.</param>
    public static ModeStep Of(Complex pole, double step, LinearRule rule)
    {
        Complex z = pole * step;
        if (rule == LinearRule.ZeroOrderHold)
        {
            return new(Complex.Exp(z), step * Phi(z));
        }

        Complex half = 0.5 * z;
        return new((1.0 + half) / (1.0 - half), step / (1.0 - half));
    }

    /// <summary><c>(exp(z) - 1) / z</c>, 1 at zero, to a few units in the last place.</summary>
    /// <remarks>Its Taylor series inside the unit disc, where the quotient would cancel: the term of degree 22 is below 1e-22.</remarks>
    public static Complex Phi(Complex z)
    {
        if (z.Real * z.Real + z.Imaginary * z.Imaginary > 1.0)
        {
            return (Complex.Exp(z) - 1.0) / z;
        }

        Complex sum = Complex.One;
        for (int k = Terms; k > 1; k--)
        {
            sum = 1.0 + (z / k * sum);
        }

        return sum;
    }
}
