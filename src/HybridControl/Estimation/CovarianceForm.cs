using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>A covariance P kept as it is, with a proof that it has its digits.</summary>
/// <remarks>
/// A sum or a difference of covariances is right to a few eps of the terms in it. That is good enough where every pivot of the
/// result, the variance of a state given those before it, is at least <see cref="GramTriangle.Trust"/> of these terms; it need
/// not be computed for that, a lower bound will do. Pivots grow with the matrix (P >= A implies it for every Schur complement) and
/// are concave, which gives bounds for nothing: those of Q for F P F' + Q, a part of those before for an update, the
/// mean of those of the parts for a mixture. R. A. Horn and C. R. Johnson, Matrix Analysis (2013), sections 7.7 and 7.8.
/// </remarks>
internal sealed class CovarianceForm
{
    // Factors of P need products of its entries, which must not leave the range.
    private const double Least = 1e-140;
    private const double Most = 1e140;

    private readonly int _n;

    /// <summary>Makes room for n states.</summary>
    public CovarianceForm(int n)
    {
        _n = n;
        Matrix = new WorkMatrix(n, n);
        Floors = new double[Matrix.Width];
    }

    /// <summary>P, n by n, all of it, the same bits on both sides of the diagonal.</summary>
    public WorkMatrix Matrix { get; }

    /// <summary>What no pivot of P is below: n numbers, and zeros up to the width of the matrix.</summary>
    public double[] Floors { get; }

    /// <summary>The variance of a state.</summary>
    public double Variance(int state) => Matrix.Span[state * (Matrix.Width + 1)];

    /// <summary>Whether every number is finite.</summary>
    public bool IsFinite => Dense.IsFinite(Matrix.Span);

    /// <summary>Takes over the numbers of another one of the same size.</summary>
    public void CopyFrom(CovarianceForm other)
    {
        other.Matrix.Span.CopyTo(Matrix.Span);
        other.Floors.CopyTo(Floors, 0);
    }

    /// <summary>Takes the pivots of a factor of P for the bounds.</summary>
    public void SetFloors(ReadOnlySpan<double> factor)
    {
        for (int i = 0; i < _n; i++)
        {
            double root = factor[i * (_n + 1)];
            Floors[i] = root * root;
        }
    }

    /// <summary>The terms that add up to the diagonal of A P A' + B: sizes_i = B_ii + sum of A_ij^2 P_jj.</summary>
    /// <param name="transposed">A', n by m.</param>
    /// <param name="added">B, m by m, as wide as A'.</param>
    /// <param name="sizes">Receives m numbers, and anything up to the width of A'.</param>
    /// <param name="m">Rows of A.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void WriteSizes(WorkMatrix transposed, WorkMatrix added, Span<double> sizes, int m)
    {
        int width = transposed.Width;
        ref double variance = ref MemoryMarshal.GetReference(Matrix.Span);
        ref double row = ref MemoryMarshal.GetReference(transposed.Span);
        ref double target = ref MemoryMarshal.GetReference(sizes[..width]);
        for (int i = 0; i < width; i += Vector256<double>.Count)
        {
            Vector256<double> sum = Vector256<double>.Zero;
            for (int j = 0; j < _n; j++)
            {
                Vector256<double> a = Vector256.LoadUnsafe(ref row, (nuint)((j * width) + i));
                sum = Vector256.MultiplyAddEstimate(a * a, Vector256.Create(Unsafe.Add(ref variance, j * (Matrix.Width + 1))), sum);
            }

            sum.StoreUnsafe(ref target, (nuint)i);
        }

        ReadOnlySpan<double> diagonal = added.Span;
        for (int i = 0; i < m; i++)
        {
            sizes[i] += diagonal[i * (width + 1)];
        }
    }

    /// <summary>P = w (P' + d d') for the first part of a mixture, P = P + w (P' + d d') for the others; the bounds alike.</summary>
    /// <param name="weight">w.</param>
    /// <param name="part">P'.</param>
    /// <param name="difference">d, n numbers, with zeros up to the width of the matrix.</param>
    /// <param name="isFirst">Whether what was here counts no more.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Accumulate(double weight, CovarianceForm part, ReadOnlySpan<double> difference, bool isFirst)
    {
        int width = Matrix.Width;
        ref double target = ref MemoryMarshal.GetReference(Matrix.Span);
        ref double source = ref MemoryMarshal.GetReference(part.Matrix.Span);
        ref double d = ref MemoryMarshal.GetReference(difference[..width]);
        var w = Vector256.Create(weight);
        for (int i = 0; i < _n; i++)
        {
            var own = Vector256.Create(Unsafe.Add(ref d, i));
            for (int j = 0; j < width; j += Vector256<double>.Count)
            {
                nuint at = (nuint)((i * width) + j);
                Vector256<double> sum = isFirst ? Vector256<double>.Zero : Vector256.LoadUnsafe(ref target, at);
                Vector256<double> square = Vector256.MultiplyAddEstimate(
                    own, Vector256.LoadUnsafe(ref d, (nuint)j), Vector256.LoadUnsafe(ref source, at));
                Vector256.MultiplyAddEstimate(w, square, sum).StoreUnsafe(ref target, at);
            }
        }

        if (isFirst)
        {
            Dense.Scale(weight, part.Floors, Floors);
        }
        else
        {
            Dense.Axpy(weight, part.Floors, Floors);
        }
    }

    /// <summary>Whether <paramref name="share"/> of each bound is enough for the variance that it stands for.</summary>
    public bool IsVouched(double share)
    {
        int stride = Matrix.Width + 1;
        ReadOnlySpan<double> matrix = Matrix.Span;
        bool isEnough = true;
        for (int i = 0; i < _n; i++)
        {
            isEnough &= IsEnough(share * Floors[i], matrix[i * stride]);
        }

        return isEnough;
    }

    /// <summary>Whether bounds of pivots are enough for terms of some size.</summary>
    public static bool Vouch(ReadOnlySpan<double> floors, ReadOnlySpan<double> sizes)
    {
        bool isEnough = true;
        for (int i = 0; i < sizes.Length; i++)
        {
            isEnough &= IsEnough(floors[i], sizes[i]);
        }

        return isEnough;
    }

    private static bool IsEnough(double floor, double size) => floor > Least + (GramTriangle.Trust * size) & size < Most;

    /// <summary>Writes P, packed.</summary>
    public void Write(Span<double> covariance)
    {
        for (int i = 0; i < _n; i++)
        {
            Matrix.Span.Slice(i * Matrix.Width, _n).CopyTo(covariance[(i * _n)..]);
        }
    }

    /// <summary>Writes L with P = L L', n by n, packed; NaN on its diagonal or a zero where P is not positive definite.</summary>
    public void WriteFactor(Span<double> factor)
    {
        Write(factor);
        UpperCholesky.TryFactor(factor, _n, _n, _n, 0.0);
        for (int i = 0; i < _n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                factor[(i * _n) + j] = factor[(j * _n) + i];
                factor[(j * _n) + i] = 0.0;
            }
        }
    }
}
