using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Ensembles.Statistics;

/// <summary>Quantiles of the standard distributions that intervals need.</summary>
internal static class Normal01
{
    /// <summary>The number z such that a standard normal number lies within z of zero with the given probability.</summary>
    public static double TwoSided(double confidence)
    {
        RequireConfidence(confidence);
        return NormalLaw.Quantile(0.5 + (0.5 * confidence));
    }

    /// <summary>The same for Student's distribution; infinite without degrees of freedom.</summary>
    public static double TwoSidedStudent(double confidence, double degrees)
    {
        RequireConfidence(confidence);
        return degrees > 0.0 ? StudentLaw.TwoSidedQuantile(confidence, degrees) : double.PositiveInfinity;
    }

    /// <summary>Throws unless the number is a probability strictly between 0 and 1.</summary>
    /// <exception cref="ModelException">It is not.</exception>
    public static void RequireConfidence(double confidence)
    {
        if (!(confidence > 0.0) || !(confidence < 1.0))
        {
            throw new ModelException(
                "confidence", FormattableString.Invariant($"{confidence} is not between 0 and 1"), "Give a probability such as 0.95.");
        }
    }
}
