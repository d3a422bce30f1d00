using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Solvers;

/// <summary>The second-order terms of a diffusion, by exact derivatives, and whether its processes commute.</summary>
internal static class MilsteinTerms
{
    private const int Points = 64;
    private const int FewestPoints = 8;
    private const double Rounding = 1e-10;

    /// <summary>Every term that is not identically zero.</summary>
    public static MilsteinTerm[] Of(DiffusionFunction diffusion)
    {
        Expr[,] jacobian = Differentiator.Jacobian(
            diffusion.Coefficients, [.. diffusion.States.Select(state => Expr.Variable(VariableKind.State, state))]);
        var terms = new Dictionary<(int State, int First, int Second), (Expr Value, Expr Size)>();
        for (int e = 0; e < diffusion.Entries.Length; e++)
        {
            DiffusionEntry target = diffusion.Entries[e];
            for (int k = 0; k < diffusion.Entries.Length; k++)
            {
                DiffusionEntry leading = diffusion.Entries[k];
                Expr slope = jacobian[e, leading.State];
                if (slope.IsConstant && slope.Value == 0.0)
                {
                    continue;
                }

                Expr product = diffusion.Coefficients[k] * slope;
                (int, int, int) key = (target.State, leading.Process, target.Process);
                terms[key] = terms.TryGetValue(key, out (Expr Value, Expr Size) sum)
                    ? (sum.Value + product, sum.Size + Expr.Abs(product))
                    : (product, Expr.Abs(product));
            }
        }

        return
        [
            .. terms.OrderBy(entry => entry.Key)
                .Select(entry => new MilsteinTerm(
                    entry.Key.State, entry.Key.First, entry.Key.Second, Simplifier.Simplify(entry.Value.Value), entry.Value.Size))
                .Where(term => !(term.Value.IsConstant && term.Value.Value == 0.0)),
        ];
    }

    /// <summary>The first pair of processes that does not commute, with the state that shows it; null if all do.</summary>
    /// <remarks>
    /// Terms that are equal as expressions commute; others are compared at random values of every variable, points where they are not
    /// finite left out. Expressions that differ on a set of positive measure pass with probability zero if they are
    /// analytic; pieces (choices, tables) that no point falls into are not seen.
    /// </remarks>
    /// <param name="diffusion">The diffusion.</param>
    /// <param name="tested">False if a comparison found too few points at which both sides are finite.</param>
    public static (int First, int Second, int State)? FindConflict(DiffusionFunction diffusion, out bool tested)
    {
        tested = true;
        MilsteinTerm[] terms = Of(diffusion);
        MilsteinTerm? Find(int state, int first, int second) =>
            terms.FirstOrDefault(term => term.State == state && term.First == first && term.Second == second);
        foreach ((int state, int first, int second) in terms
            .Where(term => term.First != term.Second)
            .Select(term => (term.State, Math.Min(term.First, term.Second), Math.Max(term.First, term.Second)))
            .Distinct())
        {
            MilsteinTerm? one = Find(state, first, second);
            MilsteinTerm? other = Find(state, second, first);
            if (one is not null && other is not null && one.Value.Equals(other.Value))
            {
                continue;
            }

            bool? equal = AreEqual(diffusion.Slots, one, other);
            if (equal != true)
            {
                tested = equal is not null;
                return (first, second, state);
            }
        }

        return null;
    }

    // Whether two terms have the same values; null if there are too few points to tell.
    private static bool? AreEqual(SlotMap slots, MilsteinTerm? one, MilsteinTerm? other)
    {
        Expr size = (one?.Size ?? Expr.Zero) + (other?.Size ?? Expr.Zero);
        var program = ExprProgram.Compile(slots, (one?.Value ?? Expr.Zero) - (other?.Value ?? Expr.Zero), size);
        var states = new Real64[slots.StateCount];
        double[] data = new double[slots.DataCount];
        var registers = new Real64[program.RegisterCount];
        var results = new Real64[2];
        int tested = 0;
        for (int point = 0; point < Points; point++)
        {
            long draw = 0;
            double Draw() => (0.25 + (1.75 * Philox4x32.Uniform(0, point, 0, draw++))) *
                (point % 2 == 1 && Philox4x32.Uniform(0, point, 1, draw) < 0.5 ? -1.0 : 1.0);
            for (int i = 0; i < states.Length; i++)
            {
                states[i] = new Real64(Draw());
            }

            for (int i = 0; i < data.Length; i++)
            {
                data[i] = Draw();
            }

            program.Evaluate(new Real64(Draw()), states, data, registers, results.AsSpan());
            if (!double.IsFinite(results[0].Value) || !double.IsFinite(results[1].Value))
            {
                continue;
            }

            tested++;
            if (Math.Abs(results[0].Value) > Rounding * results[1].Value)
            {
                return false;
            }
        }

        return tested >= FewestPoints ? true : null;
    }
}
