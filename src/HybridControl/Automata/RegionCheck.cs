using HybridControl.Diagnostics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks what several regions have to agree on: who writes which flow, and what fires together.</summary>
internal sealed class RegionCheck
{
    private readonly HybridAutomaton _automaton;
    private readonly FindingList _findings;
    private readonly FindingPlaces _places;
    private readonly Dictionary<string, string> _regions = new(StringComparer.Ordinal);

    public RegionCheck(HybridAutomaton automaton, FindingList findings, FindingPlaces places)
    {
        _automaton = automaton;
        _findings = findings;
        _places = places;
        foreach (Mode mode in automaton.Modes)
        {
            _regions.TryAdd(mode.Name, mode.Region);
        }
    }

    public void Run()
    {
        if (!_automaton.IsNetwork)
        {
            return;
        }

        CheckModes();
        for (int i = 0; i < _automaton.Transitions.Length; i++)
        {
            Transition transition = _automaton.Transitions[i];
            if (_regions.TryGetValue(transition.From, out string? from) && _regions.TryGetValue(transition.To, out string? to) && from != to)
            {
                _findings.Error(_places.Transition(i), $"the transition leads from the region '{from}' to the region '{to}'",
                    "A transition stays within one region; let two of them share a label.");
            }
        }

        foreach (IGrouping<string, int> label in Enumerable.Range(0, _automaton.Transitions.Length)
            .Where(i => _automaton.Transitions[i].Label is not null).GroupBy(i => _automaton.Transitions[i].Label!))
        {
            CheckLabel(label.Key, [.. label]);
        }
    }

    private void CheckModes()
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Mode mode in _automaton.Modes)
        {
            string where = $"modes.{mode.Name}";
            if (mode.Name.Contains(ModeTable.Separator, StringComparison.Ordinal))
            {
                _findings.Error(where, $"'{ModeTable.Separator}' joins the modes of several regions and cannot stand in a name", "Rename the mode.");
            }

            if (mode.States is not null)
            {
                _findings.Error($"{where}.states", "modes of several regions have all states of the model", "Leave the list out: the state rests where it has no flow.");
            }

            if (mode.Flow is not ExprFlow flow)
            {
                _findings.Error($"{where}.flow", "a delegate flow writes every state, those of other regions too", "Write the flow with Expr.");
                continue;
            }

            foreach (Assignment derivative in flow.Derivatives)
            {
                if (!owners.TryAdd(derivative.Target, mode.Region) && owners[derivative.Target] != mode.Region)
                {
                    _findings.Error($"{where}.flow.{derivative.Target}",
                        $"the flow of '{derivative.Target}' is written by the regions '{owners[derivative.Target]}' and '{mode.Region}'",
                        "Let one region write the flow of a state; others may write it in resets.");
                }
            }
        }
    }

    private void CheckLabel(string label, int[] numbers)
    {
        string[] regions = [.. numbers.Select(RegionOf).Distinct()];
        if (Declarations.FaultOf(label) is { } fault)
        {
            _findings.Error($"{_places.Transition(numbers[0])}.label", fault.What, fault.Mend);
        }

        if (regions.Length == 1)
        {
            _findings.Warn($"{_places.Transition(numbers[0])}.label", $"only '{regions[0]}' knows the label '{label}', so its transitions fire alone",
                "Give a transition of another component the same label, or remove it.");
            return;
        }

        CheckRules(label, numbers);
        foreach (int first in numbers)
        {
            foreach (int second in numbers.Where(second => second > first && RegionOf(second) != RegionOf(first)))
            {
                CheckWrites(label, first, second);
            }
        }
    }

    private string RegionOf(int transition) => _regions.GetValueOrDefault(_automaton.Transitions[transition].From, "");

    private void CheckRules(string label, int[] numbers)
    {
        int leader = numbers.FirstOrDefault(i => _automaton.Transitions[i].Rule is not UrgentRule, -1);
        foreach (int i in numbers)
        {
            Transition transition = _automaton.Transitions[i];
            string where = _places.Transition(i);
            switch (transition.Rule)
            {
                case not (UrgentRule or EdgeRule or CommandRule):
                    _findings.Error(where, $"the label '{label}' joins transitions, and one that fires by a timer, at ticks or by chance fires alone",
                        "Let it lead to a mode of its own, from which the labelled transition leaves.");
                    break;
                case EdgeRule { Direction: not EdgeDirection.Up }:
                    _findings.Error($"{where}.rule", $"transitions joined by the label '{label}' fire when all guards hold, so only the direction up has a meaning",
                        "Negate the guard and use the direction up.");
                    break;
                case not UrgentRule when leader >= 0 && !transition.Rule.Equals(_automaton.Transitions[leader].Rule):
                    _findings.Error($"{where}.rule", $"transitions joined by the label '{label}' have different rules",
                        $"Give one of them the rule, as '{_automaton.Transitions[leader].Name}' has, and leave the others urgent.");
                    break;
            }

            if (transition.Values != _automaton.Transitions[numbers[0]].Values)
            {
                _findings.Error($"{where}.values", $"transitions joined by the label '{label}' take their values at different times",
                    "Use the same option for all: they fire from one snapshot of values.");
            }
        }
    }

    private void CheckWrites(string label, int first, int second)
    {
        foreach (Assignment reset in _automaton.Transitions[first].Resets)
        {
            if (_automaton.Transitions[second].Resets.Any(other => other.Target == reset.Target))
            {
                _findings.Error($"{_places.Transition(second)}.reset.{reset.Target}",
                    $"the label '{label}' joins '{_automaton.Transitions[first].Name}' and '{_automaton.Transitions[second].Name}', and both write '{reset.Target}'",
                    "Let one of them write it, or give them different labels.");
            }
        }
    }
}
