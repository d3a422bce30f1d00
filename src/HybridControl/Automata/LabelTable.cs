using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Which regions know which labels, and the combinations of transitions that fire together.</summary>
/// <remarks>
/// Semantics 11: transitions of one label fire together, one of every region that knows the label. A combination is
/// made when a mode that enables it is first visited, so its number depends on what ran before and must not reach a
/// result. Not thread-safe while combinations are added, except for <see cref="At"/>.
/// </remarks>
internal sealed class LabelTable
{
    private readonly Dictionary<string, int> _listeners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly CompiledTransition[] _declared;
    private volatile CompiledTransition[] _combinations = [];

    /// <summary>Creates a table.</summary>
    /// <param name="declared">The declared transitions.</param>
    /// <param name="modes">The modes, for their regions.</param>
    public LabelTable(CompiledTransition[] declared, ModeTable modes)
    {
        _declared = declared;
        foreach (IGrouping<string, CompiledTransition> group in declared.Where(t => t.Source.Label is not null).GroupBy(t => t.Source.Label!))
        {
            _listeners.Add(group.Key, group.Select(t => modes.RegionOf[t.From]).Distinct().Count());
        }
    }

    /// <summary>Whether a transition waits for others: its label is known to another region.</summary>
    public bool IsShared(Transition transition) => transition.Label is { } label && _listeners[label] > 1;

    /// <summary>A declared transition, or a combination by its number.</summary>
    public CompiledTransition At(int number) =>
        number < _declared.Length ? _declared[number] : _combinations[number - _declared.Length - 1];

    /// <summary>The order of declaration: that of the first transitions, where these are the same that of the next.</summary>
    public int Compare(int a, int b)
    {
        CompiledTransition x = At(a);
        CompiledTransition y = At(b);
        CompiledTransition[] first = x.Members ?? [x];
        CompiledTransition[] second = y.Members ?? [y];
        for (int i = 0; i < Math.Min(first.Length, second.Length); i++)
        {
            if (first[i].Number != second[i].Number)
            {
                return first[i].Number.CompareTo(second[i].Number);
            }
        }

        return first.Length.CompareTo(second.Length);
    }

    /// <summary>The combinations in a mode whose first transition is a given one.</summary>
    /// <param name="first">The first transition in the order of declaration.</param>
    /// <param name="active">The transitions that leave the active locations, in the order of declaration.</param>
    /// <param name="modes">The modes, for their regions.</param>
    public IEnumerable<CompiledTransition> StartingWith(CompiledTransition first, IReadOnlyList<CompiledTransition> active, ModeTable modes)
    {
        CompiledTransition[][] others =
        [
            .. active.Where(t => t.Source.Label == first.Source.Label && modes.RegionOf[t.From] != modes.RegionOf[first.From])
                .GroupBy(t => modes.RegionOf[t.From]).Select(region => region.Where(t => t.Number > first.Number).ToArray()),
        ];
        if (others.Length + 1 < _listeners[first.Source.Label!])
        {
            return []; // a region that knows the label is not ready
        }

        IEnumerable<CompiledTransition[]> combinations = [[first]];
        foreach (CompiledTransition[] alternatives in others)
        {
            combinations = combinations.SelectMany(chosen => alternatives.Select(t => (CompiledTransition[])[.. chosen, t]));
        }

        return combinations.Select(members => Join([.. members.OrderBy(t => t.Number)]));
    }

    /// <summary>How transitions of one label fire together: the rule of those that have one other than urgent.</summary>
    public static FiringRule RuleOf(IEnumerable<Transition> members) =>
        members.Select(member => member.Rule).FirstOrDefault(rule => rule is not UrgentRule) ?? FiringRule.Urgent;

    private CompiledTransition Join(CompiledTransition[] members)
    {
        string key = string.Join(' ', members.Select(member => member.Number));
        if (_numbers.TryGetValue(key, out int known))
        {
            return At(known);
        }

        Transition[] sources = [.. members.Select(member => member.Source)];
        int number = _declared.Length + 1 + _combinations.Length; // the number between is that of the jump where events accumulate
        var joined = new CompiledTransition(
            number,
            new Transition
            {
                Name = sources[0].Label!,
                From = string.Join(ModeTable.Separator, sources.Select(source => source.From)),
                To = string.Join(ModeTable.Separator, sources.Select(source => source.To)),
                Label = sources[0].Label,
                Guard = sources.Select(source => source.Guard).Where(guard => !guard.Equals(Condition.True))
                    .Aggregate(Condition.True, (all, guard) => all.Equals(Condition.True) ? guard : all & guard),
                Rule = RuleOf(sources),
                Resets = [.. sources.SelectMany(source => source.Resets)],
                Priority = sources.FirstOrDefault(source => !source.Priority.Equals(Expr.Zero))?.Priority ?? Expr.Zero,
                Persistent = sources.All(source => source.Persistent),
                FireOnTouch = sources.Any(source => source.FireOnTouch),
                Values = sources[0].Values,
            },
            members[0].From,
            members[0].To,
            members[0].Resets,
            [.. members.SelectMany(member => member.Targets)],
            members[0].Priority,
            null,
            members.Any(member => member.HasGuard),
            IsForced: false)
        {
            Members = members,
        };
        _combinations = [.. _combinations, joined];
        _numbers.Add(key, number);
        return joined;
    }
}
