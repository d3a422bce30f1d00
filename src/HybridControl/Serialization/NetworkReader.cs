using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Automata.Networks;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>Makes a network of the JSON of a network file.</summary>
internal sealed class NetworkReader
{
    private readonly ReadingContext _context;
    private readonly SourceNode _root;
    private readonly ModelSources _sources;
    private readonly Dictionary<string, HybridAutomaton?> _models = new(StringComparer.Ordinal);
    private bool _isBroken;

    private NetworkReader(SourceReport report, SourceNode root, ModelSources sources)
    {
        _context = new ReadingContext(report);
        _root = root;
        _sources = sources;
    }

    /// <summary>The automaton of a model file or a network file; null if there is none. All findings are in the report.</summary>
    public static HybridAutomaton? ReadAny(SourceReport report, SourceNode root, ModelSources sources)
    {
        if (!IsNetwork(root))
        {
            return new ModelReader(report, root).Read();
        }

        AutomatonNetwork? network = Read(report, root, sources);
        return network is null || report.HasErrors ? null : network.Compose();
    }

    /// <summary>Whether an object describes a network.</summary>
    public static bool IsNetwork(SourceNode root) =>
        root.Kind == SourceKind.Object && root.Properties.Any(property => property.Name == "components");

    /// <summary>The network; null if the text is not even an object. All findings are in the report.</summary>
    public static AutomatonNetwork? Read(SourceReport report, SourceNode root, ModelSources sources) =>
        new NetworkReader(report, root, sources).Read();

    private AutomatonNetwork? Read()
    {
        const string Example = "{ \"name\": ..., \"components\": { ... } }";
        var reader = ObjectReader.Open(_context, _root, "", ModelProperties.Network, Example);
        if (reader is null)
        {
            return null;
        }

        reader.Text("$schema");
        string name = reader.RequiredText("name", "\"name\": \"tanks\"") ?? "network";
        foreach ((string model, string path, SourceNode value) in reader.Section("models", "{ \"tank\": { \"name\": \"tank\", \"modes\": { ... } } }"))
        {
            _models[model] = ModelOf(value, path);
        }

        reader.Required("components", "\"components\": { \"tank\": { \"model\": \"tank.json\" } }");
        ImmutableArray<NetworkComponent> components =
            [.. reader.Section("components", "{ \"tank\": { \"model\": \"tank.json\" } }").Select(ReadComponent).OfType<NetworkComponent>()];
        ImmutableArray<SharedVariable> shared =
            [.. reader.Section("shared", "{ \"level\": [\"tank.h\", \"valve.h\"] }").Select(entry => new SharedVariable(entry.Name, ReadMembers(entry.Path, entry.Value)))];
        Announce(components, shared, reader);
        var network = new AutomatonNetwork
        {
            Name = name,
            Description = reader.Text("description") ?? "",
            Source = reader.Text("source") ?? "",
            Components = components,
            Shared = shared,
            Wires =
            [
                .. reader.Section("wires", "{ \"lower.inflow\": \"upper.outflow\" }")
                    .Select(entry => new Wire(entry.Name, _isBroken ? Expr.Zero : _context.Expression(entry.Value, entry.Path) ?? Expr.Zero)),
            ],
            Outputs = [.. reader.Section("outputs", "{ \"volume\": \"upper.h + lower.h\" }").Select(ReadOutput)],
            Experiment = new BehaviourReader(_context, reader).ReadExperiment(),
        };
        if (!_isBroken)
        {
            foreach (Finding finding in network.Validate())
            {
                _context.AddValidated(finding with { Where = PlaceOf(finding.Where, network) });
            }
        }

        return network;
    }

    private HybridAutomaton? ModelOf(SourceNode node, string path)
    {
        HybridAutomaton? model = null;
        switch (node.Kind)
        {
            case SourceKind.Text when _models.TryGetValue(node.Text, out HybridAutomaton? declared):
                _isBroken |= declared is null;
                return declared;
            case SourceKind.Text:
                model = _sources.Load(_context, node, path);
                break;
            case SourceKind.Object:
                model = ReadInline(node, path);
                break;
            default:
                _context.Fault(node, path, $"a file or a model is expected, but this is {node.Describe()}", "Write \"model\": \"tank.json\".");
                break;
        }

        _isBroken |= model is null;
        return model;
    }

    private HybridAutomaton? ReadInline(SourceNode node, string path)
    {
        SourceReport report = _context.Report;
        string before = report.Prefix;
        int errors = report.ErrorCount;
        report.Prefix = ReadingContext.Join(before, path);
        HybridAutomaton? model = ReadAny(report, node, _sources);
        report.Prefix = before;
        return report.ErrorCount == errors ? model : null;
    }

    private NetworkComponent? ReadComponent((string Name, string Path, SourceNode Value) entry)
    {
        var reader = ObjectReader.Open(_context, entry.Value, entry.Path, ModelProperties.NetworkComponent, "{ \"model\": \"tank.json\" }");
        HybridAutomaton? model = reader?.Required("model", "\"model\": \"tank.json\"") is { } node ? ModelOf(node, reader.PathOf("model")) : null;
        if (reader is null || model is null)
        {
            _isBroken = true;
            return null;
        }

        return new NetworkComponent(entry.Name, model)
        {
            Values = [.. reader.Section("values", "{ \"area\": 2.0 }").Select(value => (value.Name, NumberOf(value.Path, value.Value)))],
            Labels = [.. reader.Section("labels", "{ \"meet\": \"meet left\" }").Select(label => (label.Name, TextOf(label.Path, label.Value)))],
        };
    }

    private ImmutableArray<string> ReadMembers(string path, SourceNode node)
    {
        if (node.Kind != SourceKind.List)
        {
            _context.Fault(node, path, $"a list of variables is expected, but this is {node.Describe()}", "Write [\"tank.h\", \"valve.h\"], the owner first.");
            return [];
        }

        return [.. node.Items.Select((item, i) => TextOf(FormattableString.Invariant($"{path}[{i}]"), item))];
    }

    private Output ReadOutput((string Name, string Path, SourceNode Value) entry)
    {
        Expr? definition;
        string unit = "";
        if (entry.Value.Kind == SourceKind.Object)
        {
            ObjectReader reader = ObjectReader.Open(_context, entry.Value, entry.Path, ModelProperties.Output, "")!;
            definition = _isBroken ? null : reader.RequiredExpression("expr", "\"expr\": \"upper.h + lower.h\"");
            unit = reader.Text("unit") ?? "";
        }
        else
        {
            definition = _isBroken ? null : _context.Expression(entry.Value, entry.Path);
        }

        return new(entry.Name, definition ?? Expr.Zero, unit);
    }

    private double NumberOf(string path, SourceNode node)
    {
        _context.Place(path, node.Offset);
        if (node.Kind == SourceKind.Number)
        {
            return node.Number;
        }

        _context.Fault(node, path, $"a number is expected, but this is {node.Describe()}", "Write a plain number such as 9.81, without quotes.");
        return 1.0;
    }

    private string TextOf(string path, SourceNode node)
    {
        _context.Place(path, node.Offset);
        if (node.Kind == SourceKind.Text)
        {
            return node.Text;
        }

        _context.Fault(node, path, $"a text is expected, but this is {node.Describe()}", "Write it in double quotes.");
        return "";
    }

    // Formulas of a network read variables and outputs of all components alike.
    private void Announce(ImmutableArray<NetworkComponent> components, ImmutableArray<SharedVariable> shared, ObjectReader reader)
    {
        IEnumerable<string> names = components.SelectMany(component => new[]
        {
            component.Model.Parameters.Select(p => p.Name), component.Model.States.Select(s => s.Name), component.Model.Discretes.Select(d => d.Name),
            component.Model.Inputs.Select(i => i.Name), component.Model.Outputs.Select(o => o.Name),
        }.SelectMany(list => list).Select(name => $"{component.Name}.{name}"));
        foreach (string name in names.Concat(shared.Select(variable => variable.Name)).Concat(reader.Find("outputs")?.Properties.Select(p => p.Name) ?? []))
        {
            _context.Scope.Add(VariableKind.Input, name);
        }

        foreach (LookupTable table in components.SelectMany(component => component.Model.Tables))
        {
            _context.Scope.Add(table);
        }
    }

    // What is wrong with the composed model is shown at the component that it comes from.
    private static string PlaceOf(string where, AutomatonNetwork network)
    {
        string[] parts = where.Split('.', 3);
        bool composed = parts.Length == 3 && parts[0] is "modes" or "transitions" or "states" or "discrete" or "parameters" or "inputs" or "sampled";
        return composed && network.Components.Any(component => component.Name == parts[1])
            ? $"components.{parts[1]}.{parts[0]}.{parts[2]}"
            : where;
    }
}
