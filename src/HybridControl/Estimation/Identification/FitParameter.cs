using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>A number that <see cref="MaximumLikelihood"/> looks for.</summary>
/// <remarks>
/// The search runs over all reals: a variance through its logarithm, a number between bounds through its logit. Immutable.
/// </remarks>
public sealed record FitParameter
{
    private FitParameter(string name, double initial, double lower, double upper)
    {
        (Name, Initial, Lower, Upper) = (name, initial, lower, upper);
        if (!(initial > lower && initial < upper && double.IsFinite(initial)))
        {
            throw new ModelException(
                $"parameters.{name}",
                FormattableString.Invariant($"the initial value {initial} is not between {lower} and {upper}"),
                "Give a finite number strictly between the bounds.");
        }
    }

    /// <summary>Name of the parameter.</summary>
    public string Name { get; }

    /// <summary>Where the search starts.</summary>
    public double Initial { get; }

    /// <summary>The lower bound; minus infinity for none.</summary>
    public double Lower { get; }

    /// <summary>The upper bound; infinity for none.</summary>
    public double Upper { get; }

    /// <summary>Any real number.</summary>
    /// <exception cref="ModelException">The initial value is not finite.</exception>
    public static FitParameter Real(string name, double initial) => new(name, initial, double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>A variance or another number that is not negative; zero is a bound that the fit can end at.</summary>
    /// <exception cref="ModelException">The initial value is not positive and finite.</exception>
    public static FitParameter Variance(string name, double initial) => new(name, initial, 0.0, double.PositiveInfinity);

    /// <summary>A number between two bounds.</summary>
    /// <exception cref="ModelException">The initial value is not strictly between the bounds.</exception>
    public static FitParameter Between(string name, double lower, double upper, double initial) => new(name, initial, lower, upper);

    /// <summary>The real number that the search uses for a value.</summary>
    internal double ToFree(double value) =>
        double.IsNegativeInfinity(Lower) && double.IsPositiveInfinity(Upper) ? value
        : double.IsPositiveInfinity(Upper) ? Math.Log(value - Lower)
        : double.IsNegativeInfinity(Lower) ? -Math.Log(Upper - value)
        : Math.Log((value - Lower) / (Upper - value));

    /// <summary>The value for a real number of the search.</summary>
    internal double FromFree(double free) =>
        double.IsNegativeInfinity(Lower) && double.IsPositiveInfinity(Upper) ? free
        : double.IsPositiveInfinity(Upper) ? Lower + Math.Exp(free)
        : double.IsNegativeInfinity(Lower) ? Upper - Math.Exp(-free)
        : Lower + ((Upper - Lower) / (1.0 + Math.Exp(-free)));

    /// <summary>How fast the value changes with the real number of the search.</summary>
    internal double Slope(double free)
    {
        double value = FromFree(free);
        return double.IsNegativeInfinity(Lower) && double.IsPositiveInfinity(Upper) ? 1.0
            : double.IsPositiveInfinity(Upper) ? value - Lower
            : double.IsNegativeInfinity(Lower) ? Upper - value
            : (value - Lower) * (Upper - value) / (Upper - Lower);
    }
}
