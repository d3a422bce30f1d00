using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Families;

/// <summary>Random automata whose events come from an interpreter of the semantics in exact arithmetic.</summary>
internal static class GridFamilies
{
    private const int Structures = 48;

    public static IEnumerable<EventFamily> All => Enumerable.Range(0, Structures).Select(number => Family(GridModel.Draw(new KeyedRandom(1, number)), number));

    private static EventFamily Family(GridModel grid, int number) => new($"grid {number}", Build(grid, number), random => Draw(grid, random));

    private static EventCase? Draw(GridModel grid, Random random)
    {
        double OnGrid(int low, int high) => random.Next(low * GridModel.Grid, (high * GridModel.Grid) + 1) / (double)GridModel.Grid;
        double[] levels = [.. Enumerable.Range(0, grid.Levels).Select(_ => OnGrid(-2, 2))];
        double[] delays = [.. Enumerable.Range(0, grid.Levels).Select(i => 0.25 + (random.Next(1, 900) / 512.0) + ((i + 1) / 4096.0))];
        var rates = new (double X, double Y)[grid.Modes];
        for (int m = 0; m < grid.Modes; m++)
        {
            double size = Math.Pow(2.0, random.Next(-1, 2));
            rates[m] = (random.Next(2) == 0 ? size : -size, random.Next(2) == 0 ? size : -size);
        }

        var (x, y, until) = (OnGrid(-2, 2), OnGrid(-2, 2), OnGrid(1, 5) + 0.03125);
        ExpectedEvent[]? expected = new GridOracle(grid, levels, delays, rates).Run(x, y, until);
        if (expected is null)
        {
            return null;
        }

        var values = new List<(string, double)> { ("x0", x), ("y0", y) };
        values.AddRange(levels.Select((level, i) => ($"L{i}", level)));
        values.AddRange(delays.Select((delay, i) => ($"D{i}", delay)));
        values.AddRange(rates.SelectMany((rate, m) => new[] { ($"u{m}", rate.X), ($"w{m}", rate.Y) }));
        double root = expected.Length > 0 ? expected[random.Next(expected.Length)].Time : 0.0;
        return new(EventOracle.Values([.. values]), 0.0, until, random.DrawSolver(0.0, until, root, 1), expected, 1e-9);
    }

    private static HybridAutomaton Build(GridModel grid, int number) => HybridAutomaton.Build($"grid {number}", h =>
    {
        var (x, y, n) = (h.State("x", initial: h.Parameter("x0", 0.0)), h.State("y", initial: h.Parameter("y0", 0.0)), h.Discrete("n"));
        Expr[] variables = [x, y, n];
        Expr[] levels = [.. Enumerable.Range(0, grid.Levels).Select(i => h.Parameter($"L{i}", 0.0))];
        Expr[] delays = [.. Enumerable.Range(0, grid.Levels).Select(i => h.Parameter($"D{i}", 1.0))];
        ModeBuilder[] modes = [.. Enumerable.Range(0, grid.Modes).Select(m =>
        {
            ModeBuilder mode = h.Mode($"m{m}").Flow(x, h.Parameter($"u{m}", 1.0));
            Expr rate = h.Parameter($"w{m}", 1.0);
            return grid.YRests[m] ? mode : mode.Flow(y, rate);
        })];
        foreach (GridTransition t in grid.Transitions)
        {
            TransitionBuilder transition = h.Transition(modes[t.From], modes[t.To], t.Name).Priority(t.Priority);
            transition = t.Rule switch
            {
                GridRule.Timer => transition.After(delays[t.Delay], t.Survives),
                GridRule.Edge => transition.Guard(Guard(t)).Edge(t.Direction, t.FlowOnly),
                _ => transition.Guard(Guard(t)),
            };
            transition = t.Persistent ? transition : transition.NotPersistent();
            transition = t.External ? transition.External() : transition;
            foreach (GridReset reset in t.Resets)
            {
                transition.Reset(variables[reset.Target], reset.Source switch
                {
                    0 => levels[reset.Level],
                    1 => variables[reset.Target] + 1.0,
                    _ => variables[1 - reset.Target],
                });
            }
        }

        Condition Guard(GridTransition t) => t.Atoms.Select(Term).Aggregate((a, b) => t.IsOr ? a | b : a & b);

        Condition Term(GridAtom atom)
        {
            Expr left = atom.N != 0 ? n : Sum(Sum(Times(atom.A, x), Times(atom.B, y)), Times(atom.C, h.Time))!;
            return atom.IsNegated ? left <= levels[atom.Level] : left >= levels[atom.Level];
        }
    });

    private static Expr? Times(int factor, Expr variable) => factor switch
    {
        0 => null,
        1 => variable,
        _ => -variable,
    };

    private static Expr? Sum(Expr? a, Expr? b) => a is null ? b : b is null ? a : a + b;
}
