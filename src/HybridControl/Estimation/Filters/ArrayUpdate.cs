using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Updates a belief in factor form with a linear measurement.</summary>
/// <remarks>
/// [[A, H L], [0, L]] with R = A A' is triangularised to [[S^1/2, 0], [K S^1/2, L+]]: no covariance is formed, no difference
/// of covariances is taken. Pivots of S that are zero to rounding, from measurements without noise of what is known
/// already, carry no information and are skipped. Where it loses no digits, <see cref="CovarianceUpdate"/> takes the difference
/// nevertheless, or <see cref="GramUpdate"/> forms products of factors. Work space of one filter.
/// T. Kailath, A. H. Sayed and B. Hassibi, Linear Estimation (2000), chapter 12.
/// </remarks>
internal sealed class ArrayUpdate
{
    private const double Epsilon = 2.220446049250313e-16;

    private readonly int _n;
    private readonly CovarianceUpdate _covariance;
    private readonly GramUpdate _gram;
    private double[] _array = [];
    private double[] _lengths = [];

    /// <summary>Makes room for n states; the room for measurements grows when it must.</summary>
    public ArrayUpdate(int n)
    {
        _n = n;
        _covariance = new CovarianceUpdate(n);
        _gram = new GramUpdate(n);
    }

    /// <summary>Updates a belief.</summary>
    /// <param name="prior">The belief before.</param>
    /// <param name="h">H, k by n: the rows of the components in use.</param>
    /// <param name="noise">A, k by <paramref name="noiseColumns"/>, with R = A A'.</param>
    /// <param name="noiseColumns">Columns of A, at least k.</param>
    /// <param name="innovation">Holds nu; receives the factor of S and everything that follows from it.</param>
    /// <param name="geometry">How a state is corrected.</param>
    /// <param name="posterior">Receives the belief after.</param>
    /// <param name="version">A number that is another one whenever H or A is; 0 if that is not known.</param>
    public EstimationStatus Apply(
        GaussianBelief prior, ReadOnlySpan<double> h, ReadOnlySpan<double> noise, int noiseColumns, Innovation innovation,
        StateGeometry geometry, GaussianBelief posterior, int version = 0)
    {
        Reserve(innovation.Count, noiseColumns + _n);
        return _covariance.TryApply(prior, h, noise, noiseColumns, innovation, geometry, posterior, version) ||
            _gram.TryApply(prior, h, noise, noiseColumns, innovation, geometry, posterior)
            ? EstimationStatus.Done
            : Reflect(prior, h, noise, noiseColumns, innovation, geometry, posterior);
    }

    private EstimationStatus Reflect(
        GaussianBelief prior, ReadOnlySpan<double> h, ReadOnlySpan<double> noise, int noiseColumns, Innovation innovation,
        StateGeometry geometry, GaussianBelief posterior)
    {
        int n = _n;
        int k = innovation.Count;
        int columns = noiseColumns + n;
        Span<double> array = _array.AsSpan(0, (k + n) * columns);
        array.Clear();
        for (int i = 0; i < k; i++)
        {
            noise.Slice(i * noiseColumns, noiseColumns).CopyTo(array[(i * columns)..]);
        }

        Dense.MultiplyLower(h, prior.Factor, array[noiseColumns..], k, n, columns);
        LinearDeviations.Measure(h, noise, noiseColumns, prior, _lengths);
        for (int i = 0; i < n; i++)
        {
            prior.Factor.Slice(i * n, i + 1).CopyTo(array[(((k + i) * columns) + noiseColumns)..]);
        }

        return Complete(array, k, columns, _lengths, prior.Mean, innovation, geometry, posterior);
    }

    /// <summary>Updates a belief with the array [[Z], [X]], where Z Z' = S, X Z' = cov(x, z) and X X' = P.</summary>
    /// <param name="array">k + n rows; destroyed.</param>
    /// <param name="k">Rows of Z: the components in use.</param>
    /// <param name="columns">Columns, at least k + n.</param>
    /// <param name="lengths">For each row of Z what its rounding errors are relative to; room for max(k, n) numbers, destroyed.</param>
    /// <param name="mean">The mean before.</param>
    /// <param name="innovation">Holds nu; receives the factor of S and everything that follows from it.</param>
    /// <param name="geometry">How a state is corrected.</param>
    /// <param name="posterior">Receives the belief after.</param>
    public static EstimationStatus Complete(
        Span<double> array, int k, int columns, Span<double> lengths, ReadOnlySpan<double> mean, Innovation innovation, StateGeometry geometry,
        GaussianBelief posterior)
    {
        int n = mean.Length;
        for (int i = 0; i < k; i++)
        {
            lengths[i] *= 8.0 * columns * Epsilon;
        }

        LowerTriangularization.Apply(array, k + n, columns, lengths[..k]);
        LowerTriangularization.CopyTriangle(array, columns, 0, innovation.MutableFactor, k);
        LowerTriangularization.CopyTriangle(array, columns, k, posterior.MutableFactor, n);
        if (!innovation.Weigh())
        {
            return innovation.Misfit;
        }

        Span<double> correction = lengths[..n];
        for (int i = 0; i < n; i++)
        {
            correction[i] = Dense.Dot(array.Slice((k + i) * columns, k), innovation.Whitened);
        }

        mean.CopyTo(posterior.MutableMean);
        geometry.Add(posterior.MutableMean, correction);
        return EstimationStatus.Done;
    }

    private void Reserve(int k, int columns)
    {
        if (_array.Length < (k + _n) * columns)
        {
            _array = new double[(k + _n) * columns];
        }

        if (_lengths.Length < Math.Max(k, _n))
        {
            _lengths = new double[Math.Max(k, _n)];
        }
    }
}
