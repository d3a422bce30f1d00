using HybridControl.Symbolics;

namespace HybridControl.Automata.Networks;

/// <summary>Collects the parts of a network while a C# lambda describes it.</summary>
/// <remarks>Not thread-safe. Nothing is checked until the network is composed.</remarks>
public sealed class NetworkBuilder
{
    private readonly string _name;
    private readonly List<ComponentBuilder> _components = [];
    private readonly List<SharedVariable> _shared = [];
    private readonly List<Wire> _wires = [];
    private readonly List<Output> _outputs = [];
    private string _description = "";
    private string _source = "";
    private Experiment? _experiment;

    internal NetworkBuilder(string name) => _name = name;

    /// <summary>Adds a component; the order of the components is an order of execution.</summary>
    /// <param name="name">Name, unique in the network.</param>
    /// <param name="model">The automaton.</param>
    /// <param name="values">Parameters, initial values and constant inputs that differ from those of the model.</param>
    public ComponentBuilder Component(string name, HybridAutomaton model, params (string Name, double Value)[] values)
    {
        var component = new ComponentBuilder(name, model, values);
        _components.Add(component);
        return component;
    }

    /// <summary>Drives an input of a component with an expression over variables of all components.</summary>
    public void Wire(Expr input, Expr value) => _wires.Add(new(ModeBuilder.NameOf(input), value));

    /// <summary>Makes variables of several components one; the first is the owner, which alone writes its flow.</summary>
    public Expr Share(string name, params ReadOnlySpan<Expr> members)
    {
        var names = new List<string>();
        foreach (Expr member in members)
        {
            names.Add(ModeBuilder.NameOf(member));
        }

        _shared.Add(new(name, [.. names]));
        return Expr.Variable(VariableKind.Input, name);
    }

    /// <summary>Declares a named expression over variables of all components.</summary>
    public Expr Output(string name, Expr definition, string unit = "")
    {
        _outputs.Add(new(name, definition, unit));
        return Expr.Variable(VariableKind.Input, name);
    }

    /// <summary>Says what the network is and where its numbers come from.</summary>
    public void Describe(string description, string source = "") => (_description, _source) = (description, source);

    /// <summary>Suggests a first run.</summary>
    public void Suggest(Experiment experiment) => _experiment = experiment;

    internal AutomatonNetwork ToNetwork() => new()
    {
        Name = _name,
        Description = _description,
        Source = _source,
        Components = [.. _components.Select(component => component.ToComponent())],
        Shared = [.. _shared],
        Wires = [.. _wires],
        Outputs = [.. _outputs],
        Experiment = _experiment,
    };
}
