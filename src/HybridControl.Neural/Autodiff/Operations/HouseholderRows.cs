namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Turns the rows of a wide matrix into a lower triangle.</summary>
internal static class HouseholderRows
{
    /// <summary>Applies reflections from the right, in place, until the first n columns are lower triangular.</summary>
    /// <param name="a">n by m, row-major; on return its lower triangle is the factor.</param>
    /// <param name="n">Rows.</param>
    /// <param name="m">Columns, at least n.</param>
    /// <returns>Whether every diagonal entry is a positive number, that is, whether the rows are independent.</returns>
    /// <remarks>G. H. Golub and C. F. Van Loan, Matrix Computations, 4th ed., section 5.1, on the transpose.</remarks>
    public static bool Reduce(Span<double> a, int n, int m)
    {
        bool full = true;
        for (int k = 0; k < n; k++)
        {
            Span<double> pivot = a.Slice((k * m) + k, m - k);
            double norm = Norm(pivot);
            if (!(norm > 0.0) || !double.IsFinite(norm))
            {
                full = false;
                continue;
            }

            // v = row + sign * norm * e1 has no cancellation; the reflected row is -sign * norm * e1.
            double sign = pivot[0] >= 0.0 ? 1.0 : -1.0;
            pivot[0] += sign * norm;
            double scale = sign / (norm * pivot[0]);
            for (int i = k + 1; i < n; i++)
            {
                Span<double> row = a.Slice((i * m) + k, m - k);
                BatchLoops.AddScaled(row, -scale * BatchLoops.Dot(pivot, row), pivot);
                row[0] *= -sign;
            }

            pivot.Clear();
            pivot[0] = norm;
        }

        return full;
    }

    private static double Norm(ReadOnlySpan<double> x)
    {
        double largest = 0.0;
        foreach (double entry in x)
        {
            largest = Math.Max(largest, Math.Abs(entry));
        }

        if (!(largest > 0.0) || !double.IsFinite(largest))
        {
            return largest;
        }

        double sum = 0.0;
        foreach (double entry in x)
        {
            double ratio = entry / largest;
            sum += ratio * ratio;
        }

        return largest * Math.Sqrt(sum);
    }
}
