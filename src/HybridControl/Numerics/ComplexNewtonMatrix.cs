using System.Numerics;

namespace HybridControl.Numerics;

/// <summary>The matrix scale M - J with a complex scale, kept as factors; M and J are real.</summary>
/// <remarks>
/// Work space of one integration, not thread-safe. Allocates nothing after it was made, but for what takes the place of
/// sparse factors the first time that a pivot of theirs is too small.
/// </remarks>
internal abstract class ComplexNewtonMatrix(SparsityPattern pattern)
{
    /// <summary>Size n of the matrix.</summary>
    public int Size => pattern.Size;

    /// <summary>Column in which the last factorisation found no pivot, or -1.</summary>
    public int SingularColumn { get; private set; } = -1;

    /// <summary>Chooses the storage from the pattern.</summary>
    public static ComplexNewtonMatrix For(SparsityPattern pattern) => MatrixStorageChoice.OrderFor<Complex>(pattern) is { } order
        ? new SparseComplexMatrix(pattern, order)
        : WithExchanges(pattern);

    /// <summary>Chooses among the storages that exchange rows.</summary>
    internal static ComplexNewtonMatrix WithExchanges(SparsityPattern pattern) => MatrixStorageChoice.For<Complex>(pattern) switch
    {
        MatrixStorage.Small => new InterleavedNewtonMatrix(pattern, new SmallFactors<Complex>(pattern)),
        MatrixStorage.Band => new InterleavedNewtonMatrix(pattern, new BandFactors<Complex>(pattern)),
        _ => new ComplexBlockFactors(pattern),
    };

    /// <summary>Factors scale M - J.</summary>
    /// <param name="scale">The number before M.</param>
    /// <param name="mass">M in the order of the pattern; empty for the identity.</param>
    /// <param name="jacobian">J in the order of the pattern.</param>
    /// <returns>False if the matrix is singular or not finite: see <see cref="SingularColumn"/>.</returns>
    public bool Factor(Complex scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        SingularColumn = Dense.IsFinite(jacobian)
            ? FactorFinite(scale, mass, jacobian)
            : MatrixStorageChoice.ColumnOfWorst(pattern, jacobian);
        return SingularColumn < 0;
    }

    /// <summary>Solves (scale M - J) x = b in place.</summary>
    /// <param name="real">Real parts of b, then of x; n entries.</param>
    /// <param name="imaginary">Imaginary parts.</param>
    public abstract void Solve(Span<double> real, Span<double> imaginary);

    /// <summary>Factors a matrix of finite entries; the column without a pivot, or -1.</summary>
    protected abstract int FactorFinite(Complex scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian);
}
