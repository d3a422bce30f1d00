using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Numerics;

/// <summary>Eigenvalues of real square matrices without symmetry.</summary>
/// <remarks>Outside of steps: allocates. The factorisation is that of MathNet.Numerics (Hessenberg form and shifted QR). Thread-safe.</remarks>
public static class Eigenvalues
{
    /// <summary>The eigenvalues; complex ones as neighbouring pairs.</summary>
    /// <param name="a">n by n, row-major, finite.</param>
    /// <param name="n">Size.</param>
    public static Complex[] Of(ReadOnlySpan<double> a, int n) =>
        [.. Matrix<double>.Build.DenseOfRowMajor(n, n, a[..(n * n)].ToArray()).Evd().EigenValues];
}
