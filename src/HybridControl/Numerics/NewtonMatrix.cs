namespace HybridControl.Numerics;

/// <summary>The matrix scale M - J of a Newton iteration, kept as factors.</summary>
/// <remarks>
/// Work space of one integration, not thread-safe. Allocates nothing after it was made, but for what takes the place of
/// sparse factors the first time that a pivot of theirs is too small.
/// </remarks>
internal sealed class NewtonMatrix
{
    private readonly SparsityPattern _pattern;
    private readonly SparseFactors<double>? _sparse;
    private Factors<double>? _full;
    private bool _isSparse;

    private NewtonMatrix(SparsityPattern pattern, SparseOrder? order)
    {
        _pattern = pattern;
        _sparse = order is null ? null : new(pattern, order);
        _full = order is null ? WithExchanges(pattern) : null;
    }

    /// <summary>Size n of the matrix.</summary>
    public int Size => _pattern.Size;

    /// <summary>Column in which the last factorisation found no pivot, or -1.</summary>
    public int SingularColumn { get; private set; } = -1;

    /// <summary>Chooses the storage from the pattern.</summary>
    public static NewtonMatrix For(SparsityPattern pattern) => new(pattern, MatrixStorageChoice.OrderFor<double>(pattern));

    /// <summary>Factors scale M - J.</summary>
    /// <param name="scale">The number before M.</param>
    /// <param name="mass">M in the order of the pattern; empty for the identity.</param>
    /// <param name="jacobian">J in the order of the pattern.</param>
    /// <returns>False if the matrix is singular or not finite: see <see cref="SingularColumn"/>.</returns>
    public bool Factor(double scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        SingularColumn = Dense.IsFinite(jacobian)
            ? FactorFinite(scale, mass, jacobian)
            : MatrixStorageChoice.ColumnOfWorst(_pattern, jacobian);
        return SingularColumn < 0;
    }

    /// <summary>Solves (scale M - J) x = b in place.</summary>
    /// <param name="right">b, then x; n entries.</param>
    public void Solve(Span<double> right)
    {
        if (_isSparse)
        {
            _sparse!.Solve(right);
            return;
        }

        _full!.Solve(right);
    }

    private static Factors<double> WithExchanges(SparsityPattern pattern) => MatrixStorageChoice.For<double>(pattern) switch
    {
        MatrixStorage.Small => new SmallFactors<double>(pattern),
        MatrixStorage.Band => new BandFactors<double>(pattern),
        _ => new BlockFactors(pattern),
    };

    private int FactorFinite(double scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        _isSparse = _sparse is not null && _sparse.Factor(scale, mass, jacobian) < 0;
        if (_isSparse)
        {
            return -1;
        }

        _full ??= WithExchanges(_pattern);
        return _full.Factor(scale, mass, jacobian);
    }
}
