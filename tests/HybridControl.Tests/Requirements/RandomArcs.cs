using HybridControl.Automata;
using HybridControl.Requirements;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Requirements;

/// <summary>Random hybrid arcs with several values at one instant, and random formulas over them.</summary>
internal sealed class RandomArcs(int seed, double grid, bool moves)
{
    private static readonly string[] Modes = ["calm", "busy", "late"];

    private readonly Random _random = new(seed);

    /// <summary>Two states, a discrete variable, three modes, and transitions between all of them.</summary>
    public static HybridAutomaton Model { get; } = HybridAutomaton.Build("arcs", h =>
    {
        Expr x = h.State("x");
        Expr y = h.State("y");
        Expr k = h.Discrete("k");
        h.Output("sum", x + y);
        ModeBuilder[] modes = [.. Modes.Select(name => h.Mode(name).Flow(x, 0.0).Flow(y, 0.0))];
        for (int i = 0; i < Modes.Length; i++)
        {
            for (int j = 0; j < Modes.Length; j++)
            {
                h.Transition(modes[i], modes[j], $"{Modes[i]} to {Modes[j]}").Guard(k > 100);
            }
        }
    });

    public Trajectory Arc()
    {
        var arc = new TrajectoryBuilder(Model);
        string mode = "calm";
        int pieces = _random.Next(2, 8);
        for (int i = 0; i < pieces; i++)
        {
            if (_random.Next(4) > 0)
            {
                int steps = _random.Next(1, 3);
                for (int s = 0; s < steps; s++)
                {
                    double duration = grid * _random.Next(1, 5);
                    _ = moves ? arc.Flow(duration, ("x", Rates()), ("y", Rates())) : arc.Flow(duration);
                }
            }

            if (_random.Next(5) == 0)
            {
                arc.Set(("k", Level()));
                continue;
            }

            string next = Modes[_random.Next(Modes.Length)];
            arc.Jump($"{mode} to {next}", ("x", Level()), ("y", Level()), ("k", Level()));
            mode = next;
        }

        arc.Flow(grid);
        return arc.ToTrajectory();
    }

    public Formula Formula(int depth)
    {
        if (depth == 0)
        {
            return Atom();
        }

        Formula Next() => Formula(_random.Next(depth));
        (double from, double to) = Interval();
        return _random.Next(9) switch
        {
            0 => !Next(),
            1 => Next() & Next(),
            2 => Next() | Next(),
            3 => Next().Implies(Next()),
            4 or 5 => HybridControl.Requirements.Formula.Always(Next(), from, to),
            6 => HybridControl.Requirements.Formula.Eventually(Next(), from, to),
            7 => Next().Until(Next(), double.IsInfinity(to) ? 0.0 : from, to),
            _ => HybridControl.Requirements.Formula.AtEnd(Next()),
        };
    }

    private Formula Atom()
    {
        Expr x = Expr.Variable(VariableKind.State, "x");
        Expr y = Expr.Variable(VariableKind.State, "y");
        Expr k = Expr.Variable(VariableKind.Discrete, "k");
        Expr c = Level();
        return _random.Next(moves ? 9 : 7) switch
        {
            0 => HybridControl.Requirements.Formula.Mode(Modes[_random.Next(Modes.Length)]),
            1 => HybridControl.Requirements.Formula.Fires($"{Modes[_random.Next(3)]} to {Modes[_random.Next(3)]}"),
            2 => Condition.Compare(k, Relation.GreaterOrEqual, c),
            3 => Condition.Compare(x + y, Relation.Less, c),
            4 => Condition.Compare(x - (2.0 * k), Relation.LessOrEqual, y + c),
            5 or 6 => Condition.Compare(x, Relation.Greater, c),
            7 => Condition.Compare(x * y, Relation.Greater, c),
            _ => Condition.Compare(Expr.Sin(x) + Expr.Abs(y), Relation.Less, c),
        };
    }

    private (double From, double To) Interval() => _random.Next(4) switch
    {
        0 => (0.0, double.PositiveInfinity),
        1 => (0.0, grid * _random.Next(0, 6)),
        _ => (grid * _random.Next(0, 4), grid * (4 + _random.Next(0, 5))),
    };

    private double Level() => _random.Next(-3, 4);

    private double[] Rates() => [.. Enumerable.Range(1, _random.Next(0, 5)).Select(k => ((2.0 * _random.NextDouble()) - 1.0) * 2.0 / k)];
}
