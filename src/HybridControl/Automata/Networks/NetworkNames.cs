using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata.Networks;

/// <summary>What every name of a network stands for; complains about those that clash or that nothing declares.</summary>
internal sealed class NetworkNames
{
    private readonly Dictionary<string, Expr> _variables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _shared = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputs = new(StringComparer.Ordinal);
    private readonly AutomatonNetwork _network;
    private readonly FindingList _findings;

    public NetworkNames(AutomatonNetwork network, FindingList findings)
    {
        _network = network;
        _findings = findings;
        DeclareComponents();
        DeclareShared();
        DeclareWires();
        foreach (Output output in network.Outputs)
        {
            _outputs.Add(output.Name);
        }
    }

    /// <summary>The wires that hold, by input.</summary>
    public Dictionary<string, Expr> Wires { get; } = new(StringComparer.Ordinal);

    /// <summary>Every name that has a value, in the order of declaration.</summary>
    public IEnumerable<string> Known => _variables.Keys.Concat(_outputs);

    /// <summary>The name in the network of a variable of a component: that of a shared variable, or its own.</summary>
    public string NameOf(string component, string variable) => _shared.GetValueOrDefault($"{component}.{variable}", $"{component}.{variable}");

    /// <summary>Whether a variable of a component is shared and belongs to another.</summary>
    public bool IsForeign(string component, string variable) =>
        _shared.TryGetValue($"{component}.{variable}", out string? name) &&
        _network.Shared.First(shared => shared.Name == name).Members[0] != $"{component}.{variable}";

    /// <summary>The variable of that name in the network; null if it is an output or unknown.</summary>
    public Expr? VariableOf(string name) => _variables.GetValueOrDefault(name) ??
        (_shared.TryGetValue(name, out string? shared) ? _variables.GetValueOrDefault(shared) : null);

    /// <summary>Whether a name has a value that is computed: an output, or an input with a wire.</summary>
    public bool IsComputed(string name) => _outputs.Contains(name) || Wires.ContainsKey(name);

    private void DeclareComponents()
    {
        if (_network.Components.IsEmpty)
        {
            _findings.Error("components", "the network has no components", "Add at least one.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (NetworkComponent component in _network.Components)
        {
            string where = $"components.{component.Name}";
            if (Declarations.FaultOf(component.Name) is { } fault)
            {
                _findings.Error(where, fault.What, fault.Mend);
            }
            else if (NameSyntax.PlainLength(component.Name, 0) != component.Name.Length || component.Name.Contains('.'))
            {
                _findings.Error(where, $"'{component.Name}' cannot stand before a point in a name", "Use letters, digits and underscores.");
            }

            if (!names.Add(component.Name))
            {
                _findings.Error(where, $"two components are called '{component.Name}'", "Rename one of the two.");
            }

            Declare(component);
            CheckValues(where, component);
            CheckLabels(where, component);
        }
    }

    private void Declare(NetworkComponent component)
    {
        HybridAutomaton model = component.Model;
        void Add(VariableKind kind, string name) =>
            _variables.TryAdd($"{component.Name}.{name}", Expr.Variable(kind, $"{component.Name}.{name}"));
        foreach (Parameter parameter in model.Parameters)
        {
            Add(VariableKind.Parameter, parameter.Name);
        }

        foreach (StateVariable state in model.States)
        {
            Add(VariableKind.State, state.Name);
        }

        foreach (DiscreteVariable discrete in model.Discretes)
        {
            Add(VariableKind.Discrete, discrete.Name);
        }

        foreach (InputVariable input in model.Inputs)
        {
            Add(VariableKind.Input, input.Name);
        }

        foreach (Output output in model.Outputs)
        {
            _outputs.Add($"{component.Name}.{output.Name}");
        }
    }

    private void CheckValues(string where, NetworkComponent component)
    {
        var set = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, double value) in component.Values)
        {
            string place = $"{where}.values.{name}";
            if (!_variables.ContainsKey($"{component.Name}.{name}"))
            {
                _findings.Error(place, $"the model '{component.Model.Name}' has no variable '{name}' to give a value", Suggestions.For(name,
                    [.. component.Model.Parameters.Select(p => p.Name), .. component.Model.States.Select(s => s.Name),
                        .. component.Model.Discretes.Select(d => d.Name), .. component.Model.Inputs.Select(i => i.Name)]));
            }
            else if (!set.Add(name))
            {
                _findings.Error(place, $"'{name}' is given two values", "Keep one.");
            }

            if (!double.IsFinite(value))
            {
                _findings.Error(place, FormattableString.Invariant($"the value is {value}"), "Give a finite number.");
            }
        }
    }

    private void CheckLabels(string where, NetworkComponent component)
    {
        string[] known = [.. component.Model.Transitions.Select(transition => transition.Label).OfType<string>().Distinct()];
        foreach ((string label, string name) in component.Labels)
        {
            if (!known.Contains(label))
            {
                _findings.Error($"{where}.labels.{label}", $"no transition of the model '{component.Model.Name}' has the label '{label}'",
                    known.Length == 0 ? "Its transitions have no labels." : Suggestions.For(label, known));
            }
            else if (Declarations.FaultOf(name) is { } fault)
            {
                _findings.Error($"{where}.labels.{label}", fault.What, fault.Mend);
            }
        }
    }

    private void DeclareShared()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (SharedVariable shared in _network.Shared)
        {
            string where = $"shared.{shared.Name}";
            if (!names.Add(shared.Name) || _network.Outputs.Any(output => output.Name == shared.Name))
            {
                _findings.Error(where, $"two parts of the network are called '{shared.Name}'", "Rename one of the two.");
                continue;
            }

            if (shared.Members.Length < 2)
            {
                _findings.Error(where, "one component alone shares nothing", "Name the variables of two components or more, the owner first.");
            }

            foreach (string member in shared.Members)
            {
                if (!_variables.TryGetValue(member, out Expr? variable))
                {
                    _findings.Error(where, $"no component has a variable '{member}'", Suggestions.For(member, SharableNames()));
                }
                else if (variable.Kind is not (VariableKind.State or VariableKind.Discrete))
                {
                    _findings.Error(where, $"'{member}' is {(variable.Kind == VariableKind.Input ? "an input" : "a parameter")}",
                        "States and discrete variables can be shared; give an input a wire.");
                }
                else if (!_shared.TryAdd(member, shared.Name))
                {
                    _findings.Error(where, $"'{member}' is already part of '{_shared[member]}'", "Let it belong to one of them.");
                }
            }

            if (shared.Members.FirstOrDefault() is { } owner && _variables.TryGetValue(owner, out Expr? owned))
            {
                _variables.TryAdd(shared.Name, Expr.Variable(owned.Kind, shared.Name));
            }
        }
    }

    private IEnumerable<string> SharableNames() =>
        _variables.Where(entry => entry.Value.Kind is VariableKind.State or VariableKind.Discrete).Select(entry => entry.Key);

    private void DeclareWires()
    {
        string[] inputs = [.. _variables.Where(entry => entry.Value.Kind == VariableKind.Input).Select(entry => entry.Key)];
        foreach (Wire wire in _network.Wires)
        {
            string where = $"wires.{wire.Input}";
            if (!_variables.TryGetValue(wire.Input, out Expr? input))
            {
                _findings.Error(where, $"no component has an input '{wire.Input}'",
                    inputs.Length == 0 ? "No component has any." : Suggestions.For(wire.Input, inputs));
            }
            else if (input.Kind != VariableKind.Input)
            {
                _findings.Error(where, $"'{wire.Input}' is no input", "Only inputs are driven by wires; share a state or a discrete variable.");
            }
            else if (!Wires.TryAdd(wire.Input, wire.Value))
            {
                _findings.Error(where, $"two wires drive '{wire.Input}'", "Remove one, or add the two values in one wire.");
            }
        }
    }
}
