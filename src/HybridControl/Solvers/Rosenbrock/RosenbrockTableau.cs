using System.Collections.Immutable;

namespace HybridControl.Solvers;

/// <summary>The coefficients of a stiffly accurate Rosenbrock method. Data only.</summary>
/// <remarks>
/// <para>
/// For M x' = f(t, x) with J = df/dx at the start of the step, stage i of s solves
/// (M / (gamma h) - J) U_i = f(t + c_i h, g_i) + M sum_j (C_ij / h) U_j + d_i h df/dt with g_i = x + sum_j a_ij U_j.
/// The end of the step is g_s + U_s, and U_s estimates its error: g_s is the solution of one order less.
/// </para>
/// <para>
/// Dense output is (1 - theta) x0 + theta (x1 + (1 - theta)(r1 + theta (r2 + theta r3))) with r_k = sum_j H_kj U_j.
/// E. Hairer and G. Wanner, Solving Ordinary Differential Equations II, section IV.7 for the form without J U_j.
/// </para>
/// </remarks>
public sealed class RosenbrockTableau
{
    /// <summary>Creates a tableau.</summary>
    /// <param name="order">Order of the method.</param>
    /// <param name="gamma">The diagonal coefficient.</param>
    /// <param name="a">Rows of a for the stages 2 to s; row i has i entries.</param>
    /// <param name="c">Rows of C for the stages 2 to s; row i has i entries.</param>
    /// <param name="nodes">c_i, s entries.</param>
    /// <param name="slopes">d_i, s entries.</param>
    /// <param name="h">The three rows of H, s entries each.</param>
    /// <exception cref="ArgumentException">A row or a list of weights has another length, or a row of a or C zeros only.</exception>
    public RosenbrockTableau(int order, double gamma, double[][] a, double[][] c, double[] nodes, double[] slopes, double[][] h)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(c);
        ArgumentNullException.ThrowIfNull(h);
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(slopes);
        TableauCheck.Rows(a, 1, nameof(a));
        TableauCheck.Rows(c, 1, nameof(c));
        int stages = a.Length + 1;
        TableauCheck.Weights(nodes, stages, nameof(nodes));
        TableauCheck.Weights(slopes, stages, nameof(slopes));
        Array.ForEach(h, row => TableauCheck.Weights(row, stages, nameof(h)));
        if (c.Length != a.Length || h.Length != 3)
        {
            throw new ArgumentException(FormattableString.Invariant($"{a.Length} rows of a, {c.Length} of C and {h.Length} of H. Give as many of C as of a, and three of H."));
        }

        Order = order;
        Gamma = gamma;
        A = [[], .. a.Select(row => row.ToImmutableArray())];
        C = [[], .. c.Select(row => row.ToImmutableArray())];
        Nodes = [.. nodes];
        Slopes = [.. slopes];
        H = [.. h.Select(row => row.ToImmutableArray())];
        const double Left = 1.0 - DefectPlace;
        InsideStates = [.. Enumerable.Range(0, stages).Select(j => DefectPlace * Left * (h[0][j] + (DefectPlace * (h[1][j] + (DefectPlace * h[2][j])))))];
        InsideSlopes =
        [
            .. Enumerable.Range(0, stages).Select(j =>
                ((Left - DefectPlace) * h[0][j]) + (DefectPlace * (((2.0 * Left) - DefectPlace) * h[1][j])) +
                (DefectPlace * DefectPlace * ((3.0 * Left) - DefectPlace) * h[2][j])),
        ];
        InsideStart = Left + Enumerable.Range(0, stages).Zip(OfEquation(), (j, u) => InsideStates[j] * u).Sum();
    }

    /// <summary>Order of the method.</summary>
    public int Order { get; }

    /// <summary>The number s of stages.</summary>
    public int Stages => A.Length;

    /// <summary>The diagonal coefficient.</summary>
    public double Gamma { get; }

    /// <summary>Rows of a: stage i has i entries, the first stage none.</summary>
    public ImmutableArray<ImmutableArray<double>> A { get; }

    /// <summary>Rows of C: stage i has i entries, the first stage none.</summary>
    public ImmutableArray<ImmutableArray<double>> C { get; }

    /// <summary>The nodes c_i.</summary>
    public ImmutableArray<double> Nodes { get; }

    /// <summary>The weights d_i of df/dt.</summary>
    public ImmutableArray<double> Slopes { get; }

    /// <summary>The three rows of weights of the dense output.</summary>
    public ImmutableArray<ImmutableArray<double>> H { get; }

    /// <summary>Where in a step the defect of the dense output is measured: about where it is largest for what is stiff.</summary>
    internal const double DefectPlace = 0.86;

    /// <summary>Weights of U in dense output at that place, beside the straight line from end to end.</summary>
    internal ImmutableArray<double> InsideStates { get; }

    /// <summary>The same for h times its slope.</summary>
    internal ImmutableArray<double> InsideSlopes { get; }

    /// <summary>What dense output keeps there of the distance that the start of a step has from an algebraic equation.</summary>
    internal double InsideStart { get; }

    /// <summary>Whether the argument of a stage is that of the stage before it plus a multiple of its U.</summary>
    internal bool Extends(int stage) => stage > 1 && A[stage].AsSpan()[..^1].SequenceEqual(A[stage - 1].AsSpan());

    // The stages of 0 = x from x = 1, whose end is zero.
    private double[] OfEquation()
    {
        double[] u = new double[Stages];
        for (int i = 0; i < u.Length; i++)
        {
            u[i] = -1.0 - A[i].Select((a, j) => a * u[j]).Sum();
        }

        return u;
    }
}
