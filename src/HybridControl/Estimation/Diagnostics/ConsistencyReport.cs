using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Whether the covariances of a filter tell the truth: numbers, tests, and findings in words.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class ConsistencyReport
{
    internal ConsistencyReport()
    {
    }

    /// <summary>NIS by step and over all; null without innovations.</summary>
    public ChiSquareSeries? Nis { get; internal init; }

    /// <summary>NEES by step and over all; null without errors.</summary>
    public ChiSquareSeries? Nees { get; internal init; }

    /// <summary>Each measured component.</summary>
    public required ImmutableArray<ResidualReport> Measurements { get; init; }

    /// <summary>Each state.</summary>
    public required ImmutableArray<ResidualReport> States { get; init; }

    /// <summary>Every test that there was data for.</summary>
    public required ImmutableArray<ConsistencyTest> Tests { get; init; }

    /// <summary>The probability below which a test is a finding: what the tests together may complain about a right filter, shared out.</summary>
    public required double Level { get; init; }

    /// <summary>What speaks against the filter, the gravest first; empty if nothing does.</summary>
    public required ImmutableArray<ConsistencyFinding> Findings { get; init; }

    /// <summary>Whether nothing speaks against the filter and there was enough data to say so.</summary>
    public bool IsConsistent => Findings.IsEmpty;

    /// <summary>Whether there is a finding of a kind.</summary>
    public bool Has(ConsistencyKind kind) => Findings.Any(finding => finding.Kind == kind);

    /// <summary>The same report with what cannot be observed among its findings.</summary>
    public ConsistencyReport With(ObservabilityReport observability)
    {
        ArgumentNullException.ThrowIfNull(observability);
        return new()
        {
            Nis = Nis,
            Nees = Nees,
            Measurements = Measurements,
            States = States,
            Tests = Tests,
            Level = Level,
            Findings = [.. Findings, .. observability.Findings],
        };
    }

    /// <summary>A page of text: a line for NIS and NEES, one for each component, then the findings.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text, "NIS", Nis);
        Append(text, "NEES", Nees);
        foreach (ResidualReport component in Measurements.Concat(States).Where(component => component.Count > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"{component.Name}: bias {component.Bias:F3}, spread {component.Spread:F3}");
            if (component.Whiteness is { Autocorrelation: [double first, ..] } whiteness)
            {
                text.Append(CultureInfo.InvariantCulture, $", lag one {first:F3} (95 % within {whiteness.Bound:F3}), Ljung-Box p = {whiteness.PValue:G3}");
            }

            AppendCoverage(text, component.Coverage);
        }

        if (Findings.IsEmpty)
        {
            text.AppendLine("Nothing speaks against the filter.");
        }

        foreach (ConsistencyFinding finding in Findings)
        {
            text.AppendLine(finding.ToString());
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, ChiSquareSeries? series)
    {
        if (series is not null)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{name}: {series.Ratio:F3} per degree of freedom ({100 * series.Band.Confidence:G4} % of right filters: {series.Band.Lower:F3} to {series.Band.Upper:F3}), {series.Count} samples, {series.Runs} runs");
            AppendCoverage(text, series.Coverage);
        }
    }

    private static void AppendCoverage(StringBuilder text, ImmutableArray<Coverage> coverage)
    {
        text.Append(", held ");
        text.AppendJoin(", ", coverage.Select(one => string.Create(CultureInfo.InvariantCulture, $"{100 * one.Share:F1} (of {100 * one.Level:G3})")));
        text.AppendLine(" %");
    }
}
