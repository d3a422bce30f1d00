using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>The past of a solution as backward differences D_0 ... D_k on a grid of equal steps that ends at the present.</summary>
/// <remarks>
/// The polynomial through the grid is p(s) = sum of D_j w_j(s), w_j(s) = s (s + 1) ... (s + j - 1) / j!, s in steps from the present. Rows j
/// hold the n states each; two more than the order serve the estimates of the next order. Not thread-safe.
/// </remarks>
internal sealed class BackwardDifferences(int dimension)
{
    private const int Rows = BdfFormula.HighestOrder + 3;
    private const int Width = BdfFormula.HighestOrder + 1;

    // Power coefficients in theta = s + 1 of w_0 to w_5, by rows.
    private static readonly double[] Powers = MakePowers();

    private readonly double[] _rows = new double[(Rows * dimension) + 1];
    private readonly double[] _kept = new double[Width * dimension];
    private readonly double[] _transform = new double[Width * Width];

    /// <summary>D_j of every state.</summary>
    public Span<double> Row(int j) => _rows.AsSpan(j * dimension, dimension);

    /// <summary>Makes differences of the values at the present, one step before, and so on, that are in the rows.</summary>
    public void Difference(int order)
    {
        for (int j = 1; j <= order; j++)
        {
            for (int m = order; m >= j; m--)
            {
                Dense.Subtract(Row(m - 1), Row(m), Row(m));
            }
        }

        Row(order + 1).Clear();
    }

    /// <summary>Writes p(1), and the sum of gammas[j] D_j over j = 1 ... order.</summary>
    public void Predict(int order, ReadOnlySpan<double> gammas, Span<double> predicted, Span<double> sum)
    {
        int n = dimension;
        ref double first = ref MemoryMarshal.GetArrayDataReference(_rows);
        ref double p = ref MemoryMarshal.GetReference(predicted);
        ref double q = ref MemoryMarshal.GetReference(sum);
        int i = 0;
        for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> whole = Load(ref first, i);
            Vector<double> part = Vector<double>.Zero;
            for (int j = 1; j <= order; j++)
            {
                Vector<double> d = Load(ref first, (j * n) + i);
                whole += d;
                part = Vector.MultiplyAddEstimate(new Vector<double>(gammas[j]), d, part);
            }

            whole.StoreUnsafe(ref p, (nuint)i);
            part.StoreUnsafe(ref q, (nuint)i);
        }

        for (; i < n; i++)
        {
            double whole = Unsafe.Add(ref first, i);
            double part = 0.0;
            for (int j = 1; j <= order; j++)
            {
                double d = Unsafe.Add(ref first, (j * n) + i);
                whole += d;
                part = Math.FusedMultiplyAdd(gammas[j], d, part);
            }

            Unsafe.Add(ref p, i) = whole;
            Unsafe.Add(ref q, i) = part;
        }
    }

    /// <summary>Moves on by one step, to p(1) + <paramref name="correction"/>, which is <paramref name="end"/>.</summary>
    public void Advance(int order, ReadOnlySpan<double> correction, ReadOnlySpan<double> end)
    {
        int n = dimension;
        ref double first = ref MemoryMarshal.GetArrayDataReference(_rows);
        ref double e = ref MemoryMarshal.GetReference(correction);
        int i = 0;
        for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> sum = Load(ref e, i);
            (sum - Load(ref first, ((order + 1) * n) + i)).StoreUnsafe(ref first, (nuint)(((order + 2) * n) + i));
            sum.StoreUnsafe(ref first, (nuint)(((order + 1) * n) + i));
            for (int j = order; j > 0; j--)
            {
                sum += Load(ref first, (j * n) + i);
                sum.StoreUnsafe(ref first, (nuint)((j * n) + i));
            }
        }

        for (; i < n; i++)
        {
            double sum = Unsafe.Add(ref e, i);
            Unsafe.Add(ref first, ((order + 2) * n) + i) = sum - Unsafe.Add(ref first, ((order + 1) * n) + i);
            Unsafe.Add(ref first, ((order + 1) * n) + i) = sum;
            for (int j = order; j > 0; j--)
            {
                sum += Unsafe.Add(ref first, (j * n) + i);
                Unsafe.Add(ref first, (j * n) + i) = sum;
            }
        }

        end.CopyTo(Row(0));
    }

    /// <summary>Takes the values of p at shift, shift - ratio, shift - 2 ratio ... (in old steps) for a new grid.</summary>
    /// <remarks>By interpolation, which keeps the polynomial: the error of order k + 1 only is not carried over.</remarks>
    public void Rebase(int order, double shift, double ratio)
    {
        FillTransform(order, shift, ratio);
        int n = dimension;
        ref double first = ref MemoryMarshal.GetArrayDataReference(_rows);
        for (int j = shift == 0.0 ? 1 : 0; j <= order; j++)
        {
            ref double target = ref Unsafe.Add(ref first, j * n);
            int i = 0;
            for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
            {
                Vector<double> sum = Vector<double>.Zero;
                for (int m = j; m <= order; m++)
                {
                    sum = Vector.MultiplyAddEstimate(new Vector<double>(_transform[(m * Width) + j]), Load(ref first, (m * n) + i), sum);
                }

                sum.StoreUnsafe(ref target, (nuint)i);
            }

            for (; i < n; i++)
            {
                double sum = 0.0;
                for (int m = j; m <= order; m++)
                {
                    sum = Math.FusedMultiplyAdd(_transform[(m * Width) + j], Unsafe.Add(ref first, (m * n) + i), sum);
                }

                Unsafe.Add(ref target, i) = sum;
            }
        }
    }

    /// <summary>Remembers the rows for <see cref="Restore"/>.</summary>
    public void Keep(int order) => _rows.AsSpan(0, (order + 1) * dimension).CopyTo(_kept);

    /// <summary>Goes back to the rows that were kept, moved by <paramref name="shift"/> of their steps, with <paramref name="end"/> as the present.</summary>
    public void Restore(int order, double shift, ReadOnlySpan<double> end)
    {
        _kept.AsSpan(0, (order + 1) * dimension).CopyTo(_rows);
        Rebase(order, shift, 1.0);
        Span<double> present = Row(0);
        for (int j = order; j >= 1; j--)
        {
            Span<double> row = Row(j);
            for (int i = 0; i < dimension; i++)
            {
                row[i] += end[i] - present[i];
            }
        }

        end.CopyTo(present);
    }

    /// <summary>The derivative of p at the present, in units of a state per step.</summary>
    public double SlopeOf(int order, int state)
    {
        double sum = 0.0;
        for (int j = order; j >= 1; j--)
        {
            sum += _rows[(j * dimension) + state] / j;
        }

        return sum;
    }

    /// <summary>Writes power coefficients of one state over the step from theta = 0 to 1 at whose end the correction stands.</summary>
    public void WriteDense(int order, double correction, int state, double start, Span<double> coefficients)
    {
        coefficients.Clear();
        double sum = correction;
        for (int j = order; j > 0; j--)
        {
            sum += _rows[(j * dimension) + state];
            for (int power = 1; power <= j; power++)
            {
                coefficients[power] = Math.FusedMultiplyAdd(sum, Powers[(j * Width) + power], coefficients[power]);
            }
        }

        coefficients[0] = start;
    }

    /// <summary>Exchanges the state with an archive.</summary>
    public void Exchange(StateArchive archive) => archive.Exchange(_rows);

    private static double[] MakePowers()
    {
        double[] powers = new double[Width * Width];
        powers[0] = 1.0;
        for (int j = 1; j < Width; j++)
        {
            for (int k = 0; k < j; k++)
            {
                // w_j = w_(j-1) (theta + j - 2) / j
                powers[(j * Width) + k] += powers[((j - 1) * Width) + k] * (j - 2) / j;
                powers[(j * Width) + k + 1] += powers[((j - 1) * Width) + k] / j;
            }
        }

        return powers;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Load(ref double first, int index) => Vector.LoadUnsafe(ref first, (nuint)index);

    // Entry (m, j): the weight of D_m in the new D_j, the j-th difference of w_m over the new grid; zero below the diagonal.
    private void FillTransform(int order, double shift, double ratio)
    {
        Span<double> values = stackalloc double[Width];
        for (int m = 0; m <= order; m++)
        {
            for (int i = 0; i <= m; i++)
            {
                double s = shift - (ratio * i);
                double w = 1.0;
                for (int l = 0; l < m; l++)
                {
                    w *= (s + l) / (l + 1);
                }

                values[i] = w;
            }

            for (int j = 0; j <= m; j++)
            {
                _transform[(m * Width) + j] = values[0];
                for (int i = 0; i < m - j; i++)
                {
                    values[i] -= values[i + 1];
                }
            }
        }
    }
}
