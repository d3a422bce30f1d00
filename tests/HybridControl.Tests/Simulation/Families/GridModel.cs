using HybridControl.Automata;

namespace HybridControl.Tests.Simulation.Families;

/// <summary>How a transition of a <see cref="GridModel"/> fires.</summary>
internal enum GridRule
{
    Urgent,
    Edge,
    Timer,
}

/// <summary>A term of a guard: a x + b y + c t >= level, or n at least a level; negated to at most.</summary>
/// <param name="A">Factor of x.</param>
/// <param name="B">Factor of y.</param>
/// <param name="C">Factor of time.</param>
/// <param name="N">Factor of the discrete variable; alone.</param>
/// <param name="Level">Number of the parameter to compare with.</param>
/// <param name="IsNegated">Whether the term is at most, not at least.</param>
internal sealed record GridAtom(int A, int B, int C, int N, int Level, bool IsNegated);

/// <summary>A set of values on a jump: a target of 0, 1, 2 (x, y, n) becomes a parameter, its old value plus one, or another state.</summary>
internal sealed record GridReset(int Target, int Source, int Level);

/// <summary>A transition.</summary>
internal sealed record GridTransition(
    string Name, int From, int To, GridRule Rule, EdgeDirection Direction, bool FlowOnly, bool IsOr, GridAtom[] Atoms,
    GridReset[] Resets, int Priority, bool Persistent, bool External, int Delay, bool Survives);

/// <summary>A random automaton with constant speeds: two states, one discrete variable, up to four modes.</summary>
/// <remarks>
/// Speeds are powers of two, equal in size for both states of a mode, and levels lie on a grid, so that every instant
/// is a binary fraction: exact arithmetic is arithmetic on doubles, and events meet at one instant often.
/// </remarks>
internal sealed record GridModel(int Modes, bool[] YRests, GridTransition[] Transitions, int Levels)
{
    public const int Grid = 8;

    /// <summary>Draws a structure.</summary>
    public static GridModel Draw(Random random)
    {
        int modes = random.Next(1, 5), levels = 8;
        bool[] rests = [.. Enumerable.Range(0, modes).Select(_ => random.Next(4) == 0)];
        var transitions = new List<GridTransition>();
        int count = random.Next(2, 8) + modes;
        for (int i = 0; i < count; i++)
        {
            int from = i < modes ? i : random.Next(modes);
            int to = i < modes ? (i + 1) % modes : random.Next(3) == 0 ? random.Next(modes) : from;
            GridRule rule = random.Next(8) switch { 0 => GridRule.Timer, < 4 => GridRule.Edge, _ => GridRule.Urgent };
            EdgeDirection direction = random.Next(4) switch { 0 => EdgeDirection.Down, 1 => EdgeDirection.Both, _ => EdgeDirection.Up };
            GridAtom[] atoms = rule == GridRule.Timer ? [] : [.. Enumerable.Range(0, random.Next(1, 4)).Select(k => DrawAtom(random, levels, k))];
            GridReset[] resets = [.. Enumerable.Range(0, 3).Where(_ => random.Next(2) == 0).Select(target => DrawReset(random, levels, target))];
            transitions.Add(new(
                $"t{i}", from, to, rule, direction, rule == GridRule.Edge && random.Next(4) == 0, random.Next(3) == 0, atoms, resets,
                random.Next(3), random.Next(4) != 0, from == to && random.Next(6) == 0, random.Next(levels),
                rule == GridRule.Timer && random.Next(3) == 0));
        }

        return new(modes, rests, [.. transitions], levels);
    }

    private static GridAtom DrawAtom(Random random, int levels, int place)
    {
        int level = random.Next(levels);
        bool negated = random.Next(2) == 0;
        return random.Next(place == 0 ? 7 : 9) switch
        {
            < 3 => new(1, 0, 0, 0, level, negated),
            < 5 => new(0, 1, 0, 0, level, negated),
            5 => new(1, random.Next(2) == 0 ? 1 : -1, 0, 0, level, negated),
            6 => new(0, 0, 1, 0, level, negated),
            _ => new(0, 0, 0, 1, level, negated),
        };
    }

    private static GridReset DrawReset(Random random, int levels, int target) => new(
        target, target == 2 ? random.Next(2) : random.Next(4) switch { 0 => 1, 1 => 2, _ => 0 }, random.Next(levels));
}
