using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Conditions members on components that are measured without noise, one after the other. Work space of one filter.</summary>
/// <remarks>
/// With the anomalies y of such a component in the members, the square root of I - y'y / (y y') is that projection itself: rows of states
/// and of other components lose what goes along with y, and their means move by (row y') d / (y y'). No division by a noise, and what is
/// measured exactly is known exactly afterwards. The limit of the update by the symmetric square root as the noise of the component vanishes.
/// </remarks>
internal sealed class ExactComponents
{
    // As much as this of the variance of a component may be left by others and still be the rounding of none.
    private const double Resolution = 1e-12;
    private const double Epsilon = 2.220446049250313e-16;

    private double[] _squares = [];

    /// <summary>Uses up the components without noise.</summary>
    /// <param name="y">A row of N numbers for each component; those with noise move to the front.</param>
    /// <param name="innovations">The innovation of each component; so do these.</param>
    /// <param name="isExact">Which components have no noise.</param>
    /// <param name="states">Rows of the states, which lose what the components tell.</param>
    /// <param name="shifts">Receives for each row how its mean moves.</param>
    /// <returns>The number of components with noise.</returns>
    public int Condition(Span<double> y, Span<double> innovations, ReadOnlySpan<bool> isExact, Span<double> states, Span<double> shifts)
    {
        shifts.Clear();
        int k = innovations.Length;
        if (!isExact.Contains(true))
        {
            return k;
        }

        int count = y.Length / k;
        if (_squares.Length < k)
        {
            _squares = new double[k];
        }

        for (int i = 0; i < k; i++)
        {
            ReadOnlySpan<double> row = y.Slice(i * count, count);
            _squares[i] = Dense.Dot(row, row);
        }

        for (int i = 0; i < k; i++)
        {
            ReadOnlySpan<double> row = y.Slice(i * count, count);
            double square = Dense.Dot(row, row);
            double rounding = 8.0 * Epsilon * innovations[i];
            if (!isExact[i] || square <= Math.Max(Resolution * _squares[i], count * rounding * rounding))
            {
                continue; // what the members agree on tells nothing new
            }

            double pull = innovations[i] / square;
            for (int j = 0; j < shifts.Length; j++)
            {
                shifts[j] += pull * Project(row, square, states.Slice(j * count, count));
            }

            for (int j = 0; j < k; j++)
            {
                if (j != i)
                {
                    innovations[j] -= pull * Project(row, square, y.Slice(j * count, count));
                }
            }
        }

        return Compact(y, innovations, isExact, count);
    }

    // Takes out of a row what goes along with y; returns row y' as it was.
    private static double Project(ReadOnlySpan<double> y, double square, Span<double> row)
    {
        double along = Dense.Dot(row, y);
        Dense.Axpy(-along / square, y, row);
        return along;
    }

    private static int Compact(Span<double> y, Span<double> innovations, ReadOnlySpan<bool> isExact, int count)
    {
        int used = 0;
        for (int i = 0; i < isExact.Length; i++)
        {
            if (!isExact[i])
            {
                y.Slice(i * count, count).CopyTo(y[(used * count)..]);
                innovations[used++] = innovations[i];
            }
        }

        return used;
    }
}
