using System.Numerics;

namespace HybridControl.Numerics;

/// <summary>Sparse complex factors, with ones that exchange rows where a pivot is too small.</summary>
internal sealed class SparseComplexMatrix(SparsityPattern pattern, SparseOrder order) : ComplexNewtonMatrix(pattern)
{
    private readonly SparsityPattern _pattern = pattern;
    private readonly InterleavedNewtonMatrix _sparse = new(pattern, new SparseFactors<Complex>(pattern, order));
    private ComplexNewtonMatrix? _full;
    private bool _isFull;

    /// <inheritdoc/>
    public override void Solve(Span<double> real, Span<double> imaginary) =>
        (_isFull ? _full! : _sparse).Solve(real, imaginary);

    /// <inheritdoc/>
    protected override int FactorFinite(Complex scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        _isFull = !_sparse.Factor(scale, mass, jacobian);
        if (!_isFull)
        {
            return -1;
        }

        _full ??= WithExchanges(_pattern);
        _full.Factor(scale, mass, jacobian);
        return _full.SingularColumn;
    }
}
