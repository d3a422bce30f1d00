using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

/// <summary>Complex factors whose entries are whole complex numbers.</summary>
internal sealed class InterleavedNewtonMatrix(SparsityPattern pattern, Factors<Complex> factors) : ComplexNewtonMatrix(pattern)
{
    private readonly Complex[] _right = new Complex[pattern.Size];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Solve(Span<double> real, Span<double> imaginary)
    {
        Complex[] right = _right;
        real = real[..right.Length];
        imaginary = imaginary[..right.Length];
        for (int i = 0; i < right.Length; i++)
        {
            right[i] = new(real[i], imaginary[i]);
        }

        factors.Solve(right);
        for (int i = 0; i < right.Length; i++)
        {
            (real[i], imaginary[i]) = (right[i].Real, right[i].Imaginary);
        }
    }

    /// <inheritdoc/>
    protected override int FactorFinite(Complex scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian) =>
        factors.Factor(scale, mass, jacobian);
}
