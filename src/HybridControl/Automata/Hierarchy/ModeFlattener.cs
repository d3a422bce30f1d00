using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata.Hierarchy;

/// <summary>Turns nested modes into plain ones: flows and invariants are inherited, entries and exits become resets.</summary>
/// <remarks>
/// A plain mode takes the flow of a state from the innermost mode around it that declares one, and the invariants of all. A
/// transition of a mode applies to every plain mode in it, after those of the modes inside. A transition into a mode leads to its
/// initial mode, or with history to the one that was active last. Leaving runs exits from the inside out, then comes the
/// reset, then entries from the outside in, each seeing what was written before. A transition between a mode and one inside it
/// leaves the outer one only if it is external; one from a mode to itself stays where it is.
/// </remarks>
internal sealed class ModeFlattener
{
    private readonly HybridAutomaton _declared;
    private readonly ImmutableArray<NestedMode> _roots;
    private readonly FindingList _findings;
    private readonly Dictionary<string, NestedMode> _modes = new(StringComparer.Ordinal);
    private readonly List<NestedMode> _timed = [];

    /// <summary>Creates a flattener.</summary>
    /// <param name="declared">The model; its modes are not looked at, its transitions and initial mode may name any nested mode.</param>
    /// <param name="roots">The modes that are in no other.</param>
    /// <param name="findings">Receives what is wrong with the nesting.</param>
    public ModeFlattener(HybridAutomaton declared, ImmutableArray<NestedMode> roots, FindingList findings)
    {
        _declared = declared;
        _roots = roots;
        _findings = findings;
        foreach (NestedMode root in roots)
        {
            Collect(root);
        }
    }

    /// <summary>For each transition of the flat model the number of the one that declares it.</summary>
    public ImmutableArray<int> Origins { get; private set; } = [];

    /// <summary>The model with plain modes; as declared, if no mode is nested.</summary>
    public HybridAutomaton Flatten()
    {
        if (_roots.All(root => root.IsPlain))
        {
            Origins = [.. Enumerable.Range(0, _declared.Transitions.Length)];
            return _declared with { Modes = [.. _roots.Select(root => root.Mode)] };
        }

        NoteTimers();
        var flat = new List<(int Origin, int Depth, Transition Transition)>();
        for (int i = 0; i < _declared.Transitions.Length; i++)
        {
            int depth = _modes.TryGetValue(_declared.Transitions[i].From, out NestedMode? from) ? from.Path.Count() : 0;
            flat.AddRange(Copies(_declared.Transitions[i]).Select(copy => (i, depth, copy)));
        }

        (int Origin, int Depth, Transition Transition)[] ordered = [.. flat.OrderByDescending(entry => entry.Depth)]; // inner before outer
        Origins = [.. ordered.Select(entry => entry.Origin)];
        HybridAutomaton model = _declared with
        {
            States =
            [
                .. _declared.States.Where(state => !state.IsAlgebraic),
                .. _timed.Select(mode => new StateVariable(mode.ClockName, Expr.Zero, "s")),
                .. _declared.States.Where(state => state.IsAlgebraic),
            ],
            Discretes =
            [
                .. _declared.Discretes,
                .. _modes.Values.Where(mode => mode.HasHistory).Select(mode => new DiscreteVariable(mode.HistoryName, mode.InitialChild)),
            ],
            Modes = [.. _roots.SelectMany(root => root.Leaves).Select(Flatten)],
            Transitions = [.. ordered.Select(entry => entry.Transition)],
        };
        CheckActions(model);
        return Start(model);
    }

    // Also of modes that no jump enters.
    private void CheckActions(HybridAutomaton model)
    {
        var declarations = new Declarations(model, new FindingList());
        var expressions = new ExpressionCheck(model, declarations, _findings);
        foreach (NestedMode mode in _modes.Values)
        {
            AssignmentCheck.Check($"modes.{mode.Name}.entry", mode.Entry, "the entry", [VariableKind.State, VariableKind.Discrete],
                declarations, expressions, _findings);
            AssignmentCheck.Check($"modes.{mode.Name}.exit", mode.Exit, "the exit", [VariableKind.State, VariableKind.Discrete],
                declarations, expressions, _findings);
        }
    }

    private void Collect(NestedMode mode)
    {
        string where = $"modes.{mode.Name}";
        if (!_modes.TryAdd(mode.Name, mode))
        {
            _findings.Error(where, $"the mode '{mode.Name}' is declared twice", "Rename one of the two.");
        }

        if (mode.Children.IsEmpty && (mode.HasHistory || mode.Initial is not null))
        {
            _findings.Error(where, $"the mode '{mode.Name}' has no modes inside, so nothing to remember or to begin with", "Put modes into it, or remove the option.");
        }
        else if (mode.Initial is { } initial && !mode.Children.Any(child => child.Name == initial))
        {
            _findings.Error($"{where}.initial", $"there is no mode '{initial}' in '{mode.Name}'", Suggestions.For(initial, mode.Children.Select(child => child.Name)));
        }

        if (!mode.Children.IsEmpty && mode.Mode.Flow is DelegateFlow)
        {
            _findings.Error($"{where}.flow", "a delegate flow cannot be inherited", "Write the flow with Expr.");
        }

        foreach (NestedMode child in mode.Children)
        {
            child.Parent = mode;
            Collect(child);
        }
    }

    // The clock of an outer mode runs on while the modes inside it change.
    private void NoteTimers()
    {
        foreach (Transition transition in _declared.Transitions)
        {
            if (transition.Rule is not AfterRule after || !_modes.TryGetValue(transition.From, out NestedMode? mode) || mode.Children.IsEmpty)
            {
                continue;
            }

            if (after.Survives || !transition.Guard.Equals(Condition.True))
            {
                _findings.Error($"transitions.{transition.Name}.after", $"a timer of the outer mode '{mode.Name}' starts when it is entered and stops when it is left",
                    "Leave out the guard and the survival, or give the timer to the modes inside.");
            }

            if (!_timed.Contains(mode))
            {
                _timed.Add(mode);
            }
        }
    }

    private Mode Flatten(NestedMode leaf)
    {
        if (leaf.Mode.Flow is not ExprFlow)
        {
            return leaf.Mode;
        }

        var written = new HashSet<string>(StringComparer.Ordinal);
        NestedMode[] outside = [.. leaf.Path];
        return leaf.Mode with
        {
            Flow = new ExprFlow(
            [
                .. outside.Where(mode => mode.Mode.Flow is ExprFlow).SelectMany(mode =>
                {
                    Assignment[] own = [.. ((ExprFlow)mode.Mode.Flow).Derivatives.Where(d => !written.Contains(d.Target))];
                    written.UnionWith(own.Select(d => d.Target));
                    return own;
                }),
                .. outside.Where(_timed.Contains).Select(mode => new Assignment(mode.ClockName, Expr.One)),
            ]),
            States = outside.Select(mode => mode.Mode.States).FirstOrDefault(states => states is not null),
            Invariants = [.. outside.SelectMany(mode => mode.Mode.Invariants)],
            Equations = [.. outside.SelectMany(mode => mode.Mode.Equations).DistinctBy(equation => equation.Variable)],
            Mass = [.. outside.SelectMany(mode => mode.Mode.Mass.GroupBy(entry => entry.Row)).DistinctBy(row => row.Key).SelectMany(row => row)],
            Diffusion = [.. outside.SelectMany(mode => mode.Mode.Diffusion).DistinctBy(term => (term.State, term.Process))],
        };
    }

    private IEnumerable<Transition> Copies(Transition transition)
    {
        if (!_modes.TryGetValue(transition.From, out NestedMode? from) || !_modes.TryGetValue(transition.To, out NestedMode? to))
        {
            return [transition]; // the validator knows what to say
        }

        Transition[] copies = [.. from.Leaves.SelectMany(leaf => Copies(transition, from, to, leaf))];
        return copies.Select(copy => copy with { Name = NameOf(transition, copy, copies.Length > 1) });
    }

    private static string NameOf(Transition declared, Transition copy, bool isOneOfSeveral)
    {
        string plain = TransitionCheck.DefaultName(copy);
        bool unnamed = declared.Name == TransitionCheck.DefaultName(declared);
        return unnamed ? plain : isOneOfSeveral ? $"{declared.Name} ({plain})" : declared.Name;
    }

    private IEnumerable<Transition> Copies(Transition transition, NestedMode from, NestedMode to, NestedMode leaf)
    {
        if (transition.Rule is AfterRule after && !from.Children.IsEmpty)
        {
            transition = transition with { Rule = FiringRule.Urgent, Guard = Expr.Variable(VariableKind.State, from.ClockName) >= after.Delay };
        }

        if (from == to && !transition.External)
        {
            yield return transition with { From = leaf.Name, To = leaf.Name };
            yield break;
        }

        NestedMode? boundary = BoundaryOf(from, to, transition.External);
        NestedMode[] exited = [.. leaf.Path.TakeWhile(mode => mode != boundary)];
        foreach ((NestedMode target, Condition? remembered) in TargetsOf(to))
        {
            NestedMode[] entered = [.. target.Path.TakeWhile(mode => mode != boundary).Reverse()];
            yield return transition with
            {
                From = leaf.Name,
                To = target.Name,
                Guard = remembered is null ? transition.Guard
                    : transition.Guard.Equals(Condition.True) ? remembered : transition.Guard & remembered,
                Resets = ResetOf(exited, transition.Resets, entered),
                External = transition.External || leaf == target,
            };
        }
    }

    // The innermost mode that the jump does not leave.
    private static NestedMode? BoundaryOf(NestedMode from, NestedMode to, bool external)
    {
        if (!external && from.Contains(to))
        {
            return from;
        }

        if (!external && to.Contains(from))
        {
            return to;
        }

        return from.Path.Skip(1).FirstOrDefault(mode => mode.Contains(to));
    }

    // Where an entry leads: down the initial modes, and with history a choice of one level.
    private static IEnumerable<(NestedMode Target, Condition? Remembered)> TargetsOf(NestedMode mode)
    {
        if (mode.Children.IsEmpty)
        {
            return [(mode, null)];
        }

        if (!mode.HasHistory)
        {
            return TargetsOf(mode.Children[mode.InitialChild]);
        }

        var history = Expr.Variable(VariableKind.Discrete, mode.HistoryName);
        return mode.Children.SelectMany((child, k) => TargetsOf(child).Select(inner =>
        {
            Condition here = history >= k - 0.5 & history <= k + 0.5;
            return (inner.Target, (Condition?)(inner.Remembered is null ? here : here & inner.Remembered));
        }));
    }

    private ImmutableArray<Assignment> ResetOf(NestedMode[] exited, ImmutableArray<Assignment> own, NestedMode[] entered)
    {
        var sequence = new ResetSequence();
        foreach (NestedMode mode in exited)
        {
            sequence.Then(mode.Exit);
        }

        sequence.Then(own);
        foreach (NestedMode mode in entered)
        {
            sequence.Then(EntryOf(mode));
        }

        return sequence.Written;
    }

    private IEnumerable<Assignment> EntryOf(NestedMode mode)
    {
        IEnumerable<Assignment> entry = mode.Entry;
        if (mode.Parent is { HasHistory: true } parent)
        {
            entry = entry.Append(new(parent.HistoryName, parent.Children.IndexOf(mode)));
        }

        return _timed.Contains(mode) ? entry.Append(new(mode.ClockName, Expr.Zero)) : entry;
    }

    // A run begins by entering its initial mode: what entries write are initial values.
    private HybridAutomaton Start(HybridAutomaton model)
    {
        if (!_modes.TryGetValue(model.InitialMode, out NestedMode? initial))
        {
            return model;
        }

        while (!initial.Children.IsEmpty)
        {
            initial = initial.Children[initial.InitialChild];
        }

        var sequence = new ResetSequence(
        [
            .. model.States.Select(state => (state.Name, state.Initial)), .. model.Discretes.Select(discrete => (discrete.Name, discrete.Initial)),
        ]);
        foreach (NestedMode mode in initial.Path.Reverse())
        {
            sequence.Then(EntryOf(mode));
        }

        Dictionary<string, Expr> values = sequence.Written.ToDictionary(written => written.Target, written => written.Value);
        return model with
        {
            InitialMode = initial.Name,
            States = [.. model.States.Select(state => state with { Initial = values[state.Name] })],
            Discretes = [.. model.Discretes.Select(discrete => discrete with { Initial = values[discrete.Name] })],
        };
    }
}
