namespace HybridControl.Symbolics;

/// <summary>Exact derivatives of expressions, as simplified expressions.</summary>
/// <remarks>
/// <para>
/// Every operation has a derivative. Where one has kinks or jumps this is the derivative almost everywhere: abs, min
/// and max give that of the branch in force, sign and floor give zero, a <see cref="Operation.Select"/> differentiates
/// its branches and keeps its condition, and a table gives its slope, whose own derivative is zero. Aliases are seen
/// through; aliases inside the result keep their names.
/// </para>
/// <para>
/// Forward mode over the shared graph: a derivative costs time and memory linear in the number of distinct nodes that
/// depend on the variable, and a Jacobian visits only those for each column. Iterative, so depth does not matter.
/// </para>
/// <para>A. Griewank and A. Walther, Evaluating Derivatives, SIAM (2008), chapter 3.</para>
/// </remarks>
public static class Differentiator
{
    /// <summary>The partial derivative of <paramref name="e"/> with respect to a variable.</summary>
    /// <param name="e">The expression.</param>
    /// <param name="variable">A node of <see cref="Operation.Variable"/>: a state, parameter, input or time.</param>
    /// <exception cref="ArgumentException"><paramref name="variable"/> is not a variable.</exception>
    /// <remarks>All other variables rest: inputs too, though they may depend on time.</remarks>
    public static Expr Derivative(Expr e, Expr variable) => Jacobian([e], [variable])[0, 0];

    /// <summary>The partial derivatives of <paramref name="e"/>, one for each variable.</summary>
    /// <exception cref="ArgumentException">An entry of <paramref name="variables"/> is not a variable.</exception>
    public static Expr[] Gradient(Expr e, IReadOnlyList<Expr> variables)
    {
        Expr[,] row = Jacobian([e], variables);
        var gradient = new Expr[variables.Count];
        for (int j = 0; j < gradient.Length; j++)
        {
            gradient[j] = row[0, j];
        }

        return gradient;
    }

    /// <summary>The partial derivatives of m expressions with respect to n variables: m by n, entry [i, j] = de_i / dx_j.</summary>
    /// <exception cref="ArgumentException">An entry of <paramref name="variables"/> is not a variable.</exception>
    public static Expr[,] Jacobian(IReadOnlyList<Expr> expressions, IReadOnlyList<Expr> variables)
    {
        foreach (Expr variable in variables)
        {
            if (variable.Operation != Operation.Variable)
            {
                throw new ArgumentException(
                    $"'{variable}' is not a variable. Differentiate with respect to states, parameters, inputs or time.",
                    nameof(variables));
            }
        }

        return Directional(expressions, [.. variables.Select(variable => new[] { (variable, Expr.One) })], keepsRest: false);
    }

    /// <summary>The derivatives of m expressions in several directions, each a list of variables that move with their rates.</summary>
    /// <param name="expressions">The m expressions.</param>
    /// <param name="directions">The directions.</param>
    /// <param name="keepsRest">
    /// Whether the root of what rests at zero has the rate zero, where its slope alone is infinite; so for every function
    /// with a pole in its slope.
    /// </param>
    /// <returns>Entry [i, k]: the sum over direction k of de_i / dv times the rate of v. What a direction does not name rests.</returns>
    internal static Expr[,] Directional(
        IReadOnlyList<Expr> expressions, IReadOnlyList<IReadOnlyList<(Expr Variable, Expr Rate)>> directions, bool keepsRest)
    {
        var tape = new DerivativeTape(expressions);
        var simplifier = new SimplifierPass(keepAliases: true);
        var derivatives = new Expr[expressions.Count, directions.Count];
        for (int k = 0; k < directions.Count; k++)
        {
            Dictionary<Expr, Expr> rates = tape.Rates(directions[k], keepsRest);
            for (int i = 0; i < expressions.Count; i++)
            {
                derivatives[i, k] = rates.TryGetValue(expressions[i], out Expr? rate)
                    ? simplifier.Simplify(rate)
                    : Expr.Zero;
            }
        }

        return derivatives;
    }

    /// <summary>The rate of <paramref name="g"/> along a flow: dg/dt + sum of dg/dx_i * f_i, its Lie derivative.</summary>
    /// <param name="g">The expression, for instance a guard function.</param>
    /// <param name="flow">The time derivative f of each variable, by name; a variable that is missing rests.</param>
    /// <remarks>
    /// The names are usually states. An input may be named too where its rate is known. Apply it twice for the
    /// second derivative.
    /// </remarks>
    public static Expr AlongFlow(Expr g, IReadOnlyDictionary<string, Expr> flow)
    {
        var tape = new DerivativeTape([g]);
        Dictionary<Expr, Expr> rates = tape.Rates(tape.Variables.Select(variable => (variable,
            variable.Kind == VariableKind.Time ? Expr.One : flow.GetValueOrDefault(variable.Name!, Expr.Zero))));
        return rates.TryGetValue(g, out Expr? rate) ? new SimplifierPass(keepAliases: true).Simplify(rate) : Expr.Zero;
    }
}
