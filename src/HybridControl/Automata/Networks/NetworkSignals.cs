using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata.Networks;

/// <summary>What is computed in a network: outputs of components and of the network, and inputs with wires, in an order in which each needs only those before it.</summary>
internal sealed class NetworkSignals
{
    private readonly AutomatonNetwork _network;
    private readonly NetworkNames _names;
    private readonly FindingList _findings;
    private readonly Dictionary<string, Signal> _signals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Expr> _resolved = new(StringComparer.Ordinal);
    private readonly List<Output> _ordered = [];

    public NetworkSignals(AutomatonNetwork network, NetworkNames names, FindingList findings)
    {
        _network = network;
        _names = names;
        _findings = findings;
        Collect();
        foreach (Signal signal in _signals.Values.ToArray())
        {
            Resolve(signal);
        }
    }

    /// <summary>Every computed value as an output of the whole.</summary>
    public IReadOnlyList<Output> Ordered => _ordered;

    /// <summary>An expression of a component in the names of the network.</summary>
    public Replacement NamesOf(NetworkComponent component) => new(e => e.Operation == Operation.Variable && e.Kind == VariableKind.Time
        ? null
        : ValueOf(_names.NameOf(component.Name, e.Name!)));

    private Expr? ValueOf(string name) => _resolved.TryGetValue(name, out Expr? value)
        ? Expr.Alias(name, value)
        : _names.VariableOf(name) ?? (_names.IsComputed(name) ? Expr.Zero : null);

    private void Collect()
    {
        foreach (NetworkComponent component in _network.Components)
        {
            foreach (Output output in component.Model.Outputs)
            {
                string name = $"{component.Name}.{output.Name}";
                _signals.TryAdd(name, new(name, output.Definition, output.Unit, component, $"outputs.{name}"));
            }

            foreach (InputVariable input in component.Model.Inputs)
            {
                string name = $"{component.Name}.{input.Name}";
                if (_names.Wires.TryGetValue(name, out Expr? value))
                {
                    _signals.TryAdd(name, new(name, value, input.Unit, null, $"wires.{name}"));
                }
            }
        }

        foreach (Output output in _network.Outputs)
        {
            if (!_signals.TryAdd(output.Name, new(output.Name, output.Definition, output.Unit, null, $"outputs.{output.Name}")))
            {
                _findings.Error($"outputs.{output.Name}", $"two outputs are called '{output.Name}'", "Rename one of the two.");
            }
        }
    }

    // Depth first, with a stack of its own: a chain of wires may be as long as the network.
    private void Resolve(Signal root)
    {
        var path = new List<(Signal Signal, Queue<Signal> Open)>();
        Open(path, root);
        while (path.Count > 0)
        {
            (Signal signal, Queue<Signal> open) = path[^1];
            if (!open.TryDequeue(out Signal? next))
            {
                path.RemoveAt(path.Count - 1);
                Finish(signal);
            }
            else if (path.FindIndex(entry => entry.Signal == next) is >= 0 and int start)
            {
                ReportLoop([.. path.Skip(start).Select(entry => entry.Signal)]);
            }
            else
            {
                Open(path, next);
            }
        }
    }

    private void Open(List<(Signal Signal, Queue<Signal> Open)> path, Signal signal)
    {
        if (!signal.IsDone)
        {
            path.Add((signal, new Queue<Signal>(NeedsOf(signal))));
        }
    }

    private IEnumerable<Signal> NeedsOf(Signal signal)
    {
        foreach (string name in ExpressionNames.Of(signal.Definition))
        {
            string full = FullName(signal, name);
            if (_signals.TryGetValue(full, out Signal? needed))
            {
                yield return needed;
            }
            else if (signal.Component is null && _names.VariableOf(full) is null)
            {
                _findings.Error(signal.Where, $"unknown name '{full}'", Suggestions.For(full, _names.Known));
            }
        }
    }

    private string FullName(Signal signal, string name) =>
        signal.Component is null ? name : _names.NameOf(signal.Component.Name, name);

    private void Finish(Signal signal)
    {
        signal.IsDone = true;
        Replacement names = signal.Component is { } component
            ? NamesOf(component)
            : new Replacement(e => e.Operation == Operation.Variable && e.Kind == VariableKind.Time ? null : ValueOf(e.Name!) ?? Expr.Zero);
        Expr value = names.Of(signal.Definition);
        _resolved.TryAdd(signal.Name, value);
        _ordered.Add(new(signal.Name, value, signal.Unit));
    }

    private void ReportLoop(Signal[] loop)
    {
        string members = string.Join(" <- ", loop.Append(loop[0]).Select(signal => signal.Name));
        _findings.Error(loop[0].Where, $"algebraic loop: {members}",
            "Let one of them depend on a state or a discrete variable instead, so that each has a value before the next is computed; or on an algebraic variable, whose equation is solved together with the others.");
    }

    private sealed class Signal(string name, Expr definition, string unit, NetworkComponent? component, string where)
    {
        public string Name { get; } = name;

        public Expr Definition { get; } = definition;

        public string Unit { get; } = unit;

        /// <summary>The component in whose names the definition is written; null for those of the network.</summary>
        public NetworkComponent? Component { get; } = component;

        public string Where { get; } = where;

        public bool IsDone { get; set; }
    }
}
