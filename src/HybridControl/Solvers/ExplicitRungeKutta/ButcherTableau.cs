using System.Collections.Immutable;

namespace HybridControl.Solvers;

/// <summary>The coefficients of an explicit Runge-Kutta method. Data only.</summary>
/// <remarks>
/// With s stages, stage i is f(t + c_i h, x + h sum_j a_ij k_j). The last stage is f at the end of the step, so the last
/// row of A holds the weights b and the last stage serves as the first of the next step. Dense output is
/// x0 + theta (r2 + (1 - theta)(r3 + theta (r4 + (1 - theta) r5))), the cubic Hermite polynomial plus one term,
/// r5 = h sum_j d_j k_j.
/// </remarks>
public sealed class ButcherTableau
{
    /// <summary>Creates a tableau.</summary>
    /// <param name="order">Order of the method.</param>
    /// <param name="a">Rows of A for the stages 2 to s; row i has i entries.</param>
    /// <param name="e">Weights of the error estimate, s entries; empty for methods without one.</param>
    /// <param name="d">Weights d of the dense output, s entries; empty for the cubic Hermite polynomial.</param>
    public ButcherTableau(int order, double[][] a, double[] e, double[] d)
    {
        ArgumentNullException.ThrowIfNull(a);
        Order = order;
        A = [.. a.Select(row => row.ToImmutableArray())];
        C = [0.0, .. a.Select(row => row.Sum())];
        E = [.. e];
        D = [.. d];
    }

    /// <summary>Order of the method.</summary>
    public int Order { get; }

    /// <summary>The number of stages, the one at the end of the step included.</summary>
    public int Stages => A.Length + 1;

    /// <summary>Rows for the stages 2 to s.</summary>
    public ImmutableArray<ImmutableArray<double>> A { get; }

    /// <summary>Nodes, s entries: the row sums of A.</summary>
    public ImmutableArray<double> C { get; }

    /// <summary>Weights of the error estimate; empty for none.</summary>
    public ImmutableArray<double> E { get; }

    /// <summary>Weights of the quartic term of the dense output; empty for none.</summary>
    public ImmutableArray<double> D { get; }
}
