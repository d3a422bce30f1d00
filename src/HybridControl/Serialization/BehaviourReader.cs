using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>Reads what a model does: modes, transitions, sampled updates and the experiment.</summary>
internal sealed class BehaviourReader
{
    private static readonly string[] RuleNames = ["rule", "after", "command"];

    private readonly ReadingContext _context;
    private readonly ObjectReader _model;
    private readonly List<string> _commandPlaces = [];

    public BehaviourReader(ReadingContext context, ObjectReader model)
    {
        _context = context;
        _model = model;
    }

    /// <summary>How the file calls its transitions and commands.</summary>
    public FindingPlaces Places => new(
        number => FormattableString.Invariant($"transitions[{number}]"), number => _commandPlaces[number]);

    public ImmutableArray<Mode> ReadModes()
    {
        var modes = ImmutableArray.CreateBuilder<Mode>();
        foreach ((string name, string path, SourceNode value) in _model.Section("modes", "{ \"fall\": { \"flow\": { ... } } }"))
        {
            var reader = ObjectReader.Open(_context, value, path, ModelProperties.Mode, "{ \"flow\": { \"h\": \"v\" } }");
            modes.Add(reader is null
                ? new Mode(name, ExprFlow.AtRest, [])
                : new Mode(name, new ExprFlow(reader.Assignments("flow")), ReadInvariants(reader))
                {
                    Diffusion = DiffusionReader.ReadTerms(_context, reader),
                });
        }

        return modes.ToImmutable();
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

        return new Experiment { Until = reader.Number("until"), Commands = commands.ToImmutable(), Plot = plot.ToImmutable(), Solver = SolverReader.Read(_context, reader) };
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
            Guard = guard,
            Rule = ReadRule(reader, guard),
            Resets = reader.Assignments("reset"),
            Priority = reader.Expression("priority") ?? Expr.Zero,
            Persistent = reader.Flag("persistent", true),
            External = reader.Flag("external", false),
            FireOnTouch = reader.Flag("fireOnTouch", false),
            Values = reader.Choice("values", "atExecution", "atTrigger") == "atTrigger" ? ResetValues.AtTrigger : ResetValues.AtExecution,
        };
    }

    private static FiringRule ReadRule(ObjectReader reader, Condition guard)
    {
        string rule = reader.Choice("rule", "urgent", "edge");
        string[] chosen = [.. RuleNames.Where(name => reader.Find(name) is not null)];
        if (chosen.Length > 1)
        {
            reader.Fault(chosen[1], $"a transition fires by one rule, but this one has '{chosen[0]}' and '{chosen[1]}'", "Remove one of the two.");
        }

        Belongs(reader, rule == "edge", "\"rule\": \"edge\"", "direction", "flowOnly", "initialValue");
        Belongs(reader, reader.Find("after") is not null, "\"after\"", "survives");
        if (reader.Find("after") is not null)
        {
            return new AfterRule(reader.Expression("after") ?? Expr.One, reader.Flag("survives", false));
        }

        if (reader.Find("command") is not null)
        {
            return new CommandRule(reader.Text("command") ?? "command");
        }

        string chosenDirection = reader.Choice("direction", "up", "down", "both");
        EdgeDirection direction = reader.Find("direction") is null
            ? EdgeRule.DirectionFor(guard)
            : chosenDirection switch
            {
                "down" => EdgeDirection.Down,
                "both" => EdgeDirection.Both,
                _ => EdgeDirection.Up,
            };
        return rule == "edge"
            ? new EdgeRule(direction, reader.Flag("flowOnly", false), reader.Number("initialValue"))
            : FiringRule.Urgent;
    }

    private static void Belongs(ObjectReader reader, bool fits, string rule, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (!fits && reader.Find(name) is not null)
            {
                reader.Fault(name, $"'{name}' has no meaning here", $"It belongs to transitions with {rule}.");
            }
        }
    }
}
