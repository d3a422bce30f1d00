using System.Numerics;

namespace HybridControl.Numerics;

/// <summary>The matrix scale M - J with a complex scale, kept as factors; M and J are real.</summary>
/// <remarks>Work space of one integration: allocates nothing after it was made, and is not thread-safe.</remarks>
internal abstract class ComplexNewtonMatrix
{
    /// <summary>Size n of the matrix.</summary>
    public abstract int Size { get; }

    /// <summary>Column in which the last factorisation found no pivot, or -1.</summary>
    public int SingularColumn { get; protected set; } = -1;

    /// <summary>Chooses the storage from the pattern.</summary>
    public static ComplexNewtonMatrix For(SparsityPattern pattern) => new DenseComplexNewtonMatrix(pattern);

    /// <summary>Factors scale M - J.</summary>
    /// <param name="scale">The number before M.</param>
    /// <param name="mass">M in the order of the pattern; empty for the identity.</param>
    /// <param name="jacobian">J in the order of the pattern.</param>
    /// <returns>False if the matrix is singular or not finite: see <see cref="SingularColumn"/>.</returns>
    public abstract bool Factor(Complex scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian);

    /// <summary>Solves (scale M - J) x = b in place.</summary>
    /// <param name="real">Real parts of b, then of x; n entries.</param>
    /// <param name="imaginary">Imaginary parts.</param>
    public abstract void Solve(Span<double> real, Span<double> imaginary);
}
