using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>Makes a plan of the JSON of a plan file.</summary>
/// <remarks>
/// Where a part is faulty a stand-in takes its place, so that everything else is still checked. Without a model nothing that needs its names is.
/// </remarks>
internal sealed class PlanReader
{
    private readonly SourceReport _report;
    private readonly SourceNode _root;
    private readonly string _folder;
    private readonly ReadingContext _context;
    private readonly DistributionReader _distributions;
    private readonly List<string> _commandPlaces = [];

    /// <summary>Prepares to read.</summary>
    /// <param name="report">Receives the findings.</param>
    /// <param name="root">The text.</param>
    /// <param name="folder">Where the files that the plan names are looked for.</param>
    public PlanReader(SourceReport report, SourceNode root, string folder)
    {
        _report = report;
        _root = root;
        _folder = folder;
        _context = new(report);
        _distributions = new(_context, folder);
    }

    /// <summary>The plan; null if it has no model. All findings are in the report.</summary>
    public EnsemblePlan? Read()
    {
        var reader = ObjectReader.Open(_context, _root, "", PlanProperties.Plan, _report.Subject.Example);
        if (reader is null)
        {
            return null;
        }

        reader.Text("$schema");
        reader.Text("description");
        HybridAutomaton? model = ReadModel(reader);
        SamplingDesign design = reader.Choice("design", "random", "latin-hypercube", "sobol", "grid", "points") switch
        {
            "latin-hypercube" => SamplingDesign.LatinHypercube,
            "sobol" => SamplingDesign.Sobol,
            "grid" => SamplingDesign.Grid,
            "points" => SamplingDesign.Points,
            _ => SamplingDesign.Random,
        };
        long size = Whole(reader, "size", design is SamplingDesign.Grid or SamplingDesign.Points ? 0 : null, "\"size\": 1000");
        double start = reader.Number("start") ?? 0.0;
        double until = reader.Number("until") ?? model?.Experiment?.Until ?? start + 1.0;
        if (reader.Find("until") is null && model is { Experiment: null or { Until: null } })
        {
            reader.Fault("until", "there is no end time, and the model suggests none", "Add \"until\": 10.");
        }

        var records = new PlanRecordReader(_context, model, start, until);
        EnsemblePlan plan = new()
        {
            Model = model ?? Empty,
            Size = size,
            Until = until,
            StartTime = start,
            Seed = ReadSeed(reader),
            Solver = SolverReader.Read(_context, reader, usual: "dp5") ?? PlanSolver.Of(model),
            Values = ReadValues(reader.Section("values", "{ \"g\": 1.62 }")),
            Commands = ReadCommands(reader, model),
            Variations = [.. ReadVariations(reader)],
            Correlations = [.. ReadCorrelations(reader)],
            Design = design,
            Points = ReadPoints(reader),
            Noise = [.. ReadNoise(reader)],
            Alternatives = [.. ReadAlternatives(reader)],
            Recording = records.ReadRecording(reader),
            Requirements = records.ReadRequirements(reader),
            Stops = records.ReadStops(reader),
            MaxSteps = Whole(reader, "maxSteps", 1_000_000),
            MaxJumpsPerInstant = (int)Math.Clamp(Whole(reader, "maxJumpsPerInstant", 100), int.MinValue, int.MaxValue),
            EventTolerance = reader.Number("eventTolerance") ?? 0.0,
        };
        if (model is null)
        {
            return null;
        }

        bool sound = !_report.HasErrors;
        foreach (Finding finding in PlanValidator.Validate(plan))
        {
            // Stand-ins make warnings unreliable.
            if (sound || finding.Severity == Severity.Error)
            {
                _context.AddValidated(finding with { Where = PlaceOf(finding.Where) });
            }
        }

        return plan;
    }

    private static HybridAutomaton Empty { get; } = new() { Name = "none", InitialMode = "none" };

    private HybridAutomaton? ReadModel(ObjectReader reader)
    {
        HybridAutomaton? model = null;
        if (reader.Required("model", "\"model\": \"ball.json\"") is { } node)
        {
            model = node.Kind switch
            {
                SourceKind.Text => ReadModelFile(node),
                SourceKind.Object => ReadInlineModel(node),
                _ => null,
            };
            if (node.Kind is not (SourceKind.Text or SourceKind.Object))
            {
                _context.Fault(node, "model", $"a file or a model is expected, but this is {node.Describe()}", "Write \"model\": \"ball.json\".");
            }
        }

        if (model is not null)
        {
            Declare(model);
        }

        return model;
    }

    private HybridAutomaton? ReadModelFile(SourceNode node)
    {
        try
        {
            return ModelFile.Load(Path.Combine(_folder, node.Text));
        }
        catch (ModelException fault)
        {
            _report.AddAll(node.Offset, fault.Findings);
            return null;
        }
    }

    private HybridAutomaton? ReadInlineModel(SourceNode node)
    {
        int before = _report.ErrorCount;
        _report.Prefix = "model";
        HybridAutomaton? model = NetworkReader.ReadAny(_report, node, ModelSources.OfText());
        _report.Prefix = "";
        return _report.ErrorCount == before ? model : null;
    }

    private void Declare(HybridAutomaton model)
    {
        ModelScope scope = _context.Scope;
        (VariableKind Kind, IEnumerable<string> Names)[] variables =
        [
            (VariableKind.Parameter, model.Parameters.Select(parameter => parameter.Name)),
            (VariableKind.State, model.States.Select(state => state.Name)),
            (VariableKind.Discrete, model.Discretes.Select(discrete => discrete.Name)),
            (VariableKind.Input, model.Inputs.Select(input => input.Name)),
        ];
        foreach (DiscreteVariable discrete in model.Discretes.Where(discrete => discrete.Type == DiscreteType.Boolean))
        {
            scope.AddBoolean(discrete.Name);
        }

        foreach ((VariableKind kind, IEnumerable<string> names) in variables)
        {
            foreach (string name in names)
            {
                scope.Add(kind, name);
            }
        }

        foreach (Numerics.LookupTable table in model.Tables)
        {
            scope.Add(table);
        }

        foreach (Output output in model.Outputs)
        {
            scope.Announce(output.Name);
            scope.Define(output.Name, output.Definition);
        }
    }

    private ulong ReadSeed(ObjectReader reader)
    {
        if (reader.Find("seed") is not { } node)
        {
            return 1;
        }

        if (node.Kind == SourceKind.Number && ulong.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
        {
            return seed;
        }

        _context.Fault(node, "seed", $"a seed is expected, but this is {node.Describe()}", $"Write a whole number from 0 to {ulong.MaxValue}.");
        return 1;
    }

    // A number without a fraction that double precision holds; one hundred thousand may be written 1e5.
    private static long Whole(ObjectReader reader, string name, long? usual, string example = "")
    {
        if ((usual is null ? reader.Required(name, example) : reader.Find(name)) is null || reader.Number(name) is not { } number)
        {
            return usual ?? 1;
        }

        if (number == Math.Floor(number) && Math.Abs(number) <= 1L << 53)
        {
            return (long)number;
        }

        reader.Fault(name, FormattableString.Invariant($"the number {number} is not whole, or too large"), "Write a whole number.");
        return usual ?? 1;
    }

    private ImmutableDictionary<string, double> ReadValues(IEnumerable<(string Name, string Path, SourceNode Value)> entries)
    {
        var values = ImmutableDictionary.CreateBuilder<string, double>();
        foreach ((string name, string path, SourceNode value) in entries)
        {
            if (value.Kind != SourceKind.Number)
            {
                _context.Fault(value, path, $"a number is expected, but this is {value.Describe()}", "Write a plain number, without quotes.");
            }

            values[name] = value.Number;
        }

        return values.ToImmutable();
    }

    private ImmutableArray<TimedCommand> ReadCommands(ObjectReader reader, HybridAutomaton? model)
    {
        if (reader.Find("commands") is null)
        {
            return model?.Experiment?.Commands ?? [];
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

        return commands.ToImmutable();
    }

    private IEnumerable<Variation> ReadVariations(ObjectReader reader)
    {
        foreach ((string name, string path, SourceNode value) in reader.Section("vary", "{ \"e\": { \"normal\": [0.8, 0.02] } }"))
        {
            if (_distributions.Read(value, path, PlanProperties.Distribution) is { } distribution)
            {
                yield return new(name, distribution);
            }
            else
            {
                yield return new(name, new GridPoints([0.0])); // fits any design
            }
        }
    }

    private ImmutableArray<double> ReadPoints(ObjectReader reader)
    {
        var points = ImmutableArray.CreateBuilder<double>();
        int? width = null;
        foreach ((string path, SourceNode value) in reader.List("points", "[ [0.8, 10], [0.9, 11] ]"))
        {
            ImmutableArray<double> row = _context.Numbers(value, path) ?? [];
            width ??= row.Length;
            if (row.Length != width && value.Kind == SourceKind.List)
            {
                _context.Fault(value, path, $"the row has {row.Length} values, the first has {width}", "Give each row a value for each variation.");
            }

            points.AddRange(row);
        }

        return points.ToImmutable();
    }

    private IEnumerable<NoiseInput> ReadNoise(ObjectReader plan)
    {
        foreach ((string name, string path, SourceNode value) in plan.Section("noise", "{ \"gust\": { \"normal\": [0, 1], \"every\": 0.1 } }"))
        {
            Distribution? distribution = _distributions.Read(value, path, PlanProperties.Noise);
            double period = value.Kind == SourceKind.Object ? ObjectReader.Open(_context, value, path, "")!.RequiredNumber("every") : 1.0;
            yield return new(name, distribution ?? new Normal(0.0, 1.0), period);
        }
    }

    private IEnumerable<Correlation> ReadCorrelations(ObjectReader reader)
    {
        foreach ((string path, SourceNode value) in reader.List("correlations", "[ [\"a\", \"b\", 0.5] ]"))
        {
            if (value.Items is [{ Kind: SourceKind.Text } first, { Kind: SourceKind.Text } second, { Kind: SourceKind.Number } coefficient])
            {
                yield return new(first.Text, second.Text, coefficient.Number);
            }
            else
            {
                _context.Fault(value, path, "a correlation is two names and a number", "Write [\"a\", \"b\", 0.5].");
            }
        }
    }

    private IEnumerable<Alternative> ReadAlternatives(ObjectReader reader)
    {
        const string example = "{ \"with damper\": { \"d\": 0.2 }, \"without\": { \"d\": 0 } }";
        foreach ((string name, string path, SourceNode value) in reader.Section("alternatives", example))
        {
            ImmutableDictionary<string, double> values = ObjectReader.Open(_context, value, path, "{ \"d\": 0.2 }") is { } alternative
                ? ReadValues(alternative.Entries())
                : ImmutableDictionary<string, double>.Empty;
            yield return new(name, values);
        }
    }

    // An entry that sets several variables is several commands.
    private string PlaceOf(string where) =>
        where.StartsWith("commands[", StringComparison.Ordinal) && int.TryParse(where["commands[".Length..^1], out int number) && number < _commandPlaces.Count
            ? _commandPlaces[number]
            : where;
}
