using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata.Sliding;

/// <summary>Makes sliding explicit: adds modes with Filippov's flow, the transitions into them and out of them.</summary>
/// <remarks>
/// Written in expressions only, so that every back-end runs the result. Each part of the model stays what it was, except
/// that a handover at a surface waits on the surface for a flow that leads across: where both lead away, either mode is kept.
/// </remarks>
internal sealed class SlidingTransform
{
    private readonly HybridAutomaton _declared;
    private readonly SurfaceComparison _comparison;
    private readonly FindingList _findings;
    private readonly List<Mode> _added = [];
    private readonly List<Transition> _transitions;
    private readonly HashSet<(string, string)> _paired = [];

    private SlidingTransform(HybridAutomaton declared, FindingList findings)
    {
        _declared = declared;
        _findings = findings;
        _comparison = new SurfaceComparison(declared);
        _transitions = [.. declared.Transitions];
    }

    /// <summary>The automaton with all of its groups of modes made explicit; findings tell what stands against it.</summary>
    public static HybridAutomaton Expand(HybridAutomaton declared, IReadOnlyList<SlidingModes> groups, FindingList findings)
    {
        HybridAutomaton split = declared;
        var explicitGroups = new List<(SlidingModes Group, string Where)>();
        for (int i = 0; i < groups.Count; i++)
        {
            string where = FormattableString.Invariant($"sliding[{i}]");
            if (!IsSound(declared, groups[i], where, findings))
            {
                continue;
            }

            if (groups[i].Modes.Length > 1)
            {
                explicitGroups.Add((groups[i], where));
                continue;
            }

            (split, ImmutableArray<SlidingModes> sides) = ModeSplitter.Split(split, groups[i], findings, where);
            explicitGroups.AddRange(sides.Select(side => (side, where)));
        }

        var transform = new SlidingTransform(split, findings);
        foreach ((SlidingModes group, string where) in explicitGroups)
        {
            transform.Add(group, where);
        }

        return split with { Modes = [.. split.Modes, .. transform._added], Transitions = [.. transform._transitions], Sliding = [] };
    }

    private static bool IsSound(HybridAutomaton automaton, SlidingModes group, string where, FindingList findings)
    {
        int before = findings.Count;
        string[] known = [.. automaton.Modes.Select(mode => mode.Name)];
        foreach (string name in group.Modes.Where(name => !known.Contains(name)))
        {
            findings.Error($"{where}.modes", $"unknown mode '{name}'", Suggestions.For(name, known));
        }

        if (group.Modes.Length is not (1 or 2 or 4) || group.Modes.Distinct().Count() < group.Modes.Length)
        {
            findings.Error($"{where}.modes", $"{group.Modes.Length} modes: '{string.Join("', '", group.Modes)}'",
                "Name one mode whose flow chooses, two different modes at a surface, or four around the intersection of two.");
        }

        if (!(group.Pull >= 0.0) || !double.IsFinite(group.Pull))
        {
            findings.Error($"{where}.pull", FormattableString.Invariant($"the pull is {group.Pull}"), "Give a number that is not negative.");
        }

        return findings.Count == before;
    }

    private void Add(SlidingModes group, string where)
    {
        if (group.Modes.Length == 2)
        {
            AddPair(group.Modes[0], group.Modes[1], group.Pull, where);
            return;
        }

        var m = group.Modes;
        Handover? top = AddPair(m[0], m[1], group.Pull, where);
        Handover? bottom = AddPair(m[2], m[3], group.Pull, where);
        Handover? right = AddPair(m[0], m[2], group.Pull, where);
        Handover? left = AddPair(m[1], m[3], group.Pull, where);
        if (top is null || bottom is null || right is null || left is null)
        {
            return;
        }

        if (!(_comparison.Ratio(top.Surface.Function, bottom.Surface.Function) > 0.0) ||
            !(_comparison.Ratio(right.Surface.Function, left.Surface.Function) > 0.0))
        {
            _findings.Error($"{where}.modes", $"the modes '{string.Join("', '", m)}' do not surround the intersection of two surfaces",
                "Name A, B, C, D so that A and B, and C and D, hand over at the first surface, A and C, and B and D, at the second.");
            return;
        }

        SlidingCorner corner = new(_declared, [.. m], top.Surface, right.Surface, group.Pull);
        _added.Add(corner.Mode(InvariantsOf([.. m], top.Surface, right.Surface)));
        _transitions.AddRange(corner.Transitions());
        CopyTransitions(corner.Name, [.. m], where);
    }

    private Handover? AddPair(string first, string second, double pull, string where)
    {
        int before = _findings.Count;
        foreach (string mode in new[] { first, second })
        {
            if (_declared.Mode(mode).Flow is not ExprFlow)
            {
                _findings.Error(where, $"the mode '{mode}' has a delegate flow, which cannot be joined with another", "Write the flow with Expr.");
            }

            if (_declared.Mode(mode) is { } implicitly && !(implicitly.Equations.IsEmpty && implicitly.Mass.IsEmpty))
            {
                _findings.Error(where, $"the mode '{mode}' has algebraic equations or a mass matrix, whose flow cannot be mixed with another",
                    "Write its flow as explicit derivatives, or let the modes switch with hysteresis.");
            }

            if (!_declared.Mode(mode).Diffusion.IsEmpty)
            {
                _findings.Error(where, $"the mode '{mode}' has a diffusion, whose path leaves every surface at once", "Let the modes switch with hysteresis.");
            }
        }

        (Mode a, Mode b) = (_declared.Mode(first), _declared.Mode(second));
        if (!a.Diffusion.IsEmpty || !b.Diffusion.IsEmpty)
        {
            _findings.Error(where, $"a flow of '{first}' and '{second}' is driven by noise, which carries it through any surface",
                "Let them hand over to each other as they do.");
        }

        if (a.Region != b.Region || !_declared.States.All(state => a.Has(state.Name) == b.Has(state.Name)))
        {
            _findings.Error(where, $"'{first}' and '{second}' have different states or belong to different regions", "Give both the same states, in one region.");
        }

        Handover? handover = Handover.Find(_declared, _comparison, first, second);
        if (handover is null)
        {
            _findings.Error(where, $"'{first}' and '{second}' do not hand over to each other at a surface",
                $"Give them urgent transitions without resets at opposite comparisons, such as s <= 0 from '{first}' and s >= 0 from '{second}'.");
        }
        else if (handover.Surface.Inputs.FirstOrDefault(IsMoving) is { } input)
        {
            _findings.Error(where, $"the surface between '{first}' and '{second}' moves with the input '{input}', whose rate has no formula",
                "Write the signal as an expression of t.");
        }

        if (_paired.Contains((second, first)))
        {
            _findings.Error(where, $"'{first}' and '{second}' are declared the other way round too", "Keep one order, or one of the two.");
        }

        if (_findings.Count > before || handover is null || !_paired.Add((first, second)))
        {
            return handover;
        }

        SlidingPair pair = new(_declared, handover, pull);
        _added.Add(pair.Mode(InvariantsOf([first, second], handover.Surface)));
        _transitions[_transitions.IndexOf(handover.Forth)] = pair.Forth();
        _transitions[_transitions.IndexOf(handover.Back)] = pair.Back();
        _transitions.AddRange(pair.Transitions());
        CopyTransitions(pair.Name, [first, second], where);
        return handover;
    }

    private bool IsMoving(string input) =>
        _declared.Inputs.First(known => known.Name == input).Signal is not (Dynamics.ConstantSignal or Dynamics.StepSignal);

    // What held in the modes holds while sliding between them, except for what the surface decides.
    private ImmutableArray<Invariant> InvariantsOf(string[] modes, params SlidingSurface[] surfaces)
    {
        var invariants = new List<Invariant>();
        foreach (Condition part in modes.SelectMany(mode => _declared.Mode(mode).Invariants).SelectMany(invariant => Parts(invariant.Condition)))
        {
            bool isSurface = part.Kind == ConditionKind.Comparison &&
                surfaces.Any(surface => _comparison.Ratio(part.ToGuardFunction(), surface.Function) is not null);
            if (!isSurface && !invariants.Contains(new(part)))
            {
                invariants.Add(new(part));
            }
        }

        return [.. invariants];
    }

    private static IEnumerable<Condition> Parts(Condition condition) => condition.Kind == ConditionKind.And
        ? Parts(condition.First!).Concat(Parts(condition.Second!))
        : [condition];

    // The other transitions of the modes lead out of the sliding mode too; those that are alike, once.
    private void CopyTransitions(string sliding, string[] modes, string where)
    {
        var copies = new List<Transition>();
        foreach (Transition transition in _declared.Transitions.Where(t => modes.Contains(t.From)))
        {
            bool handsOver = modes.Contains(transition.To) && transition.To != transition.From &&
                Handover.Find(_declared, _comparison, transition.From, transition.To) is { } found && found.Forth == transition;
            if (handsOver || transition.Rule is AfterRule { Survives: true })
            {
                continue;
            }

            if (transition.Rule is AfterRule)
            {
                _findings.Error(where, $"the timer of '{transition.Name}' belongs to '{transition.From}', which is left while it slides",
                    "Count time in a state, or let the timer survive.");
                continue;
            }

            string to = transition.To == transition.From ? sliding : transition.To;
            Transition copy = transition with { Name = "", From = sliding, To = to };
            if (!copies.Contains(copy))
            {
                copies.Add(copy);
                string name = transition.Name == TransitionCheck.DefaultName(transition)
                    ? UniqueName($"{sliding}->{to}", transition.From)
                    : UniqueName($"{transition.Name} from {sliding}", transition.From);
                _transitions.Add(copy with { Name = name });
            }
        }
    }

    private string UniqueName(string name, string from) =>
        _transitions.Any(transition => transition.Name == name) ? $"{name} as from {from}" : name;
}
