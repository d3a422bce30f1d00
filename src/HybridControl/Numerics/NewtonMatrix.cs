namespace HybridControl.Numerics;

/// <summary>The matrix scale M - J of a Newton iteration, kept as factors.</summary>
/// <remarks>Work space of one integration: allocates nothing after it was made, and is not thread-safe.</remarks>
internal sealed class NewtonMatrix
{
    private readonly SparsityPattern _pattern;
    private readonly Factors<double> _factors;

    private NewtonMatrix(SparsityPattern pattern, Factors<double> factors) => (_pattern, _factors) = (pattern, factors);

    /// <summary>Size n of the matrix.</summary>
    public int Size => _pattern.Size;

    /// <summary>Column in which the last factorisation found no pivot, or -1.</summary>
    public int SingularColumn { get; private set; } = -1;

    /// <summary>Chooses the storage from the pattern.</summary>
    public static NewtonMatrix For(SparsityPattern pattern) => new(pattern, MatrixStorageChoice.For<double>(pattern) switch
    {
        MatrixStorage.Small => new SmallFactors<double>(pattern),
        MatrixStorage.Band => new BandFactors<double>(pattern),
        _ => new BlockFactors(pattern),
    });

    /// <summary>Factors scale M - J.</summary>
    /// <param name="scale">The number before M.</param>
    /// <param name="mass">M in the order of the pattern; empty for the identity.</param>
    /// <param name="jacobian">J in the order of the pattern.</param>
    /// <returns>False if the matrix is singular or not finite: see <see cref="SingularColumn"/>.</returns>
    public bool Factor(double scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        SingularColumn = Dense.IsFinite(jacobian)
            ? _factors.Factor(scale, mass, jacobian)
            : MatrixStorageChoice.ColumnOfWorst(_pattern, jacobian);
        return SingularColumn < 0;
    }

    /// <summary>Solves (scale M - J) x = b in place.</summary>
    /// <param name="right">b, then x; n entries.</param>
    public void Solve(Span<double> right) => _factors.Solve(right);
}
