namespace HybridControl.Numerics;

/// <summary>The matrix scale M - J of a Newton iteration, kept as factors.</summary>
/// <remarks>Work space of one integration: allocates nothing after it was made, and is not thread-safe.</remarks>
internal abstract class NewtonMatrix
{
    /// <summary>Size n of the matrix.</summary>
    public abstract int Size { get; }

    /// <summary>Column in which the last factorisation found no pivot, or -1.</summary>
    public int SingularColumn { get; protected set; } = -1;

    /// <summary>Chooses the storage from the pattern.</summary>
    public static NewtonMatrix For(SparsityPattern pattern) => new DenseNewtonMatrix(pattern);

    /// <summary>Factors scale M - J.</summary>
    /// <param name="scale">The number before M.</param>
    /// <param name="mass">M in the order of the pattern; empty for the identity.</param>
    /// <param name="jacobian">J in the order of the pattern.</param>
    /// <returns>False if the matrix is singular or not finite: see <see cref="SingularColumn"/>.</returns>
    public abstract bool Factor(double scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian);

    /// <summary>Solves (scale M - J) x = b in place.</summary>
    /// <param name="right">b, then x; n entries.</param>
    public abstract void Solve(Span<double> right);
}
