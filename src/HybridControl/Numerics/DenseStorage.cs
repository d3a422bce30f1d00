namespace HybridControl.Numerics;

/// <summary>What the dense factorisations share.</summary>
internal static class DenseStorage
{
    /// <summary>Writes scale M - J into a row-major matrix.</summary>
    public static void Load(
        SparsityPattern pattern, double scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian, Span<double> matrix)
    {
        int n = pattern.Size;
        if (pattern.IsDense)
        {
            for (int k = 0; k < matrix.Length; k++)
            {
                matrix[k] = -jacobian[k];
            }
        }
        else
        {
            matrix.Clear();
            for (int row = 0; row < n; row++)
            {
                for (int k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
                {
                    matrix[(row * n) + pattern.Columns[k]] = -jacobian[k];
                }
            }
        }

        AddMass(pattern, scale, mass, matrix);
    }

    /// <summary>Adds scale M to a row-major matrix.</summary>
    public static void AddMass(SparsityPattern pattern, double scale, ReadOnlySpan<double> mass, Span<double> matrix)
    {
        int n = pattern.Size;
        if (mass.IsEmpty)
        {
            for (int i = 0; i < n; i++)
            {
                matrix[(i * n) + i] += scale;
            }

            return;
        }

        for (int row = 0; row < n; row++)
        {
            for (int k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
            {
                matrix[(row * n) + pattern.Columns[k]] += scale * mass[k];
            }
        }
    }

    /// <summary>Exchanges two rows.</summary>
    public static void Swap(Span<double> first, Span<double> second)
    {
        for (int j = 0; j < first.Length; j++)
        {
            (first[j], second[j]) = (second[j], first[j]);
        }
    }
}
