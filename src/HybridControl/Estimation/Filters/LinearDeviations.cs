using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The deviations [F L, G] of a linearised prediction.</summary>
internal static class LinearDeviations
{
    /// <summary>Writes them.</summary>
    /// <param name="jacobian">F, n by n.</param>
    /// <param name="noise">G, n by q.</param>
    /// <param name="prior">The belief before.</param>
    /// <param name="deviations">Receives n by n + q.</param>
    /// <param name="lengths">Receives for each row what its rounding errors are relative to.</param>
    public static void Write(
        ReadOnlySpan<double> jacobian, ReadOnlySpan<double> noise, GaussianBelief prior, Span<double> deviations, Span<double> lengths)
    {
        int n = prior.Dimension;
        int q = noise.Length / n;
        int columns = n + q;
        Dense.MultiplyLower(jacobian, prior.Factor, deviations, n, n, columns);
        for (int i = 0; i < n; i++)
        {
            noise.Slice(i * q, q).CopyTo(deviations[((i * columns) + n)..]);
        }

        Measure(jacobian, noise, q, prior, lengths);
    }

    /// <summary>Sets the columns of the noise to zero, to be written anew.</summary>
    public static void ClearNoise(Span<double> deviations, int n)
    {
        int columns = deviations.Length / n;
        for (int i = 0; i < n; i++)
        {
            deviations.Slice((i * columns) + n, columns - n).Clear();
        }
    }

    /// <summary>For each row of [J L, A] the size of the terms that add up to it, which its rounding errors are relative to.</summary>
    /// <param name="jacobian">J, any number of rows of n numbers.</param>
    /// <param name="noise">A, as many rows.</param>
    /// <param name="columns">Columns of A.</param>
    /// <param name="prior">The belief with the factor L.</param>
    /// <param name="lengths">Receives one number for each row.</param>
    public static void Measure(
        ReadOnlySpan<double> jacobian, ReadOnlySpan<double> noise, int columns, GaussianBelief prior, Span<double> lengths)
    {
        int n = prior.Dimension;
        int rows = jacobian.Length / n;
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<double> row = noise.Slice(i * columns, columns);
            lengths[i] = Math.Sqrt(Dense.Dot(row, row));
        }

        for (int j = 0; j < n; j++)
        {
            ReadOnlySpan<double> known = prior.Factor.Slice(j * n, j + 1); // not the deviation, which is infinite where nothing is known
            double deviation = Math.Sqrt(Dense.Dot(known, known));
            for (int i = 0; i < rows; i++)
            {
                lengths[i] += Math.Abs(jacobian[(i * n) + j]) * deviation;
            }
        }
    }
}
