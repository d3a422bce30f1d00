using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Symbolics;

namespace HybridControl.Automata.Networks;

/// <summary>The parts of one component in the names of the network.</summary>
internal sealed class ComposedComponent
{
    private readonly NetworkComponent _component;
    private readonly HybridAutomaton _model;
    private readonly NetworkNames _names;
    private readonly Replacement _rename;
    private readonly FindingList _findings;

    public ComposedComponent(NetworkComponent component, NetworkNames names, Replacement rename, FindingList findings)
    {
        _component = component;
        _model = component.Model;
        _names = names;
        _rename = rename;
        _findings = findings;
        Parameters = [.. _model.Parameters.Select(p => p with { Name = Prefix(p.Name), Value = ValueOf(p.Name) ?? p.Value })];
        States =
        [
            .. _model.States.Where(s => !names.IsForeign(component.Name, s.Name))
                .Select(s => s with { Name = Name(s.Name), Initial = ValueOf(s.Name) ?? rename.Of(s.Initial) }),
        ];
        Discretes =
        [
            .. _model.Discretes.Where(d => !names.IsForeign(component.Name, d.Name))
                .Select(d => d with { Name = Name(d.Name), Initial = ValueOf(d.Name) ?? rename.Of(d.Initial) }),
        ];
        Inputs =
        [
            .. _model.Inputs.Where(i => !names.Wires.ContainsKey(Prefix(i.Name)))
                .Select(i => i with { Name = Prefix(i.Name), Signal = ValueOf(i.Name) is { } held ? new ConstantSignal(held) : i.Signal }),
        ];
        Modes = [.. _model.Modes.Select(Rename)];
        Transitions = [.. _model.Transitions.Select(Rename)];
        SampledUpdates = [.. _model.SampledUpdates.Select(Rename)];
        WienerProcesses = [.. _model.WienerProcesses.Select(process => process with { Name = Prefix(process.Name) })];
        InitialMode = string.Join(ModeTable.Separator, _model.IsNetwork
            ? _model.InitialMode.Split(ModeTable.Separator).Select(Prefix)
            : [Prefix(_model.InitialMode)]);
    }

    public ImmutableArray<Parameter> Parameters { get; }

    public ImmutableArray<StateVariable> States { get; }

    public ImmutableArray<DiscreteVariable> Discretes { get; }

    public ImmutableArray<InputVariable> Inputs { get; }

    public ImmutableArray<Mode> Modes { get; }

    public ImmutableArray<Transition> Transitions { get; }

    public ImmutableArray<SampledUpdate> SampledUpdates { get; }

    public ImmutableArray<WienerProcess> WienerProcesses { get; }

    public string InitialMode { get; }

    /// <summary>What happens where its events accumulate; null where it says nothing.</summary>
    public ZenoPolicy? Zeno => _model.Zeno is { Mode: { } mode } policy
        ? ZenoPolicy.GoTo(Prefix(mode), Rename(policy.Resets))
        : _model.Zeno;

    private string Prefix(string name) => $"{_component.Name}.{name}";

    private string Name(string variable) => _names.NameOf(_component.Name, variable);

    private double? ValueOf(string name)
    {
        foreach ((string given, double value) in _component.Values)
        {
            if (given == name)
            {
                return value;
            }
        }

        return null;
    }

    private Mode Rename(Mode mode)
    {
        Flow flow = mode.Flow;
        if (flow is ExprFlow expressions)
        {
            foreach (Assignment derivative in expressions.Derivatives.Where(d => _names.IsForeign(_component.Name, d.Target)))
            {
                _findings.Error($"components.{_component.Name}.modes.{mode.Name}.flow.{derivative.Target}",
                    $"the flow writes '{Name(derivative.Target)}', which belongs to another component",
                    "Only the owner, named first among those that share, writes its flow; others write it in resets.");
            }

            flow = new ExprFlow(Rename([.. expressions.Derivatives.Where(d => !_names.IsForeign(_component.Name, d.Target))]));
        }

        return mode with
        {
            Name = Prefix(mode.Name),
            Region = mode.Region.Length == 0 ? _component.Name : Prefix(mode.Region),
            Flow = flow,
            States = mode.States is { } own ? [.. own.Select(Name)] : null,
            Diffusion =
            [
                .. mode.Diffusion.Select(term => new DiffusionTerm(
                    Name(term.State), term.Process == term.State ? Name(term.State) : Prefix(term.Process), _rename.Of(term.Value))),
            ],
            Equations = RenameEquations(mode),
            Mass = RenameMass(mode),
            Invariants = [.. mode.Invariants.Select(invariant => new Invariant(_rename.Of(invariant.Condition)))],
        };
    }

    private ImmutableArray<AlgebraicEquation> RenameEquations(Mode mode)
    {
        foreach (AlgebraicEquation equation in mode.Equations.Where(equation => _names.IsForeign(_component.Name, equation.Variable)))
        {
            _findings.Error($"components.{_component.Name}.modes.{mode.Name}.equations.{equation.Variable}",
                $"the equation is one of '{Name(equation.Variable)}', which belongs to another component",
                "Only the owner, named first among those that share, has its equations; declare it as a state without a flow where it is read.");
        }

        return [.. mode.Equations.Where(equation => !_names.IsForeign(_component.Name, equation.Variable))
            .Select(equation => new AlgebraicEquation(Name(equation.Variable), _rename.Of(equation.Left), _rename.Of(equation.Right)))];
    }

    private ImmutableArray<MassEntry> RenameMass(Mode mode)
    {
        foreach (string row in mode.Mass.Select(entry => entry.Row).Distinct().Where(row => _names.IsForeign(_component.Name, row)))
        {
            _findings.Error($"components.{_component.Name}.modes.{mode.Name}.mass.{row}",
                $"the row is that of '{Name(row)}', which belongs to another component", "Only the owner, named first among those that share, has its row.");
        }

        return [.. mode.Mass.Where(entry => !_names.IsForeign(_component.Name, entry.Row))
            .Select(entry => new MassEntry(Name(entry.Row), Name(entry.Column), _rename.Of(entry.Value)))];
    }

    private Transition Rename(Transition transition) => transition with
    {
        Name = Prefix(transition.Name),
        From = Prefix(transition.From),
        To = Prefix(transition.To),
        Label = transition.Label is null ? null : LabelOf(transition.Label),
        Guard = _rename.Of(transition.Guard),
        Rule = Rename(transition.Rule),
        Resets = Rename(transition.Resets),
        Priority = _rename.Of(transition.Priority),
    };

    private FiringRule Rename(FiringRule rule) => rule switch
    {
        AfterRule after => after with { Delay = _rename.Of(after.Delay) },
        SampledRule sampled => sampled with { Period = _rename.Of(sampled.Period), Offset = _rename.Of(sampled.Offset) },
        PermissiveRule { Mean: { } mean } permissive => permissive with { Mean = _rename.Of(mean) },
        RateRule rate => rate with { Rate = _rename.Of(rate.Rate) },
        _ => rule,
    };

    private SampledUpdate Rename(SampledUpdate update)
    {
        foreach (Assignment assignment in update.Assignments.Where(a => _names.IsForeign(_component.Name, a.Target)))
        {
            _findings.Error($"components.{_component.Name}.sampled.{update.Name}.set.{assignment.Target}",
                $"the sampled update writes '{Name(assignment.Target)}', which belongs to another component",
                "Only the owner, named first among those that share, computes it at ticks; others write it in resets.");
        }

        return new(Prefix(update.Name), _rename.Of(update.Period), _rename.Of(update.Offset), Rename(update.Assignments));
    }

    private ImmutableArray<Assignment> Rename(ImmutableArray<Assignment> assignments) =>
        [.. assignments.Select(assignment => new Assignment(Name(assignment.Target), _rename.Of(assignment.Value)))];

    private string LabelOf(string label)
    {
        foreach ((string own, string name) in _component.Labels)
        {
            if (own == label)
            {
                return name;
            }
        }

        return label;
    }
}
