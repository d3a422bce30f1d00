using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Symbolics;

namespace HybridControl.Automata.Sliding;

/// <summary>Splits a mode whose flow chooses into one mode for each side of each surface, which hand over to each other.</summary>
/// <remarks>
/// Whatever led into the mode leads to its first side; a handover at the same instant puts it right. Self-loops stay on
/// their side.
/// </remarks>
internal sealed class ModeSplitter
{
    private const int MostSurfaces = 4;

    private readonly HybridAutomaton _automaton;
    private readonly SurfaceComparison _comparison;
    private readonly Mode _mode;
    private readonly ExprFlow _flow;
    private readonly List<(Condition Choice, Expr Function)> _surfaces = [];

    private ModeSplitter(HybridAutomaton automaton, SurfaceComparison comparison, Mode mode)
    {
        _automaton = automaton;
        _comparison = comparison;
        _mode = mode;
        _flow = (ExprFlow)mode.Flow;
        foreach (Condition choice in SideRewriter.ChoicesOf(_flow.Derivatives.Select(derivative => derivative.Value)))
        {
            Expr function = choice.ToGuardFunction();
            if (!_surfaces.Any(known => comparison.Ratio(function, known.Function) is not null) &&
                SlidingSurface.Of(choice, automaton) is { } surface && !comparison.IsZero(surface.Rate(_flow)))
            {
                _surfaces.Add((choice, function));
            }
        }
    }

    /// <summary>The automaton with the mode split, and the groups of modes that may slide.</summary>
    /// <param name="automaton">The automaton.</param>
    /// <param name="modes">The mode, and how curved surfaces pull.</param>
    /// <param name="findings">Receives why it cannot be split.</param>
    /// <param name="where">The place of the declaration.</param>
    public static (HybridAutomaton Automaton, ImmutableArray<SlidingModes> Groups) Split(
        HybridAutomaton automaton, SlidingModes modes, FindingList findings, string where)
    {
        Mode mode = automaton.Mode(modes.Modes[0]);
        int before = findings.Count;
        if (mode.Flow is not ExprFlow)
        {
            findings.Error(where, $"the mode '{mode.Name}' has a delegate flow, whose sides cannot be told apart", "Write the flow with Expr.");
            return (automaton, []);
        }

        if (!(mode.Equations.IsEmpty && mode.Mass.IsEmpty))
        {
            findings.Error(where, $"the mode '{mode.Name}' has algebraic equations or a mass matrix, whose sides cannot be told apart",
                "Write its flow as explicit derivatives.");
            return (automaton, []);
        }

        if (!mode.Diffusion.IsEmpty)
        {
            findings.Error(where, $"the mode '{mode.Name}' has a diffusion, whose path leaves every surface at once", "Remove the diffusion.");
            return (automaton, []);
        }

        var splitter = new ModeSplitter(automaton, new SurfaceComparison(automaton), mode);
        splitter.Check(findings, where);
        return findings.Count > before ? (automaton, []) : (splitter.Apply(), splitter.Groups(modes.Pull));
    }

    private void Check(FindingList findings, string where)
    {
        if (!_mode.Diffusion.IsEmpty)
        {
            findings.Error(where, $"the flow of '{_mode.Name}' is driven by noise, which carries it through any surface", "Leave its choices as they are.");
        }

        if (_surfaces.Count is 0 or > MostSurfaces)
        {
            findings.Error(
                where,
                _surfaces.Count == 0
                    ? $"the flow of '{_mode.Name}' makes no choice at a surface that it crosses"
                    : $"the flow of '{_mode.Name}' chooses at {_surfaces.Count} surfaces",
                _surfaces.Count == 0 ? "Name a mode with select or sign in its flow, or two modes." : $"At most {MostSurfaces} can be split.");
        }

        foreach (Transition timer in _automaton.Transitions.Where(t => t.From == _mode.Name && t.Rule is AfterRule))
        {
            findings.Error(where, $"the timer of '{timer.Name}' would start again at every handover within '{_mode.Name}'",
                "Count time in a state, or split the mode by hand.");
        }

        if (_automaton.Estimation is { } setup && (setup.InitialModes.Any(entry => entry.Target == _mode.Name) ||
            setup.Switching.Any(entry => entry.From == _mode.Name || entry.To == _mode.Name)))
        {
            findings.Error(where, $"'estimation' names the mode '{_mode.Name}', which is split", "Split the mode by hand.");
        }
    }

    private HybridAutomaton Apply()
    {
        bool[][] sides = [.. Enumerable.Range(0, 1 << _surfaces.Count).Select(SideOf)];
        string[] names = [.. sides.Select(NameOf)];
        var transitions = ImmutableArray.CreateBuilder<Transition>();
        foreach (Transition transition in _automaton.Transitions)
        {
            transitions.AddRange(transition.From == _mode.Name
                ? names.Select(name => Copy(transition, name))
                : [transition.To == _mode.Name ? transition with { To = names[0] } : transition]);
        }

        for (int a = 0; a < sides.Length; a++)
        {
            for (int k = 0; k < _surfaces.Count; k++)
            {
                string to = names[a ^ (1 << k)];
                Condition leaves = sides[a][k] ? Opposite(_surfaces[k].Choice) : _surfaces[k].Choice;
                transitions.Add(new() { Name = $"{names[a]}->{to}", From = names[a], To = to, Guard = leaves });
            }
        }

        return _automaton with
        {
            Modes = [.. _automaton.Modes.SelectMany(mode => mode != _mode ? [mode] : sides.Select((side, i) => ModeOf(side, names[i])))],
            Transitions = transitions.ToImmutable(),
            InitialMode = _automaton.InitialMode == _mode.Name ? names[0] : _automaton.InitialMode,
            Zeno = _automaton.Zeno is { Mode: { } mode } policy && mode == _mode.Name ? ZenoPolicy.GoTo(names[0], policy.Resets) : _automaton.Zeno,
        };
    }

    // Pairs for one surface, quadruples for every two.
    private ImmutableArray<SlidingModes> Groups(double pull)
    {
        var groups = ImmutableArray.CreateBuilder<SlidingModes>();
        for (int a = 0; a < 1 << _surfaces.Count; a++)
        {
            for (int k = 0; k < _surfaces.Count; k++)
            {
                int bit = 1 << k;
                if ((a & bit) != 0)
                {
                    continue;
                }

                if (_surfaces.Count == 1)
                {
                    groups.Add(new(NameOf(SideOf(a)), NameOf(SideOf(a | bit))) { Pull = pull });
                }

                for (int l = k + 1; l < _surfaces.Count; l++)
                {
                    int other = 1 << l;
                    if ((a & other) == 0)
                    {
                        groups.Add(new(NameOf(SideOf(a)), NameOf(SideOf(a | bit)), NameOf(SideOf(a | other)), NameOf(SideOf(a | bit | other))) { Pull = pull });
                    }
                }
            }
        }

        return groups.ToImmutable();
    }

    // Bit k is set where choice k does not hold.
    private bool[] SideOf(int number) => [.. Enumerable.Range(0, _surfaces.Count).Select(k => (number & (1 << k)) == 0)];

    private string NameOf(bool[] side) =>
        $"{_mode.Name}({string.Join(", ", side.Select((holds, k) => holds ? _surfaces[k].Choice : Opposite(_surfaces[k].Choice)))})";

    private Mode ModeOf(bool[] side, string name)
    {
        var rewriter = new SideRewriter(choice => TruthOn(side, choice));
        return _mode with
        {
            Name = name,
            Flow = new ExprFlow([.. _flow.Derivatives.Select(derivative => new Assignment(derivative.Target, rewriter.Rewrite(derivative.Value)))]),
        };
    }

    private bool? TruthOn(bool[] side, Condition choice)
    {
        Expr function = choice.ToGuardFunction();
        for (int k = 0; k < side.Length; k++)
        {
            if (_comparison.Ratio(function, _surfaces[k].Function) is { } ratio)
            {
                return (ratio > 0.0) == side[k];
            }
        }

        return null;
    }

    private Transition Copy(Transition transition, string from)
    {
        string to = transition.To == _mode.Name ? from : transition.To;
        bool isDefault = transition.Name == TransitionCheck.DefaultName(transition);
        return transition with { Name = isDefault ? $"{from}->{to}" : $"{transition.Name} from {from}", From = from, To = to };
    }

    private static Condition Opposite(Condition c) => Condition.Compare(
        c.Left!,
        c.Relation switch
        {
            Relation.Less => Relation.GreaterOrEqual,
            Relation.LessOrEqual => Relation.Greater,
            Relation.Greater => Relation.LessOrEqual,
            _ => Relation.Less,
        },
        c.Right!);
}
