using System.Numerics;

namespace HybridControl.Numerics;

/// <summary>Triangular factors of scale M - J over real or complex numbers.</summary>
/// <remarks>Allocates nothing after it was made; not thread-safe.</remarks>
internal abstract class Factors<T> where T : struct, INumberBase<T>
{
    /// <summary>Factors scale M - J.</summary>
    /// <param name="scale">The number before M.</param>
    /// <param name="mass">M in the order of the pattern; empty for the identity.</param>
    /// <param name="jacobian">J in the order of the pattern; finite.</param>
    /// <returns>The column that has no pivot, or -1.</returns>
    public abstract int Factor(T scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian);

    /// <summary>Solves in place.</summary>
    public abstract void Solve(Span<T> right);
}
