using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace HybridControl.Solvers;

/// <summary>The coefficients of an explicit Runge-Kutta method. Data only.</summary>
/// <remarks>
/// Stage i is k_i = f(t + c_i h, x + h sum_j a_ij k_j). The last of the s stages is f at the end of the step: its row of A
/// holds the weights b, and it serves as the first stage of the next step. Where the error estimate uses it, the method is
/// called "first same as last"; where it does not, it is not evaluated in a step that is rejected.
/// Dense output is the cubic Hermite polynomial plus h theta^2 (1 - theta)^2 sum_m theta^m sum_j d_mj k_j: every interpolant that
/// meets both ends with both slopes has this form. Its sums may use extra stages, which are evaluated only when it is asked for.
/// </remarks>
public sealed class ButcherTableau
{
    /// <summary>Creates a tableau.</summary>
    /// <param name="order">Order of the method.</param>
    /// <param name="a">Rows of A for the stages 2 to s; row i has i entries.</param>
    /// <param name="e">Weights of the error estimate, for as many stages as it uses; empty for methods without one.</param>
    /// <param name="d">Rows of weights of the dense output, each for all stages and extra stages; empty for the cubic Hermite polynomial.</param>
    /// <exception cref="ArgumentException">A row of A has another length or zeros only, or there are more weights in E than stages.</exception>
    public ButcherTableau(int order, double[][] a, double[] e, double[][] d)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(d);
        ArgumentNullException.ThrowIfNull(e);
        TableauCheck.Rows(a, 1, nameof(a));
        if (a.Length == 0 || e.Length > a.Length + 1)
        {
            throw new ArgumentException(FormattableString.Invariant($"{e.Length} weights of the error for {a.Length + 1} stages."), nameof(e));
        }

        Order = order;
        ErrorOrder = order - 1;
        A = Rows(a);
        C = ImmutableCollectionsMarshal.AsImmutableArray<double>([0.0, .. Array.ConvertAll(a, row => NodeOf(row))]);
        E = ImmutableArray.Create(e);
        D = Rows(d);
    }

    /// <summary>Order of the method.</summary>
    public int Order { get; }

    /// <summary>Order q of the error estimate, which falls as h^(q + 1); one below <see cref="Order"/> unless said otherwise.</summary>
    public int ErrorOrder { get; init; }

    /// <summary>The number of stages, the one at the end of the step included.</summary>
    public int Stages => A.Length + 1;

    /// <summary>Rows for the stages 2 to s.</summary>
    public ImmutableArray<ImmutableArray<double>> A { get; }

    /// <summary>Nodes, s entries: the row sums of A.</summary>
    public ImmutableArray<double> C { get; }

    /// <summary>Weights of the error estimate; empty for none.</summary>
    public ImmutableArray<double> E { get; }

    /// <summary>Weights of a second estimate, of lower order, as long as <see cref="E"/>; empty for none.</summary>
    /// <remarks>
    /// With the norms e of the first and c of the second, the error is e^2 / sqrt(e^2 + (c / 10)^2), which falls by
    /// two orders more than the first where the second falls by two orders less. E. Hairer's DOP853.
    /// </remarks>
    public ImmutableArray<double> Companion { get; init; } = [];

    /// <summary>Rows of stages that only the dense output needs; row i has s + i entries.</summary>
    public ImmutableArray<ImmutableArray<double>> Extra { get; init; } = [];

    /// <summary>Rows of weights of the dense output, s entries and one for each extra stage; empty for the cubic Hermite polynomial.</summary>
    public ImmutableArray<ImmutableArray<double>> D { get; }

    /// <summary>Degree of the dense output.</summary>
    public int DenseDegree => 3 + Math.Max(1, D.Length);

    /// <summary>Whether a step can be refused before the slope at its end is known.</summary>
    internal bool RefusesEarly => !E.IsEmpty && E.Length < Stages;

    /// <summary>Whether the dense output has work of its own: extra stages, or more than one sum.</summary>
    internal bool ExtendsDense => !Extra.IsEmpty || D.Length > 1;

    private static ImmutableArray<ImmutableArray<double>> Rows(double[][] rows) =>
        ImmutableCollectionsMarshal.AsImmutableArray(Array.ConvertAll(rows, row => ImmutableArray.Create(row)));

    /// <summary>The node of a stage: the sum of its row, and 1 where rounding alone keeps it from that.</summary>
    internal static double NodeOf(ReadOnlySpan<double> row)
    {
        double sum = 0.0;
        foreach (double entry in row)
        {
            sum += entry;
        }

        return Math.Abs(sum - 1.0) < 1e-14 ? 1.0 : sum;
    }
}
