using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Automata.Hierarchy;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>Reads what a model does: modes, transitions, sampled updates and the experiment.</summary>
internal sealed class BehaviourReader
{
    private readonly ReadingContext _context;
    private readonly ObjectReader _model;
    private readonly List<string> _commandPlaces = [];

    public BehaviourReader(ReadingContext context, ObjectReader model)
    {
        _context = context;
        _model = model;
    }

    /// <summary>How the file calls its transitions and commands.</summary>
    public FindingPlaces Places(ImmutableArray<int> origins) => new(
        number => FormattableString.Invariant($"transitions[{origins[number]}]"), number => _commandPlaces[number]);

    public ImmutableArray<NestedMode> ReadModes() => [.. ReadModes(_model, "")];

    private IEnumerable<NestedMode> ReadModes(ObjectReader around, string prefix)
    {
        foreach ((string name, string path, SourceNode value) in around.Section("modes", "{ \"fall\": { \"flow\": { ... } } }"))
        {
            string full = prefix + name;
            var reader = ObjectReader.Open(_context, value, path, ModelProperties.Mode, "{ \"flow\": { \"h\": \"v\" } }");
            yield return reader is null
                ? new NestedMode(new Mode(full, ExprFlow.AtRest, []), [])
                : new NestedMode(
                    new Mode(full, new ExprFlow(reader.Assignments("flow")), ReadInvariants(reader))
                    {
                        Region = reader.Text("region") ?? "",
                        States = ReadStates(reader),
                        Equations = EquationReader.ReadEquations(_context, reader),
                        Mass = EquationReader.ReadMass(_context, reader),
                        Diffusion = DiffusionReader.ReadTerms(_context, reader),
                    },
                    [.. ReadModes(reader, full + ".")])
                {
                    Entry = reader.Assignments("entry"),
                    Exit = reader.Assignments("exit"),
                    Initial = reader.Text("initial") is { } initial ? $"{full}.{initial}" : null,
                    HasHistory = reader.Flag("history", false),
                };
        }
    }

    public ImmutableArray<Transition> ReadTransitions()
    {
        var transitions = ImmutableArray.CreateBuilder<Transition>();
        foreach ((string path, SourceNode value) in _model.List("transitions", "[ { \"from\": \"off\", \"to\": \"on\", \"guard\": \"T <= 19\" } ]"))
        {
            var reader = ObjectReader.Open(
                _context, value, path, ModelProperties.Transition, "{ \"from\": \"off\", \"to\": \"on\", \"guard\": \"T <= 19\" }");
            transitions.Add(reader is null
                ? new Transition { Name = path, From = "", To = "" }
                : ReadTransition(reader));
        }

        return transitions.ToImmutable();
    }

    public ImmutableArray<SampledUpdate> ReadSampledUpdates()
    {
        var updates = ImmutableArray.CreateBuilder<SampledUpdate>();
        foreach ((string name, string path, SourceNode value) in
            _model.Section("sampled", "{ \"controller\": { \"period\": 0.02, \"set\": { \"u\": \"-k*x\" } } }"))
        {
            var reader = ObjectReader.Open(
                _context, value, path, ModelProperties.SampledUpdate, "{ \"period\": 0.02, \"set\": { \"u\": \"-k*x\" } }");
            if (reader is not null)
            {
                updates.Add(new SampledUpdate(
                    name,
                    reader.RequiredExpression("period", "\"period\": 0.02") ?? Expr.One,
                    reader.Expression("offset") ?? Expr.Zero,
                    reader.Assignments("set")));
            }
        }

        return updates.ToImmutable();
    }

    public Experiment? ReadExperiment()
    {
        if (_model.Find("experiment") is not { } node ||
            ObjectReader.Open(_context, node, "experiment", ModelProperties.Experiment, "{ \"until\": 10 }") is not { } reader)
        {
            return null;
        }

        var commands = ImmutableArray.CreateBuilder<TimedCommand>();
        foreach ((string path, SourceNode value) in reader.List("commands", "[ { \"at\": 5, \"command\": \"takeoff\" } ]"))
        {
            TimedCommandReader.Read(_context, path, value, (command, place) =>
            {
                commands.Add(command);
                _commandPlaces.Add(place);
            });
        }

        var plot = ImmutableArray.CreateBuilder<string>();
        foreach ((string path, SourceNode value) in reader.List("plot", "[ \"h\", \"v\" ]"))
        {
            if (value.Kind == SourceKind.Text)
            {
                plot.Add(value.Text);
            }
            else
            {
                _context.Fault(value, path, $"a name is expected, but this is {value.Describe()}", "Write the names of variables as texts.");
                plot.Add("");
            }
        }

        return new Experiment { Until = reader.Number("until"), Commands = commands.ToImmutable(), Plot = plot.ToImmutable(), Solver = SolverReader.Read(_context, reader, usual: "auto") };
    }

    private ImmutableArray<string>? ReadStates(ObjectReader mode)
    {
        if (mode.Find("states") is null)
        {
            return null;
        }

        var states = ImmutableArray.CreateBuilder<string>();
        foreach ((string path, SourceNode value) in mode.List("states", "[ \"x\", \"v\" ]"))
        {
            if (value.Kind == SourceKind.Text)
            {
                states.Add(value.Text);
            }
            else
            {
                _context.Fault(value, path, $"a name is expected, but this is {value.Describe()}", "Write the names of states as texts.");
            }
        }

        return states.ToImmutable();
    }

    private ImmutableArray<Invariant> ReadInvariants(ObjectReader mode)
    {
        if (mode.Find("invariant") is not { } node)
        {
            return [];
        }

        string path = mode.PathOf("invariant");
        if (node.Kind != SourceKind.List)
        {
            return _context.Condition(node, path) is { } one ? [new Invariant(one)] : [];
        }

        return [.. node.Items
            .Select((item, i) => _context.Condition(item, FormattableString.Invariant($"{path}[{i}]")))
            .OfType<Condition>()
            .Select(condition => new Invariant(condition))];
    }

    private static Transition ReadTransition(ObjectReader reader)
    {
        string from = reader.RequiredText("from", "\"from\": the name of a mode") ?? "";
        string to = reader.RequiredText("to", "\"to\": the name of a mode") ?? "";
        Condition guard = reader.Condition("guard") ?? Condition.True;
        return new Transition
        {
            Name = reader.Text("name") ?? $"{from}->{to}",
            From = from,
            To = to,
            Label = reader.Text("label"),
            Guard = guard,
            Rule = FiringRuleReader.Read(reader, guard),
            Resets = reader.Assignments("reset"),
            Priority = reader.Expression("priority") ?? Expr.Zero,
            Persistent = reader.Flag("persistent", true),
            External = reader.Flag("external", false),
            FireOnTouch = reader.Flag("fireOnTouch", false),
            Values = reader.Choice("values", "atExecution", "atTrigger") == "atTrigger" ? ResetValues.AtTrigger : ResetValues.AtExecution,
        };
    }
}
