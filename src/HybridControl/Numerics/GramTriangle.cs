namespace HybridControl.Numerics;

/// <summary>The lower triangular L with L L' = A A' + G by way of the product itself: fast, where that loses no digits that matter.</summary>
/// <remarks>
/// Forming A A' squares the condition. Where it is at least <see cref="Trust"/> of its diagonal (<see cref="DiagonalFloor"/>), the
/// factor is right to about eps / Trust nevertheless (J. Demmel's bound: what counts is the condition after scaling to a
/// unit diagonal); elsewhere the caller goes on with <see cref="LowerTriangularization"/>, which takes twice as many operations
/// that depend on each other. N. J. Higham, Accuracy and Stability of Numerical Algorithms (2002), section 10.1.
/// </remarks>
internal static class GramTriangle
{
    /// <summary>The part of its diagonal that a covariance must not be below, in the order of matrices: four digits may be lost, of sixteen.</summary>
    public const double Trust = 1e-4;

    /// <summary>Adds A A' to the upper triangle of G.</summary>
    /// <param name="transposed">A', terms by n.</param>
    /// <param name="terms">Columns of A.</param>
    /// <param name="gram">G, n by n.</param>
    /// <param name="n">Size.</param>
    public static void Add(WorkMatrix transposed, int terms, WorkMatrix gram, int n) => Apply(transposed, terms, gram, n, Accumulation.Add);

    /// <summary>Computes the upper triangle of A A', and what <paramref name="accumulation"/> says.</summary>
    /// <param name="transposed">A', terms by n.</param>
    /// <param name="terms">Columns of A.</param>
    /// <param name="gram">Receives n by n.</param>
    /// <param name="n">Size.</param>
    /// <param name="accumulation">What happens with the old entries.</param>
    /// <param name="zeros"><see cref="Zeros.LeftAbove"/> if A is lower triangular.</param>
    public static void Apply(
        WorkMatrix transposed, int terms, WorkMatrix gram, int n, Accumulation accumulation, Zeros zeros = Zeros.None)
    {
        int width = gram.Width;
        BlockProduct.Apply(
            transposed.Span, 1, width, transposed.Span, width, gram.Span, width, n, terms, width, accumulation, zeros | Zeros.ResultBelow);
    }

    /// <summary>Factors G.</summary>
    /// <param name="gram">G, n by n, of which the upper triangle is read; destroyed.</param>
    /// <param name="n">Size.</param>
    /// <param name="l">Receives L, n by n, packed; its upper triangle is kept or set to zero.</param>
    /// <param name="floors">Receives f with G at least diag(f), n numbers.</param>
    /// <returns>False if digits would be lost; <paramref name="l"/> may then hold anything in its lower triangle.</returns>
    public static bool TryFactor(WorkMatrix gram, int n, Span<double> l, Span<double> floors)
    {
        return TryTriangle(gram, n, l) && DiagonalFloor.Write(l, n, floors) >= Trust;
    }

    /// <inheritdoc cref="TryFactor(WorkMatrix, int, Span{double}, Span{double})"/>
    public static bool TryFactor(WorkMatrix gram, int n, Span<double> l) =>
        TryTriangle(gram, n, l) && (HasLargePivots(l, n) || DiagonalFloor.Write(l, n, gram.Span[..n]) >= Trust);

    private static bool TryTriangle(WorkMatrix gram, int n, Span<double> l)
    {
        if (!UpperCholesky.TryFactor(gram.Span, gram.Width, n, gram.Width, Trust))
        {
            return false;
        }

        BlockTranspose.Upper(gram.Span, gram.Width, l, n, n);
        return true;
    }

    // Scaled to a unit diagonal, the eigenvalues of G add up to n: the least is at least a part 1/e of their product.
    private static bool HasLargePivots(ReadOnlySpan<double> l, int n)
    {
        double product = 1.0;
        for (int i = 0; i < n && product >= Math.E * Trust; i++)
        {
            ReadOnlySpan<double> row = l.Slice(i * n, i + 1);
            product *= row[i] * row[i] / Dense.Dot(row, row);
        }

        return product >= Math.E * Trust;
    }
}
