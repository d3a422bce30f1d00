using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>How vectors are subtracted, corrected and averaged: a place for angles and other values that wrap around.</summary>
/// <remarks>
/// A filter never subtracts two states or two measurements by itself; it asks this. Derive from it for a manifold of your
/// own whose points and differences are n numbers each. Immutable and thread-safe.
/// </remarks>
public abstract class StateGeometry
{
    private const int MeanPasses = 20;

    /// <summary>Creates a geometry of vectors of <paramref name="dimension"/> numbers.</summary>
    protected StateGeometry(int dimension) => Dimension = dimension;

    /// <summary>The number n of components.</summary>
    public int Dimension { get; }

    /// <summary>Whether subtraction is the plain one, so that filters may take short cuts.</summary>
    public virtual bool IsFlat => false;

    /// <summary>Plain vectors.</summary>
    public static StateGeometry Flat(int dimension) => new FlatGeometry(dimension);

    /// <summary>Vectors some of whose components wrap around.</summary>
    /// <param name="periods">For each component its period, such as 2 pi for an angle in radians, or zero if it is plain.</param>
    /// <exception cref="ModelException">A period is negative or not finite.</exception>
    public static StateGeometry Periodic(params ReadOnlySpan<double> periods) => new PeriodicGeometry(periods);

    /// <summary>difference = a - b, the short way around.</summary>
    public abstract void Subtract(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> difference);

    /// <summary>x = x + difference, brought back into its range.</summary>
    public abstract void Add(Span<double> x, ReadOnlySpan<double> difference);

    /// <summary>The weighted mean: the point m to which the weighted differences add up to zero.</summary>
    /// <param name="points">One row of n numbers for each point.</param>
    /// <param name="weights">One weight for each point, adding up to one; some may be negative.</param>
    /// <param name="mean">Receives n numbers.</param>
    /// <param name="work">Room for 2 n numbers.</param>
    /// <remarks>m = m + sum of w_i (x_i - m) from the first point, until it rests or twenty times; one pass is exact for plain vectors.</remarks>
    public virtual void Mean(ReadOnlySpan<double> points, ReadOnlySpan<double> weights, Span<double> mean, Span<double> work)
    {
        int n = Dimension;
        Span<double> shift = work[..n];
        Span<double> difference = work.Slice(n, n);
        points[..n].CopyTo(mean);
        for (int pass = 0; pass < MeanPasses; pass++)
        {
            shift.Clear();
            for (int i = 0; i < weights.Length; i++)
            {
                Subtract(points.Slice(i * n, n), mean, difference);
                Dense.Axpy(weights[i], difference, shift);
            }

            Add(mean, shift);
            double largest = 0.0;
            for (int k = 0; k < n; k++)
            {
                largest = Math.Max(largest, Math.Abs(shift[k]) / (1.0 + Math.Abs(mean[k])));
            }

            if (!(largest > 1e-15))
            {
                return;
            }
        }
    }

    private sealed class FlatGeometry(int dimension) : StateGeometry(dimension)
    {
        public override bool IsFlat => true;

        public override void Subtract(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> difference) =>
            Dense.Subtract(a, b, difference);

        public override void Add(Span<double> x, ReadOnlySpan<double> difference) => Dense.Axpy(1.0, difference, x);

        public override void Mean(ReadOnlySpan<double> points, ReadOnlySpan<double> weights, Span<double> mean, Span<double> work)
        {
            Dense.Scale(weights[0], points[..Dimension], mean);
            for (int i = 1; i < weights.Length; i++)
            {
                Dense.Axpy(weights[i], points.Slice(i * Dimension, Dimension), mean);
            }
        }
    }

    private sealed class PeriodicGeometry : StateGeometry
    {
        private readonly ImmutableArray<double> _periods;

        public PeriodicGeometry(ReadOnlySpan<double> periods)
            : base(periods.Length)
        {
            _periods = [.. periods];
            for (int i = 0; i < periods.Length; i++)
            {
                if (!(periods[i] >= 0.0 && double.IsFinite(periods[i])))
                {
                    throw new ModelException(
                        FormattableString.Invariant($"periods[{i}]"),
                        FormattableString.Invariant($"the period {periods[i]}"),
                        "Give a positive period, such as 2 pi for an angle in radians, or zero for a plain component.");
                }
            }
        }

        public override void Subtract(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> difference)
        {
            for (int i = 0; i < difference.Length; i++)
            {
                difference[i] = Wrap(a[i] - b[i], _periods[i]);
            }
        }

        public override void Add(Span<double> x, ReadOnlySpan<double> difference)
        {
            for (int i = 0; i < x.Length; i++)
            {
                x[i] = Wrap(x[i] + difference[i], _periods[i]);
            }
        }

        // Into [-period/2, period/2].
        private static double Wrap(double value, double period) =>
            period == 0.0 ? value : Math.IEEERemainder(value, period);
    }
}
