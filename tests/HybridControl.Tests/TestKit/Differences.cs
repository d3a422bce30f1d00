namespace HybridControl.Tests.TestKit;

/// <summary>Derivatives from values alone.</summary>
internal static class Differences
{
    /// <summary>The derivative at 0 and an estimate of its error, by central differences extrapolated to step zero.</summary>
    /// <remarks>C. J. F. Ridders, Adv. Eng. Software 4 (1982), 75-76. Steps shrink by 1.4 from 0.1.</remarks>
    public static (double Derivative, double Error) Ridders(Func<double, double> f)
    {
        const int Rows = 12;
        const double Shrink = 1.4;
        double[,] a = new double[Rows, Rows];
        (double best, double error) = (double.NaN, double.PositiveInfinity);
        double h = 0.1;
        for (int i = 0; i < Rows; i++, h /= Shrink)
        {
            a[0, i] = (f(h) - f(-h)) / (2.0 * h);
            double factor = 1.0;
            for (int j = 1; j <= i; j++)
            {
                factor *= Shrink * Shrink;
                a[j, i] = ((a[j - 1, i] * factor) - a[j - 1, i - 1]) / (factor - 1.0);
                double spread = Math.Max(Math.Abs(a[j, i] - a[j - 1, i]), Math.Abs(a[j, i] - a[j - 1, i - 1]));
                if (spread <= error)
                {
                    (best, error) = (a[j, i], spread);
                }
            }
        }

        return (best, error);
    }
}
