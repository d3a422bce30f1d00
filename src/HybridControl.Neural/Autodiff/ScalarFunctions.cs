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
}
