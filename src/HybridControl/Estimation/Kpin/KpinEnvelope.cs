using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Where a learned correction has been trained: an ellipsoid of features.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class KpinEnvelope
{
    private readonly double[] _center;
    private readonly double[] _factor;

    private KpinEnvelope(double[] center, double[] factor, double limit)
    {
        _center = center;
        _factor = factor;
        Limit = limit;
    }

    /// <summary>Centre of the ellipsoid.</summary>
    public ReadOnlySpan<double> Center => _center;

    /// <summary>Factor L of the covariance of the features, row-major, lower triangular.</summary>
    public ReadOnlySpan<double> Factor => _factor;

    /// <summary>The squared Mahalanobis distance up to which features are familiar.</summary>
    public double Limit { get; }

    /// <summary>An envelope from its parts.</summary>
    /// <param name="center">Centre of the features.</param>
    /// <param name="factor">Factor L of their covariance, row-major, lower triangular.</param>
    /// <param name="limit">The largest familiar squared distance.</param>
    /// <exception cref="ModelException">The sizes do not fit, or a number is not finite.</exception>
    public static KpinEnvelope FromFactor(ReadOnlySpan<double> center, ReadOnlySpan<double> factor, double limit)
    {
        if (!(limit >= 0.0))
        {
            throw new ModelException("kpin.envelope.limit", FormattableString.Invariant($"the distance {limit}"), "Give a number that is not negative.");
        }

        GaussianBelief checkedParts = GaussianBelief.FromFactor(center, factor);
        return new(center.ToArray(), checkedParts.Factor.ToArray(), limit);
    }

    /// <summary>The envelope of features met in training.</summary>
    /// <param name="features">Rows of features, one after another.</param>
    /// <param name="count">Number of features.</param>
    /// <param name="margin">How many times the largest distance met is still familiar.</param>
    /// <exception cref="ModelException">There is no full row, or a number is not finite.</exception>
    public static KpinEnvelope Around(ReadOnlySpan<double> features, int count, double margin = 1.25)
    {
        if (count < 1 || features.Length == 0 || features.Length % count != 0 || !Dense.IsFinite(features))
        {
            throw new ModelException(
                "kpin.envelope", $"{features.Length} numbers in rows of {count}, all of which must be finite", "Give at least one row of features.");
        }

        int rows = features.Length / count;
        var center = new double[count];
        for (int r = 0; r < rows; r++)
        {
            Dense.Axpy(1.0 / rows, features.Slice(r * count, count), center);
        }

        var covariance = new double[count * count];
        var difference = new double[count];
        for (int r = 0; r < rows; r++)
        {
            Subtract(features.Slice(r * count, count), center, difference);
            for (int i = 0; i < count; i++)
            {
                Dense.Axpy(difference[i] / rows, difference, covariance.AsSpan(i * count, count));
            }
        }

        var factor = new double[count * count];
        Cholesky.Factor(covariance, factor, count, 1e-9);
        var envelope = new KpinEnvelope(center, factor, 0.0);
        double largest = 0.0;
        for (int r = 0; r < rows; r++)
        {
            largest = Math.Max(largest, envelope.SquaredDistance(features.Slice(r * count, count), difference));
        }

        return new(center, factor, margin * margin * largest);
    }

    /// <summary>The squared Mahalanobis distance of features from the centre.</summary>
    /// <param name="features">The features.</param>
    /// <param name="work">As many numbers, overwritten.</param>
    /// <returns>The distance; infinite beside a direction in which training features did not vary.</returns>
    public double SquaredDistance(ReadOnlySpan<double> features, Span<double> work)
    {
        Subtract(features, _center, work);
        double largest = 0.0;
        for (int i = 0; i < work.Length; i++)
        {
            double value = work[i];
            double rest = value - Dense.Dot(_factor.AsSpan(i * work.Length, i), work[..i]);
            double pivot = _factor[i * (work.Length + 1)];
            largest = Math.Max(largest, Math.Abs(value));
            if (pivot == 0.0 && !(Math.Abs(rest) <= 1e-6 * (1.0 + largest)))
            {
                return double.PositiveInfinity;
            }

            work[i] = pivot == 0.0 ? 0.0 : rest / pivot;
        }

        return Dense.Dot(work, work);
    }

    private static void Subtract(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> difference)
    {
        for (int i = 0; i < difference.Length; i++)
        {
            difference[i] = a[i] - b[i];
        }
    }
}
