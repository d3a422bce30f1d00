using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;

namespace HybridControl.Serialization;

/// <summary>Distributions as a plan file writes them: the property of their kind.</summary>
internal static class PlanDistributionText
{
    /// <summary>A property with its value: <c>"normal": [0.8, 0.02]</c>.</summary>
    /// <exception cref="ModelException">The distribution is of a type that the format does not know.</exception>
    public static string Of(Distribution distribution) => distribution switch
    {
        Normal d => $"\"normal\": [{Number(d.Mean)}, {Number(d.Deviation)}]",
        LogNormal d => $"\"lognormal\": [{Number(d.Median)}, {Number(d.LogDeviation)}]",
        Uniform d => $"\"uniform\": [{Number(d.Low)}, {Number(d.High)}]",
        Triangular d => $"\"triangular\": [{Number(d.Low)}, {Number(d.Mode)}, {Number(d.High)}]",
        Beta { Low: 0.0, High: 1.0 } d => $"\"beta\": [{Number(d.A)}, {Number(d.B)}]",
        Beta d => $"\"beta\": [{Number(d.A)}, {Number(d.B)}, {Number(d.Low)}, {Number(d.High)}]",
        Exponential d => $"\"exponential\": {Number(d.Mean)}",
        Discrete { Weights.IsEmpty: true } d => $"\"discrete\": {Numbers(d.Values)}",
        Discrete d => $"\"discrete\": {{ \"values\": {Numbers(d.Values)}, \"weights\": {Numbers(d.Weights)} }}",
        Empirical { Interpolated: true } d => $"\"empirical\": {Numbers(d.Values)}",
        Empirical d => $"\"empirical\": {{ \"values\": {Numbers(d.Values)}, \"interpolated\": false }}",
        GridPoints { Values.Length: > 3 } d when d.IsLinear() =>
            $"\"grid\": {{ \"from\": {Number(d.Values[0])}, \"to\": {Number(d.Values[^1])}, \"count\": {Number(d.Values.Length)} }}",
        GridPoints d => $"\"grid\": {Numbers(d.Values)}",
        _ => throw new ModelException(
            "vary", $"the distribution {distribution.GetType().Name} has no file form", "Use one of the library's own, such as Empirical."),
    };

    /// <summary>A number that reads back to the same.</summary>
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A list of numbers.</summary>
    public static string Numbers(IEnumerable<double> values) => $"[{string.Join(", ", values.Select(Number))}]";
}
