using System.Numerics;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>The input is held over the step: factor e^z, gain (e^z - 1) / z of the step.</summary>
internal readonly struct ZeroOrderHold : IHoldRule
{
    // Below this size the series is exact to rounding; above, the quotients lose at most four digits of sixteen in the derivative.
    private const double Near = 0.1;
    private const int Terms = 12;

    public static string Name => "ZeroOrderHold";

    public static (Complex Value, Complex Slope) Factor(Complex z)
    {
        Complex power = Complex.Exp(z);
        return (power, power);
    }

    public static (Complex Value, Complex Slope) Gain(Complex z)
    {
        if (Complex.Abs(z) > Near)
        {
            Complex power = Complex.Exp(z);
            Complex gain = (power - 1.0) / z;
            return (gain, (power - gain) / z);
        }

        // 1 + z/2 (1 + z/3 (1 + z/4 (...))), and its derivative along with it.
        (Complex value, Complex slope) = (Complex.One, Complex.Zero);
        for (int n = Terms; n >= 2; n--)
        {
            slope = (value + (z * slope)) / n;
            value = 1.0 + (z * value / n);
        }

        return (value, slope);
    }
}

/// <summary>The trapezoidal rule, after Tustin: factor (1 + z/2) / (1 - z/2), gain 1 / (1 - z/2) of the step.</summary>
internal readonly struct BilinearHold : IHoldRule
{
    public static string Name => "Bilinear";

    public static (Complex Value, Complex Slope) Factor(Complex z)
    {
        Complex inverse = 1.0 / (1.0 - (0.5 * z));
        return ((1.0 + (0.5 * z)) * inverse, inverse * inverse);
    }

    public static (Complex Value, Complex Slope) Gain(Complex z)
    {
        Complex inverse = 1.0 / (1.0 - (0.5 * z));
        return (inverse, 0.5 * inverse * inverse);
    }
}
