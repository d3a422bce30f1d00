using HybridControl.Numerics;

namespace HybridControl.Ensembles;

/// <summary>A distribution of one real quantity.</summary>
/// <remarks>
/// Sampling is by inversion: a sample is <see cref="Quantile"/> of a uniform number, so that one and the same uniform
/// number serves every design, copula and back-end. Immutable; a constructor accepts anything, <see cref="Problem"/> says
/// what is wrong, and quantiles are defined only where nothing is.
/// </remarks>
public abstract record Distribution
{
    /// <summary>The value below which a fraction <paramref name="p"/> of the samples lies.</summary>
    /// <param name="p">Between 0 and 1, exclusive.</param>
    public abstract double Quantile(double p);

    /// <summary>What is impossible about the parameters, as a sentence without a full stop; null if nothing.</summary>
    public abstract string? Problem { get; }

    /// <summary>The quantile of a probability given as the score of the standard normal distribution.</summary>
    internal virtual double FromScore(double z) => Quantile(NormalLaw.Cdf(z));
}
