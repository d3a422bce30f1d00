namespace HybridControl.Neural.Training;

/// <summary>Keeps one steep sample from throwing all parameters away.</summary>
public static class GradientNorm
{
    /// <summary>Scales a gradient to a Euclidean length where it is longer.</summary>
    /// <returns>Its length before.</returns>
    /// <remarks>R. Pascanu, T. Mikolov and Y. Bengio, ICML 2013 (arXiv 1211.5063), algorithm 1.</remarks>
    public static double Clip(Span<double> gradient, double limit)
    {
        double sum = 0.0;
        foreach (double entry in gradient)
        {
            sum += entry * entry;
        }

        double norm = double.IsPositiveInfinity(sum) ? Far(gradient) : Math.Sqrt(sum);
        if (norm > limit)
        {
            double factor = limit / norm;
            foreach (ref double entry in gradient)
            {
                entry *= factor;
            }
        }

        return norm;
    }

    // The length of numbers whose squares are too large.
    private static double Far(ReadOnlySpan<double> gradient)
    {
        double largest = 0.0;
        foreach (double entry in gradient)
        {
            largest = Math.Max(largest, Math.Abs(entry));
        }

        double sum = 0.0;
        foreach (double entry in gradient)
        {
            sum += entry / largest * (entry / largest);
        }

        return largest * Math.Sqrt(sum);
    }
}
