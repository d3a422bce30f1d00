using HybridControl.Symbolics;

namespace HybridControl.Automata.Networks;

/// <summary>A component while a network is built.</summary>
public sealed class ComponentBuilder
{
    private readonly List<(string Label, string Name)> _labels = [];
    private readonly (string Name, double Value)[] _values;
    private readonly HybridAutomaton _model;

    internal ComponentBuilder(string name, HybridAutomaton model, (string Name, double Value)[] values)
    {
        Name = name;
        _model = model;
        _values = values;
    }

    /// <summary>Name of the component.</summary>
    public string Name { get; }

    /// <summary>A variable or output of the component, for wires and outputs of the network.</summary>
    /// <param name="name">Its name in the component.</param>
    public Expr this[string name] => Expr.Variable(VariableKind.Input, $"{Name}.{name}");

    /// <summary>Lets a label of the model have another name in this component.</summary>
    public ComponentBuilder Relabel(string label, string name)
    {
        _labels.Add((label, name));
        return this;
    }

    internal NetworkComponent ToComponent() => new(Name, _model) { Values = [.. _values], Labels = [.. _labels] };
}
