using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks where a model starts, whether its modes can be reached, and whether its labels ever meet.</summary>
/// <remarks>
/// Guards are not looked at, except for those that are never true. Labels are followed exactly, through the combinations
/// of the modes of those regions that know any, up to <see cref="MostCombinations"/>; beyond that a label counts as met
/// if each region that knows it can reach a transition of it.
/// </remarks>
internal sealed class ReachabilityCheck
{
    private const int MostCombinations = 4096;

    private readonly HybridAutomaton _automaton;
    private readonly FindingList _findings;
    private readonly Transition[] _possible;
    private readonly Dictionary<string, string> _regions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _listeners = new(StringComparer.Ordinal);

    public ReachabilityCheck(HybridAutomaton automaton, FindingList findings)
    {
        _automaton = automaton;
        _findings = findings;
        foreach (Mode mode in automaton.Modes)
        {
            _regions.TryAdd(mode.Name, mode.Region);
        }

        _possible =
        [
            .. automaton.Transitions.Where(t => t.Guard is not { Kind: ConditionKind.Literal, Holds: false } &&
                _regions.ContainsKey(t.From) && _regions.ContainsKey(t.To)),
        ];
        if (automaton.IsNetwork)
        {
            foreach (IGrouping<string, Transition> label in automaton.Transitions.Where(t => t.Label is not null && _regions.ContainsKey(t.From)).GroupBy(t => t.Label!))
            {
                string[] regions = [.. label.Select(t => _regions[t.From]).Distinct()];
                if (regions.Length > 1)
                {
                    _listeners.Add(label.Key, regions);
                }
            }
        }
    }

    public void Run()
    {
        if (_automaton.Modes.IsEmpty)
        {
            _findings.Error("modes", "the model has no modes", "Add at least one; a mode without a flow lets every state rest.");
            return;
        }

        if (!new ModeTable(_automaton).TryParse(_automaton.InitialMode, out int[]? locations))
        {
            (string what, string mend) = _automaton.IsNetwork
                ? ($"'{_automaton.InitialMode}' does not name one mode of each region",
                    $"Join them by '{ModeTable.Separator}', in the order of the regions: {string.Join(", ", _automaton.Regions)}.")
                : ($"unknown mode '{_automaton.InitialMode}'", Suggestions.For(_automaton.InitialMode, _regions.Keys));
            _findings.Error("initialMode", what, mend);
            return;
        }

        string[] start = [.. locations.Select(location => _automaton.Modes[location].Name)];
        HashSet<string> reached = Reach(start);
        CheckLabels(start, reached);
        foreach (string name in _regions.Keys.Where(name => !reached.Contains(name)))
        {
            string from = start.First(mode => _regions[mode] == _regions[name]);
            _findings.Warn($"modes.{name}", $"no chain of transitions leads from '{from}' to the mode '{name}'",
                "Add a transition to it, or remove it.");
        }
    }

    // Each region for itself, until nothing is added; a label waits for every region that knows it.
    private HashSet<string> Reach(string[] start)
    {
        var reached = new HashSet<string>(start, StringComparer.Ordinal);
        if (_automaton.Zeno?.Mode is { } limit)
        {
            reached.Add(limit);
        }

        bool grows = true;
        while (grows)
        {
            grows = false;
            foreach (Transition transition in _possible)
            {
                if (reached.Contains(transition.From) && CanMeet(transition.Label, reached))
                {
                    grows |= reached.Add(transition.To);
                }
            }
        }

        return reached;
    }

    private bool CanMeet(string? label, HashSet<string> reached) =>
        label is null || !_listeners.TryGetValue(label, out string[]? listeners) ||
        listeners.All(region => _possible.Any(t => t.Label == label && _regions[t.From] == region && reached.Contains(t.From)));

    private void CheckLabels(string[] start, HashSet<string> reached)
    {
        if (_listeners.Count == 0)
        {
            return;
        }

        HashSet<string>? met = Explore([.. start.Where(mode => _listeners.Values.Any(regions => regions.Contains(_regions[mode])))]);
        foreach ((string label, string[] regions) in _listeners)
        {
            if (!(met?.Contains(label) ?? CanMeet(label, reached)))
            {
                _findings.Error($"labels.{label}",
                    $"'{label}' never fires: {string.Join(", ", regions.Select(region => $"'{region}'"))} know it and are never ready together",
                    "Let the modes that its transitions leave be active at the same time, or use another label in one of them.");
            }
        }
    }

    // The labels that fire in some combination of modes that transitions lead to; null if there are too many.
    private HashSet<string>? Explore(string[] start)
    {
        var met = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal) { string.Join(ModeTable.Separator, start) };
        var pending = new Queue<string[]>([start]);
        string[] order = [.. start.Select(mode => _regions[mode])];
        ILookup<string, Transition> leaving = _possible.ToLookup(t => t.From);
        Transition[] surviving = [.. _possible.Where(t => t.Rule is AfterRule { Survives: true } && order.Contains(_regions[t.From]))];
        while (met.Count < _listeners.Count && pending.TryDequeue(out string[]? modes))
        {
            foreach (string[] next in Next(modes, order, leaving, surviving, met))
            {
                if (seen.Count > MostCombinations)
                {
                    return null;
                }

                if (seen.Add(string.Join(ModeTable.Separator, next)))
                {
                    pending.Enqueue(next);
                }
            }
        }

        return met;
    }

    private IEnumerable<string[]> Next(
        string[] modes, string[] order, ILookup<string, Transition> leaving, Transition[] surviving, HashSet<string> met)
    {
        foreach (Transition alone in modes.SelectMany(mode => leaving[mode]).Concat(surviving)
            .Where(t => t.Label is null || !_listeners.ContainsKey(t.Label)))
        {
            string[] next = [.. modes];
            next[Array.IndexOf(order, _regions[alone.From])] = alone.To;
            yield return next;
        }

        foreach ((string label, string[] regions) in _listeners)
        {
            Transition[][] choices =
                [.. regions.Select(region => leaving[modes[Array.IndexOf(order, region)]].Where(t => t.Label == label).ToArray())];
            if (choices.Any(choice => choice.Length == 0))
            {
                continue;
            }

            met.Add(label);
            IEnumerable<string[]> combinations = [modes];
            foreach (Transition[] choice in choices)
            {
                combinations = combinations.SelectMany(_ => choice, (combination, t) =>
                {
                    string[] next = [.. combination];
                    next[Array.IndexOf(order, _regions[t.From])] = t.To;
                    return next;
                });
            }

            foreach (string[] next in combinations)
            {
                yield return next;
            }
        }
    }
}
