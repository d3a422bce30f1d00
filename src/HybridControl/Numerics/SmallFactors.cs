using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HybridControl.Numerics;

/// <summary>Dense factors with partial pivoting of a matrix of a few rows: plain loops without overhead.</summary>
/// <remarks>G. H. Golub and C. F. Van Loan, Matrix Computations (2013), chapter 3.</remarks>
internal sealed class SmallFactors<T> : Factors<T> where T : struct, INumberBase<T>
{
    /// <summary>Above this size vectors pay: measured with AVX-512, where both take 4 and 3 microseconds.</summary>
    public static int LargestSize => typeof(T) == typeof(double) ? 32 : 20;

    private readonly SparsityPattern _pattern;
    private readonly int _n;
    private readonly T[] _factors; // row-major; reciprocals on the diagonal
    private readonly int[] _pivots;

    public SmallFactors(SparsityPattern pattern)
    {
        _pattern = pattern;
        _n = pattern.Size;
        _factors = new T[_n * _n];
        _pivots = new int[_n];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override int Factor(T scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        Load(scale, mass, jacobian);
        int n = _n;
        ref T a = ref MemoryMarshal.GetArrayDataReference(_factors);
        for (int k = 0; k < n; k++)
        {
            ref T top = ref Unsafe.Add(ref a, k * n);
            int pivot = k;
            double largest = Field.Size(Unsafe.Add(ref top, k));
            for (int i = k + 1; i < n; i++)
            {
                double size = Field.Size(Unsafe.Add(ref a, (i * n) + k));
                if (size > largest)
                {
                    (largest, pivot) = (size, i);
                }
            }

            if (!Field.IsPivot(largest))
            {
                return k;
            }

            _pivots[k] = pivot;
            if (pivot != k)
            {
                ref T other = ref Unsafe.Add(ref a, pivot * n);
                for (int j = 0; j < n; j++)
                {
                    (Unsafe.Add(ref top, j), Unsafe.Add(ref other, j)) = (Unsafe.Add(ref other, j), Unsafe.Add(ref top, j));
                }
            }

            T inverse = Field.Reciprocal(Unsafe.Add(ref top, k));
            Unsafe.Add(ref top, k) = inverse;
            for (int i = k + 1; i < n; i++)
            {
                ref T row = ref Unsafe.Add(ref a, i * n);
                T factor = Unsafe.Add(ref row, k) * inverse;
                Unsafe.Add(ref row, k) = factor;
                for (int j = k + 1; j < n; j++)
                {
                    Unsafe.Add(ref row, j) = Field.SubtractProduct(Unsafe.Add(ref row, j), factor, Unsafe.Add(ref top, j));
                }
            }
        }

        return -1;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Solve(Span<T> right)
    {
        int n = _n;
        ref T x = ref MemoryMarshal.GetReference(right[..n]);
        ref T a = ref MemoryMarshal.GetArrayDataReference(_factors);
        for (int i = 0; i < n; i++)
        {
            int pivot = _pivots[i];
            T sum = Unsafe.Add(ref x, pivot);
            Unsafe.Add(ref x, pivot) = Unsafe.Add(ref x, i);
            ref T row = ref Unsafe.Add(ref a, i * n);
            for (int j = 0; j < i; j++)
            {
                sum = Field.SubtractProduct(sum, Unsafe.Add(ref row, j), Unsafe.Add(ref x, j));
            }

            Unsafe.Add(ref x, i) = sum;
        }

        for (int i = n - 1; i >= 0; i--)
        {
            ref T row = ref Unsafe.Add(ref a, i * n);
            T sum = Unsafe.Add(ref x, i);
            for (int j = i + 1; j < n; j++)
            {
                sum = Field.SubtractProduct(sum, Unsafe.Add(ref row, j), Unsafe.Add(ref x, j));
            }

            Unsafe.Add(ref x, i) = sum * Unsafe.Add(ref row, i);
        }
    }

    private void Load(T scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        int n = _n;
        ReadOnlySpan<int> starts = _pattern.RowStarts;
        ReadOnlySpan<int> columns = _pattern.Columns;
        if (jacobian.Length < _factors.Length)
        {
            Array.Clear(_factors);
        }

        for (int row = 0; row < n; row++)
        {
            for (int k = starts[row]; k < starts[row + 1]; k++)
            {
                _factors[(row * n) + columns[k]] = mass.IsEmpty
                    ? Field.Lift<T>(-jacobian[k])
                    : Field.Scale(scale, mass[k]) - Field.Lift<T>(jacobian[k]);
            }

            if (mass.IsEmpty)
            {
                _factors[(row * n) + row] += scale;
            }
        }
    }
}
