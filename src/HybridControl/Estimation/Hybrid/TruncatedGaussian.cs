using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>What is believed of states of which it is known that they have passed a guard: mean and covariance in closed form.</summary>
/// <remarks>
/// A guard is passed where g(x) + e >= 0, g linearised at the mean and e the noise of the threshold. Only the direction
/// w = L' grad g / |L' grad g| learns: m+ = m + L w mean, L+ = L (I - (1 - sqrt(variance)) w w'), with mean and variance of
/// <see cref="NormalTail"/>. The factor stays a factor however far the guard. Exact first two moments of the truncated
/// Gaussian for an affine g. Work space of one user. G. M. Tallis, J. R. Stat. Soc. B 23 (1961), 223-229.
/// </remarks>
internal sealed class TruncatedGaussian
{
    // Standard deviation of a logistic law of scale one.
    private const double LogisticDeviation = 1.8137993642342178506;

    private readonly int _n;
    private readonly double[] _direction;
    private readonly double[] _shift;

    /// <summary>Makes room for n states.</summary>
    public TruncatedGaussian(int n)
    {
        _n = n;
        _direction = new double[n];
        _shift = new double[n];
    }

    /// <summary>Standard deviation of g(x) under a belief, to first order.</summary>
    /// <param name="belief">The belief.</param>
    /// <param name="gradient">dg/dx at its mean, n numbers.</param>
    public double Spread(GaussianBelief belief, ReadOnlySpan<double> gradient) => Aim(belief, gradient);

    /// <summary>How probable it is that a belief has passed a guard, and what that says along the gradient.</summary>
    /// <param name="belief">The belief.</param>
    /// <param name="gradient">dg/dx at its mean, n numbers; negated, like the margin, for the other side.</param>
    /// <param name="margin">g at its mean.</param>
    /// <param name="threshold">Standard deviation of the threshold, not negative.</param>
    /// <param name="law">How the threshold scatters.</param>
    public NormalTail Beyond(GaussianBelief belief, ReadOnlySpan<double> gradient, double margin, double threshold, ThresholdLaw law) =>
        law == ThresholdLaw.Normal
            ? NormalTail.Beyond(margin, Aim(belief, gradient), threshold)
            : NormalTail.BeyondLogistic(margin, Aim(belief, gradient), threshold / LogisticDeviation);

    /// <summary>The belief of those that have passed a guard.</summary>
    /// <param name="belief">The belief of all.</param>
    /// <param name="gradient">The gradient that <paramref name="tail"/> was computed with.</param>
    /// <param name="tail">What <see cref="Beyond"/> said.</param>
    /// <param name="geometry">How states are corrected.</param>
    /// <param name="result">Receives the belief; may be <paramref name="belief"/> itself.</param>
    public void Condition(
        GaussianBelief belief, ReadOnlySpan<double> gradient, NormalTail tail, StateGeometry geometry, GaussianBelief result)
    {
        if (!ReferenceEquals(belief, result))
        {
            result.CopyFrom(belief);
        }

        double spread = Aim(belief, gradient);
        if (tail.IsCertain || spread == 0.0)
        {
            return;
        }

        int n = _n;
        Span<double> factor = result.MutableFactor;
        double squeeze = 1.0 - Math.Sqrt(Math.Max(0.0, tail.Variance));
        for (int i = 0; i < n; i++)
        {
            Span<double> row = factor.Slice(i * n, n);
            double along = Dense.Dot(row, _direction);
            _shift[i] = along * tail.Mean;
            Dense.Axpy(-squeeze * along, _direction, row);
        }

        LowerTriangularization.Apply(factor, n, n);
        geometry.Add(result.MutableMean, _shift);
    }

    // The unit vector w along L' grad g; returns the length, which is the deviation of g.
    private double Aim(GaussianBelief belief, ReadOnlySpan<double> gradient)
    {
        int n = _n;
        _direction.AsSpan().Clear();
        for (int i = 0; i < n; i++)
        {
            Dense.Axpy(gradient[i], belief.Factor.Slice(i * n, i + 1), _direction);
        }

        double spread = Math.Sqrt(Dense.Dot(_direction, _direction));
        for (int i = 0; i < n && spread > 0.0; i++)
        {
            _direction[i] /= spread;
        }

        return spread;
    }
}
