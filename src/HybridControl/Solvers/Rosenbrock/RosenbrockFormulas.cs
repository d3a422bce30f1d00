using HybridControl.Symbolics;

namespace HybridControl.Solvers;

/// <summary>One step of a Rosenbrock method written out as expressions, the factorisation included.</summary>
/// <param name="States">States at the end.</param>
/// <param name="Stages">U of each stage for each state; null for a state at rest.</param>
/// <param name="Slopes">Slopes at the end.</param>
/// <param name="Pivots">At least zero if every pivot of the factorisation is large enough to be trusted; a constant where there is nothing to trust.</param>
/// <param name="Factors">The factors of rate I - J.</param>
/// <param name="Rate">The rate.</param>
internal sealed record RosenbrockFormulas(
    Expr[] States, Expr?[][] Stages, Expr[] Slopes, Expr Pivots, EliminationFormulas Factors, Expr Rate)
{
    /// <summary>Writes a step out, for M = I.</summary>
    /// <param name="tableau">The method.</param>
    /// <param name="flow">Derivatives at given states and a given time; the constant zero for a state at rest.</param>
    /// <param name="linear">df/dx and df/dt at the start.</param>
    /// <param name="x">States at the start.</param>
    /// <param name="slopes">Derivatives at the start.</param>
    /// <param name="time">Time at the start.</param>
    /// <param name="size">Size of the step.</param>
    /// <param name="end">Time at the end.</param>
    public static RosenbrockFormulas Of(
        RosenbrockTableau tableau, Func<Expr[], Expr, Expr[]> flow, FlowDerivatives linear, Expr[] x, Expr[] slopes, Expr time, Expr size, Expr end)
    {
        int n = x.Length;
        int[] moving = [.. Enumerable.Range(0, n).Where(i => !IsZero(slopes[i]))];
        Expr rate = 1.0 / size;
        Expr diagonal = rate * (1.0 / tableau.Gamma);
        var factors = EliminationFormulas.Of(linear.Jacobian, moving, diagonal);
        Expr?[][] stages = new Expr?[tableau.Stages][];
        Expr[] point = x;
        for (int s = 0; s < tableau.Stages; s++)
        {
            Expr[] right = slopes;
            Expr at = time;
            if (s > 0)
            {
                IReadOnlyList<double> row = tableau.A[s];
                Expr[] before = point;
                point = tableau.Extends(s)
                    ? Each(n, i => stages[s - 1][i] is { } last ? before[i] + Scaled(row[^1], last) : before[i])
                    : Each(n, i => stages[0][i] is null ? x[i] : x[i] + Sum(row, stages, i));
                at = tableau.Nodes[s] == 1.0 ? end : time + (tableau.Nodes[s] * size);
                right = flow(point, at);
            }

            Expr?[] known = new Expr?[n];
            foreach (int i in moving)
            {
                Expr value = s == 0 ? right[i] : (rate * Sum(tableau.C[s], stages, i)) + right[i];
                known[i] = tableau.Slopes[s] == 0.0 || linear.Time[i] is not { } inTime
                    ? value
                    : (tableau.Slopes[s] * size * inTime) + value;
            }

            stages[s] = factors.Solve(known);
        }

        Expr[] states = Each(n, i => stages[^1][i] is { } last ? point[i] + last : point[i]);
        return new(states, stages, flow(states, end), factors.Pivots, factors, diagonal);
    }

    /// <summary>Mean square of the estimated error over its tolerance; zero where nothing moves.</summary>
    /// <param name="x">States at the start.</param>
    /// <param name="relative">Relative tolerance.</param>
    /// <param name="absolute">Absolute tolerance.</param>
    public Expr SquaredError(Expr[] x, Expr relative, Expr absolute) => MeanSquare(Stages[^1], x, relative, absolute);

    /// <summary>What dense output lacks inside the step, as <see cref="DenseDefect"/> measures it: the mean squares of e and of its stiff part over the tolerance.</summary>
    /// <param name="tableau">The method.</param>
    /// <param name="leading">The number of states that lead; only these count.</param>
    /// <param name="flow">Derivatives at given states and a given time.</param>
    /// <param name="x">States at the start.</param>
    /// <param name="time">Time at the start.</param>
    /// <param name="size">Size of the step.</param>
    /// <param name="relative">Relative tolerance.</param>
    /// <param name="absolute">Absolute tolerance.</param>
    public (Expr All, Expr Stiff) SquaredDefect(
        RosenbrockTableau tableau, int leading, Func<Expr[], Expr, Expr[]> flow, Expr[] x, Expr time, Expr size, Expr relative, Expr absolute)
    {
        Expr[] point = [.. x];
        Expr?[] slopes = new Expr?[x.Length];
        Expr perSize = 1.0 / size;
        for (int i = 0; i < x.Length; i++)
        {
            if (Stages[0][i] is not null)
            {
                Expr change = States[i] - x[i];
                point[i] = (RosenbrockTableau.DefectPlace * change) + x[i] + Sum(tableau.InsideStates, Stages, i);
                slopes[i] = perSize * (change + Sum(tableau.InsideSlopes, Stages, i));
            }
        }

        Expr[] rates = flow(point, time + (RosenbrockTableau.DefectPlace * size));
        Expr?[] all = Factors.Solve([.. slopes.Select((slope, i) => slope is null ? null : rates[i] - slope)]);
        Expr?[] slow = Factors.Solve([.. all.Select(e => e is null ? null : Rate * e)]);
        Expr?[] stiff = [.. all.Select((e, i) => e is null ? null : e - slow[i]!)];
        return (MeanSquare(all[..leading], x, relative, absolute), MeanSquare(stiff[..leading], x, relative, absolute));
    }

    /// <summary>Coefficients of theta to theta^4 of the dense output of a state; null where it rests.</summary>
    /// <param name="tableau">The method.</param>
    /// <param name="x">States at the start.</param>
    /// <param name="state">The state.</param>
    public Expr[]? Dense(RosenbrockTableau tableau, Expr[] x, int state)
    {
        if (Stages[0][state] is null)
        {
            return null;
        }

        Expr first = Sum(tableau.H[0], Stages, state);
        Expr second = Sum(tableau.H[1], Stages, state);
        Expr third = Sum(tableau.H[2], Stages, state);
        return [States[state] - x[state] + first, second - first, third - second, -third];
    }

    private Expr MeanSquare(Expr?[] errors, Expr[] x, Expr relative, Expr absolute)
    {
        Expr? sum = null;
        int count = 0;
        for (int i = 0; i < errors.Length; i++)
        {
            if (errors[i] is { } error)
            {
                Expr ratio = error / ((relative * Expr.Max(Expr.Abs(x[i]), Expr.Abs(States[i]))) + absolute);
                sum = sum is null ? ratio * ratio : (ratio * ratio) + sum;
                count++;
            }
        }

        return sum is null ? Expr.Zero : count == 1 ? sum : sum * (1.0 / count);
    }

    private static bool IsZero(Expr e) => e.IsConstant && e.Value == 0.0;

    private static Expr[] Each(int n, Func<int, Expr> value) => [.. Enumerable.Range(0, n).Select(value)];

    private static Expr Scaled(double weight, Expr value) => weight == 1.0 ? value : weight * value;

    private static Expr Sum(IReadOnlyList<double> weights, Expr?[][] stages, int state)
    {
        Expr? sum = null;
        for (int j = 0; j < weights.Count; j++)
        {
            if (weights[j] != 0.0)
            {
                Expr term = Scaled(weights[j], stages[j][state]!);
                sum = sum is null ? term : term + sum;
            }
        }

        return sum ?? Expr.Zero;
    }
}
