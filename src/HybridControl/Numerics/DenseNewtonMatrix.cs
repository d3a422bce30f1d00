namespace HybridControl.Numerics;

/// <summary>Dense factors with partial pivoting.</summary>
/// <remarks>G. H. Golub and C. F. Van Loan, Matrix Computations (2013), chapter 3.</remarks>
internal sealed class DenseNewtonMatrix(SparsityPattern pattern) : NewtonMatrix
{
    private readonly double[] _factors = new double[pattern.Size * pattern.Size];
    private readonly int[] _pivots = new int[pattern.Size];

    /// <inheritdoc/>
    public override int Size => pattern.Size;

    /// <inheritdoc/>
    public override bool Factor(double scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        DenseStorage.Load(pattern, scale, mass, jacobian, _factors);
        int n = Size;
        for (int k = 0; k < n; k++)
        {
            int pivot = k;
            for (int i = k + 1; i < n; i++)
            {
                pivot = Math.Abs(_factors[(i * n) + k]) > Math.Abs(_factors[(pivot * n) + k]) ? i : pivot;
            }

            double head = _factors[(pivot * n) + k];
            if (!(Math.Abs(head) > 0.0 && double.IsFinite(head)))
            {
                SingularColumn = k;
                return false;
            }

            _pivots[k] = pivot;
            Span<double> top = _factors.AsSpan(k * n, n);
            if (pivot != k)
            {
                DenseStorage.Swap(top, _factors.AsSpan(pivot * n, n));
            }

            for (int i = k + 1; i < n; i++)
            {
                Span<double> row = _factors.AsSpan(i * n, n);
                double factor = row[k] / head;
                row[k] = factor;
                if (factor != 0.0)
                {
                    Dense.Axpy(-factor, top[(k + 1)..], row[(k + 1)..]);
                }
            }
        }

        SingularColumn = -1;
        return true;
    }

    /// <inheritdoc/>
    public override void Solve(Span<double> right)
    {
        int n = Size;
        for (int k = 0; k < n; k++)
        {
            (right[k], right[_pivots[k]]) = (right[_pivots[k]], right[k]);
        }

        for (int i = 1; i < n; i++)
        {
            right[i] -= Dense.Dot(_factors.AsSpan(i * n, i), right[..i]);
        }

        for (int i = n - 1; i >= 0; i--)
        {
            double rest = Dense.Dot(_factors.AsSpan((i * n) + i + 1, n - 1 - i), right.Slice(i + 1, n - 1 - i));
            right[i] = (right[i] - rest) / _factors[(i * n) + i];
        }
    }
}
