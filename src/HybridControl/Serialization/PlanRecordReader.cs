using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Requirements;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>Reads what a plan watches: records, requirements and stop rules.</summary>
internal sealed class PlanRecordReader
{
    private readonly ReadingContext _context;
    private readonly HybridAutomaton? _model;
    private readonly double _start;
    private readonly double _until;

    public PlanRecordReader(ReadingContext context, HybridAutomaton? model, double start, double until)
    {
        _context = context;
        _model = model;
        _start = start;
        _until = until;
    }

    public EnsembleRecording ReadRecording(ObjectReader plan)
    {
        if (plan.Find("record") is not { } node ||
            ObjectReader.Open(_context, node, "record", PlanProperties.Record, "{ \"every\": 0.1, \"variables\": [\"y\"] }") is not { } reader)
        {
            return new();
        }

        double events = reader.Number("events") ?? 0.0;
        if (!(Math.Abs(events) <= 1_000_000.0 && events == Math.Floor(events)))
        {
            reader.Fault("events", FormattableString.Invariant($"{events} events"), "Give a whole number up to a million.");
            events = 0.0;
        }

        return new()
        {
            GridTimes = ReadTimes(reader),
            Grid = ReadExpressions(reader, "variables"),
            GridMode = reader.Flag("mode", false),
            Final = ReadExpressions(reader, "final"),
            Extrema = ReadExpressions(reader, "extrema"),
            Passages =
            [
                .. reader.Section("passages", "{ \"landed\": \"y <= 0\" }")
                    .Select(entry => new FirstPassage(entry.Name, Condition(entry.Value, entry.Path))),
            ],
            EventSlots = (int)events,
            Robustness = reader.Flag("robustness", false),
        };
    }

    public ImmutableArray<Requirement> ReadRequirements(ObjectReader plan)
    {
        var requirements = ImmutableArray.CreateBuilder<Requirement>();
        foreach ((string name, string path, SourceNode value) in plan.Section("require", "{ \"dry\": { \"always\": \"y >= 0\" } }"))
        {
            requirements.Add(ReadRequirement(name, path, value));
        }

        return requirements.ToImmutable();
    }

    public ImmutableArray<StopRule> ReadStops(ObjectReader plan) =>
        [.. plan.Section("stop", "{ \"landed\": \"y <= 0\" }").Select(entry => new StopRule(entry.Name, Condition(entry.Value, entry.Path)))];

    private Requirement ReadRequirement(string name, string path, SourceNode value)
    {
        if (value.Kind != SourceKind.Object)
        {
            return new(name, Condition(value, path), RequirementKind.Always);
        }

        ObjectReader reader = ObjectReader.Open(_context, value, path, PlanProperties.Requirement, "")!;
        string[] kinds = [.. PlanProperties.Requirement.Where(kind => reader.Find(kind) is not null)];
        if (kinds.Length != 1)
        {
            if (kinds.Length > 1 || value.Properties.IsEmpty)
            {
                reader.Fault(null, $"a requirement has one of {string.Join(", ", PlanProperties.Requirement)}, but this has {kinds.Length}",
                    "Write { \"always\": \"y >= 0\" }.");
            }

            return new(name, Symbolics.Condition.True, RequirementKind.Always);
        }

        RequirementKind kind = kinds[0] switch
        {
            "eventually" => RequirementKind.Eventually,
            "atEnd" => RequirementKind.AtEnd,
            _ => RequirementKind.Always,
        };
        if (kinds[0] == "formula")
        {
            return new(name, Formula(reader.Find("formula")!, reader.PathOf("formula")));
        }

        return new(name, Condition(reader.Find(kinds[0])!, reader.PathOf(kinds[0])), kind);
    }

    private ImmutableArray<double> ReadTimes(ObjectReader reader)
    {
        if (reader.Find("times") is { } times)
        {
            if (reader.Find("every") is not null)
            {
                reader.Fault("every", "there are both 'every' and 'times'", "Remove one of the two.");
            }

            return _context.Numbers(times, reader.PathOf("times")) ?? [];
        }

        if (reader.Find("every") is null || reader.Number("every") is not { } every)
        {
            return [];
        }

        if (GridTimesBuilder.Problem(every, _start, _until) is { } problem)
        {
            reader.Fault("every", problem, "Give a positive number of seconds between samples.");
            return [];
        }

        return GridTimesBuilder.Times(every, _start, _until);
    }

    private ImmutableArray<RecordedExpression> ReadExpressions(ObjectReader reader, string section)
    {
        var records = ImmutableArray.CreateBuilder<RecordedExpression>();
        foreach ((string path, SourceNode value) in reader.List(section, "[ \"y\", { \"name\": \"energy\", \"expr\": \"m*v^2/2\" } ]"))
        {
            if (value.Kind == SourceKind.Object)
            {
                ObjectReader record = ObjectReader.Open(_context, value, path, PlanProperties.RecordedExpression, "")!;
                string name = record.RequiredText("name", "\"name\": \"energy\"") ?? path;
                SourceNode? expression = record.Required("expr", "\"expr\": \"m*v^2/2\"");
                records.Add(new(name, expression is null ? Expr.Zero : Expression(expression, record.PathOf("expr"))));
            }
            else
            {
                records.Add(new(value.Text.Length == 0 ? path : value.Text, Expression(value, path)));
            }
        }

        return records.ToImmutable();
    }

    // A text that is just a name needs no quotes inside, whatever its characters.
    private Expr Expression(SourceNode node, string path) =>
        _model is null ? Expr.Zero :
        node.Kind == SourceKind.Text && _context.Scope.TryGetName(node.Text, out Expr? variable) ? variable :
        _context.Expression(node, path) ?? Expr.Zero;

    private Condition Condition(SourceNode node, string path) =>
        _model is null ? Symbolics.Condition.True : _context.Condition(node, path) ?? Symbolics.Condition.True;

    private Formula Formula(SourceNode node, string path) =>
        (_model is null ? null : _context.Formula(node, path, _model)) ?? Symbolics.Condition.True;
}
