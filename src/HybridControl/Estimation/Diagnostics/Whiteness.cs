using System.Collections.Immutable;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Whether a sequence remembers: its autocorrelation and the Ljung-Box test. The innovations of a right filter do not.</summary>
/// <remarks>
/// Q = N (N + 2) sum of r_l^2 / (N - l) over the lags is chi-square distributed for white noise, with as many degrees of freedom as lags.
/// With gaps or several runs N - l is the number of pairs that are l apart. G. M. Ljung and G. E. P. Box, Biometrika 65 (1978), 297-303;
/// R. K. Mehra, IEEE Trans. Autom. Control 15 (1970), 175-184. Immutable.
/// </remarks>
/// <param name="Autocorrelation">r_1, r_2, ... up to a quarter of the samples; NaN where no two samples are that far apart.</param>
/// <param name="Count">N, the samples.</param>
/// <param name="LjungBox">Q.</param>
/// <param name="PValue">The probability of a larger Q from white noise; NaN with too few samples.</param>
public sealed record Whiteness(ImmutableArray<double> Autocorrelation, long Count, double LjungBox, double PValue)
{
    /// <summary>1.96 / sqrt(N): 95 % of the coefficients of white noise are not larger.</summary>
    public double Bound => 1.959963984540054 / Math.Sqrt(Count);

    /// <summary>The share of lags outside of the bound; about 0.05 for white noise.</summary>
    public double ShareOutside => Autocorrelation.Count(r => Math.Abs(r) > Bound) / (double)Autocorrelation.Count(r => !double.IsNaN(r));

    /// <inheritdoc/>
    public bool Equals(Whiteness? other) =>
        other is not null && Count == other.Count && Autocorrelation.AsSpan().SequenceEqual(other.Autocorrelation.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Count, LjungBox);
}
