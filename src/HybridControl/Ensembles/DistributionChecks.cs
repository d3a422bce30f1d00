using System.Collections.Immutable;

namespace HybridControl.Ensembles;

/// <summary>What distributions have to say about impossible parameters: a sentence without a full stop, or null.</summary>
internal static class DistributionChecks
{
    public static string? Finite(string name, double value) =>
        double.IsFinite(value) ? null : FormattableString.Invariant($"the {name} {value} is not a finite number");

    public static string? Positive(string name, double value) =>
        value > 0.0 && double.IsFinite(value) ? null : FormattableString.Invariant($"the {name} {value} is not a positive, finite number");

    public static string? NotNegative(string name, double value) =>
        value >= 0.0 && double.IsFinite(value) ? null : FormattableString.Invariant($"the {name} {value} is not a finite number of at least zero");

    public static string? Range(double low, double high) =>
        Finite("low end", low) ?? Finite("high end", high) ??
        (low < high ? Finite("width", high - low) : FormattableString.Invariant($"the low end {low} is not below the high end {high}"));

    public static string? Values(ImmutableArray<double> values)
    {
        if (values.IsEmpty)
        {
            return "there are no values";
        }

        foreach (double value in values)
        {
            if (!double.IsFinite(value))
            {
                return FormattableString.Invariant($"the value {value} is not a finite number");
            }
        }

        return null;
    }
}
