using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Numerics;

namespace HybridControl.Serialization;

/// <summary>Reads distributions: { "normal": [0.8, 0.02] }.</summary>
internal sealed class DistributionReader
{
    private const string Example = "{ \"normal\": [0.8, 0.02] }";

    private readonly ReadingContext _context;
    private readonly string _folder;

    public DistributionReader(ReadingContext context, string folder)
    {
        _context = context;
        _folder = folder;
    }

    /// <summary>Reads an object that holds one distribution under the name of its kind; null with a finding if it does not.</summary>
    /// <param name="node">The object.</param>
    /// <param name="path">Its path.</param>
    /// <param name="known">The properties it may have: all kinds, and perhaps others.</param>
    public Distribution? Read(SourceNode node, string path, ImmutableArray<string> known)
    {
        int before = _context.Report.ErrorCount;
        var reader = ObjectReader.Open(_context, node, path, known, Example);
        if (reader is null)
        {
            return null;
        }

        string[] kinds = [.. node.Properties.Select(property => property.Name).Where(name => PlanProperties.Distribution.Contains(name))];
        if (kinds.Length != 1)
        {
            // An unknown property is most likely the kind, misspelt, and was reported.
            if (kinds.Length > 1 || _context.Report.ErrorCount == before)
            {
                reader.Fault(null, kinds.Length == 0 ? "there is no distribution" : $"there are {kinds.Length} distributions: {string.Join(", ", kinds)}",
                    $"Name one: {Example}.");
            }

            return null;
        }

        return Read(reader, kinds[0]);
    }

    private Distribution? Read(ObjectReader reader, string kind)
    {
        SourceNode node = reader.Find(kind)!;
        string path = reader.PathOf(kind);
        switch (kind)
        {
            case "normal":
                return Parameters(node, path, PlanProperties.Normal) is [var mean, var deviation] ? new Normal(mean, deviation) : null;
            case "lognormal" when node.Properties.Any(property => property.Name is "mean" or "deviation"):
                return Parameters(node, path, PlanProperties.LogNormalMoments) is [var m, var d] ? LogNormal.FromMoments(m, d) : null;
            case "lognormal":
                return Parameters(node, path, PlanProperties.LogNormal) is [var median, var log] ? new LogNormal(median, log) : null;
            case "uniform":
                return Parameters(node, path, PlanProperties.Uniform) is [var low, var high] ? new Uniform(low, high) : null;
            case "triangular":
                return Parameters(node, path, PlanProperties.Triangular) is [var left, var mode, var right] ? new Triangular(left, mode, right) : null;
            case "beta":
                return Parameters(node, path, PlanProperties.Beta, 0.0, 1.0) is [var a, var b, var from, var to] ? new Beta(a, b, from, to) : null;
            case "exponential":
                return Parameters(node, path, PlanProperties.Exponential) is [var wait] ? new Exponential(wait) : null;
            case "discrete":
                return ReadDiscrete(node, path);
            case "empirical":
                return ReadEmpirical(node, path);
            default:
                return ReadGrid(node, path);
        }
    }

    // A list in the order of the names, or an object with them; one number may stand alone. The last ones may have usual values.
    private double[]? Parameters(SourceNode node, string path, ImmutableArray<string> names, params double[] usual)
    {
        int required = names.Length - usual.Length;
        string listed = $"[{string.Join(", ", names)}]";
        switch (node.Kind)
        {
            case SourceKind.Number when required == 1:
                return [node.Number, .. usual];
            case SourceKind.List when _context.Numbers(node, path) is { } numbers:
                if (numbers.Length == required || numbers.Length == names.Length)
                {
                    return [.. numbers, .. usual.Skip(numbers.Length - required)];
                }

                string expected = usual.Length == 0 ? required.ToString(CultureInfo.InvariantCulture) : $"{required} or {names.Length}";
                _context.Fault(node, path, $"{numbers.Length} numbers, but {expected} are expected", $"Write {listed}.");
                return null;
            case SourceKind.List:
                return null;
            case SourceKind.Object:
                ObjectReader reader = ObjectReader.Open(_context, node, path, names, listed)!;
                return [.. names.Select((name, i) => i < required ? reader.RequiredNumber(name) : reader.Number(name) ?? usual[i - required])];
            default:
                _context.Fault(node, path, $"numbers are expected, but this is {node.Describe()}", $"Write {listed}.");
                return null;
        }
    }

    private Discrete? ReadDiscrete(SourceNode node, string path)
    {
        if (node.Kind == SourceKind.List)
        {
            return _context.Numbers(node, path) is { } values ? new Discrete(values) : null;
        }

        var reader = ObjectReader.Open(_context, node, path, PlanProperties.Discrete, "{ \"values\": [1, 2], \"weights\": [0.3, 0.7] }");
        return reader?.RequiredNumbers("values") is { } listed
            ? new Discrete(listed, reader.Find("weights") is { } weights ? _context.Numbers(weights, reader.PathOf("weights")) ?? [] : [])
            : null;
    }

    private Empirical? ReadEmpirical(SourceNode node, string path)
    {
        if (node.Kind == SourceKind.List)
        {
            return _context.Numbers(node, path) is { } listed ? new Empirical(listed) : null;
        }

        const string example = "[1.1, 0.9, 1.0] or { \"file\": \"measured.csv\", \"column\": \"mass\" }";
        var reader = ObjectReader.Open(_context, node, path, PlanProperties.Empirical, example);
        if (reader is null)
        {
            return null;
        }

        bool inFile = reader.Find("file") is not null;
        if (inFile == reader.Find("values") is not null)
        {
            reader.Fault(null, inFile ? "there are both 'file' and 'values'" : "there is neither 'file' nor 'values'", $"Write {example}.");
            return null;
        }

        ImmutableArray<double>? values = inFile ? ReadColumn(reader) : reader.RequiredNumbers("values");
        return values is { } found ? new Empirical(found, reader.Flag("interpolated", true)) : null;
    }

    private ImmutableArray<double>? ReadColumn(ObjectReader reader)
    {
        if (reader.Text("file") is not { } file || reader.RequiredText("column", "\"column\": \"mass\"") is not { } column)
        {
            return null;
        }

        try
        {
            return CsvColumn.Read(Path.Combine(_folder, file), column);
        }
        catch (ModelException fault)
        {
            _context.Report.AddAll(reader.Find("file")!.Offset, fault.Findings);
            return null;
        }
    }

    private GridPoints? ReadGrid(SourceNode node, string path)
    {
        if (node.Kind == SourceKind.List)
        {
            return _context.Numbers(node, path) is { } values ? new GridPoints(values) : null;
        }

        var reader = ObjectReader.Open(_context, node, path, PlanProperties.Grid, "[1, 2, 3] or { \"from\": 0, \"to\": 1, \"count\": 11 }");
        if (reader is null)
        {
            return null;
        }

        double count = reader.RequiredNumber("count");
        if (!(count >= 1.0 && count <= GridTimesBuilder.Most && count == Math.Floor(count)))
        {
            reader.Fault("count", FormattableString.Invariant($"there are {count} points"), $"Give a whole number from 1 to {GridTimesBuilder.Most}.");
            return null;
        }

        return GridPoints.Linear(reader.RequiredNumber("from"), reader.RequiredNumber("to"), (int)count);
    }
}
