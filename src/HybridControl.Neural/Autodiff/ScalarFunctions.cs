namespace HybridControl.Neural.Autodiff;

/// <summary>Functions of one number, written so that no argument overflows.</summary>
internal static class ScalarFunctions
{
    /// <summary>1 / (1 + exp(-x)).</summary>
    public static double Sigmoid(double x)
    {
        double decay = Math.Exp(-Math.Abs(x));
        return x >= 0.0 ? 1.0 / (1.0 + decay) : decay / (1.0 + decay);
    }

    /// <summary>log(1 + exp(x)).</summary>
    public static double Softplus(double x)
    {
        double decay = Math.Exp(-Math.Abs(x));

        // log(1 + d) loses the digits of a small d that 1 + d rounds away; the quotient puts them back (W. Kahan).
        double sum = 1.0 + decay;
        double log = sum == 1.0 ? decay : Math.Log(sum) * decay / (sum - 1.0);
        return Math.Max(x, 0.0) + log;
    }
}
