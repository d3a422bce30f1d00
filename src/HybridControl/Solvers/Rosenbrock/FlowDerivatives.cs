using HybridControl.Symbolics;

namespace HybridControl.Solvers;

/// <summary>df/dx and df/dt of a flow as expressions; null where they are zero.</summary>
/// <param name="Jacobian">df_i/dx_j.</param>
/// <param name="Time">df_i/dt.</param>
internal sealed record FlowDerivatives(Expr?[,] Jacobian, Expr?[] Time)
{
    /// <summary>Differentiates a flow.</summary>
    /// <param name="flow">The derivative of each state.</param>
    /// <param name="states">The variables that are the states.</param>
    public static FlowDerivatives Of(IReadOnlyList<Expr> flow, IReadOnlyList<Expr> states)
    {
        int n = states.Count;
        Expr[,] all = Differentiator.Jacobian(flow, [.. states, Expr.Time]);
        Expr?[,] jacobian = new Expr?[n, n];
        Expr?[] time = new Expr?[n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                jacobian[i, j] = NonZero(all[i, j]);
            }

            time[i] = NonZero(all[i, n]);
        }

        return new(jacobian, time);
    }

    /// <summary>The same with every entry replaced.</summary>
    public FlowDerivatives With(Func<Expr, Expr> replace)
    {
        int n = Time.Length;
        Expr?[,] jacobian = new Expr?[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                jacobian[i, j] = Jacobian[i, j] is { } entry ? NonZero(replace(entry)) : null;
            }
        }

        return new(jacobian, [.. Time.Select(entry => entry is null ? null : NonZero(replace(entry)))]);
    }

    private static Expr? NonZero(Expr e) => e.IsConstant && e.Value == 0.0 ? null : e;
}
