using System.Collections.Immutable;

namespace HybridControl.Solvers;

/// <summary>The coefficients of a stiffly accurate, diagonally implicit Runge-Kutta method whose first stage is explicit. Data only.</summary>
/// <remarks>
/// Stage i of s is X_i = x + h sum_j a_ij k_j with k_i the derivative there; a_ii is gamma but for the first stage, which is the
/// start of the step, and the last is its end. Dense output is the cubic Hermite polynomial plus
/// theta^2 (1 - theta)^2 h sum_j d_j k_j.
/// </remarks>
public sealed class EsdirkTableau
{
    /// <summary>Creates a tableau.</summary>
    /// <param name="order">Order of the method.</param>
    /// <param name="gamma">The diagonal coefficient.</param>
    /// <param name="a">Rows of A below the diagonal for the stages 2 to s; row i has i entries.</param>
    /// <param name="e">Weights of the error estimate, s entries.</param>
    /// <param name="d">Weights d of the dense output, s entries.</param>
    /// <param name="guesses">For the stages 2 to s the weights of the derivatives before it that guess its own; row i has i entries.</param>
    /// <exception cref="ArgumentException">A row or a list of weights has another length, or a row zeros only.</exception>
    public EsdirkTableau(int order, double gamma, double[][] a, double[] e, double[] d, double[][] guesses)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(guesses);
        ArgumentNullException.ThrowIfNull(e);
        ArgumentNullException.ThrowIfNull(d);
        TableauCheck.Rows(a, 1, nameof(a));
        TableauCheck.Rows(guesses, 1, nameof(guesses));
        TableauCheck.Weights(e, a.Length + 1, nameof(e));
        TableauCheck.Weights(d, a.Length + 1, nameof(d));
        if (guesses.Length != a.Length)
        {
            throw new ArgumentException(FormattableString.Invariant($"{guesses.Length} rows of guesses for {a.Length} of A."), nameof(guesses));
        }

        Order = order;
        Gamma = gamma;
        A = [[], .. a.Select(row => row.ToImmutableArray())];
        C = [0.0, .. a.Select(row => row.Sum() + gamma)];
        E = [.. e];
        D = [.. d];
        Guesses = [[], .. guesses.Select(row => row.ToImmutableArray())];
    }

    /// <summary>Order of the method.</summary>
    public int Order { get; }

    /// <summary>The number s of stages, the explicit one included.</summary>
    public int Stages => A.Length;

    /// <summary>The diagonal coefficient.</summary>
    public double Gamma { get; }

    /// <summary>Rows of A below the diagonal: stage i has i entries, the first stage none.</summary>
    public ImmutableArray<ImmutableArray<double>> A { get; }

    /// <summary>Nodes: the row sums of A.</summary>
    public ImmutableArray<double> C { get; }

    /// <summary>Weights of the error estimate.</summary>
    public ImmutableArray<double> E { get; }

    /// <summary>Weights of the quartic term of the dense output.</summary>
    public ImmutableArray<double> D { get; }

    /// <summary>Weights of earlier derivatives that guess that of a stage.</summary>
    public ImmutableArray<ImmutableArray<double>> Guesses { get; }
}
