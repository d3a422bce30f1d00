using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Requirements;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>Writes a valid plan as JSON. Defaults are left out; small objects stand on one line.</summary>
internal sealed class PlanWriter
{
    private static readonly JavaScriptEncoder Plain = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private readonly EnsemblePlan _plan;
    private readonly Utf8JsonWriter _json;

    private PlanWriter(EnsemblePlan plan, Utf8JsonWriter json)
    {
        _plan = plan;
        _json = json;
    }

    /// <summary>The plan with its model, or with the name of its model's file.</summary>
    public static string Write(EnsemblePlan plan, string? model)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = Plain, NewLine = "\n" }))
        {
            new PlanWriter(plan, json).WritePlan(model);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private void WritePlan(string? model)
    {
        var usual = new EnsemblePlan { Model = _plan.Model, Size = 1, Until = 1.0 };
        _json.WriteStartObject();
        Raw("model", model is null ? ModelFile.Write(_plan.Model).TrimEnd().Replace("\n", "\n  ", StringComparison.Ordinal) : Quote(model));
        Raw("size", _plan.Size.ToString(CultureInfo.InvariantCulture));
        Raw("seed", _plan.Seed.ToString(CultureInfo.InvariantCulture));
        WriteNumber("start", _plan.StartTime, 0.0);
        Raw("until", Number(_plan.Until));
        if (!_plan.Solver.Equals(_plan.Model.Experiment?.Solver ?? usual.Solver))
        {
            Raw("solver", SolverText.Of("solver", _plan.Solver));
        }

        if (!_plan.Values.IsEmpty)
        {
            Raw("values", Values(_plan.Values));
        }

        WriteCommands();
        WriteSection("vary", _plan.Variations, variation => variation.Name, variation => $"{{ {PlanDistributionText.Of(variation.Distribution)} }}");
        if (!_plan.Correlations.IsEmpty)
        {
            WriteList("correlations", _plan.Correlations.Select(pair => $"[{Quote(pair.First)}, {Quote(pair.Second)}, {Number(pair.Coefficient)}]"));
        }

        if (_plan.Design != SamplingDesign.Random)
        {
            _json.WriteString("design", _plan.Design switch
            {
                SamplingDesign.LatinHypercube => "latin-hypercube",
                SamplingDesign.Sobol => "sobol",
                SamplingDesign.Points => "points",
                _ => "grid",
            });
        }

        if (!_plan.Points.IsEmpty)
        {
            WriteList("points", _plan.Points.Chunk(Math.Max(1, _plan.Variations.Length)).Select(PlanDistributionText.Numbers));
        }

        WriteSection("noise", _plan.Noise, noise => noise.Input, noise =>
            $"{{ {PlanDistributionText.Of(noise.Distribution)}, \"every\": {Number(noise.Period)} }}");
        WriteSection("alternatives", _plan.Alternatives, alternative => alternative.Name, alternative => Values(alternative.Values));
        WriteRecording();
        WriteSection("require", _plan.Requirements, requirement => requirement.Name, Text);
        WriteSection("stop", _plan.Stops, stop => stop.Name, stop => Text(stop.Condition));
        WriteNumber("maxSteps", _plan.MaxSteps, usual.MaxSteps);
        WriteNumber("maxJumpsPerInstant", _plan.MaxJumpsPerInstant, usual.MaxJumpsPerInstant);
        WriteNumber("eventTolerance", _plan.EventTolerance, 0.0);
        _json.WriteEndObject();
    }

    private void WriteCommands()
    {
        if (_plan.Commands.AsSpan().SequenceEqual((_plan.Model.Experiment?.Commands ?? []).AsSpan()))
        {
            return;
        }

        WriteList("commands", _plan.Commands.Select(command =>
        {
            string action = command.Label is { } label
                ? $"\"command\": {Quote(label)}"
                : $"\"set\": {{ {Quote(command.Set!)}: {Number(command.Value)} }}";
            return $"{{ \"at\": {Number(command.At)}, {action} }}";
        }));
    }

    private void WriteRecording()
    {
        EnsembleRecording recording = _plan.Recording;
        if (recording.Equals(new EnsembleRecording()))
        {
            return;
        }

        _json.WriteStartObject("record");
        if (Spacing(recording.GridTimes) is { } every)
        {
            Raw("every", Number(every));
        }
        else if (!recording.GridTimes.IsEmpty)
        {
            Raw("times", PlanDistributionText.Numbers(recording.GridTimes));
        }

        WriteExpressions("variables", recording.Grid);
        if (recording.GridMode)
        {
            _json.WriteBoolean("mode", true);
        }

        WriteExpressions("final", recording.Final);
        WriteExpressions("extrema", recording.Extrema);
        WriteSection("passages", recording.Passages, passage => passage.Name, passage => Text(passage.Condition));
        WriteNumber("events", recording.EventSlots, 0.0);
        if (recording.Robustness)
        {
            Raw("robustness", "true");
        }

        _json.WriteEndObject();
    }

    // The spacing that gives just these times, if there is one: as it is, or as somebody would have written it.
    private double? Spacing(ImmutableArray<double> times)
    {
        if (times.Length < 2)
        {
            return null;
        }

        double mean = (times[^1] - times[0]) / (times.Length - 1);
        double written = double.Parse(mean.ToString("G12", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        foreach (double every in new[] { written, mean, times[1] - times[0] })
        {
            if (GridTimesBuilder.Problem(every, _plan.StartTime, _plan.Until) is null &&
                GridTimesBuilder.Times(every, _plan.StartTime, _plan.Until).AsSpan().SequenceEqual(times.AsSpan()))
            {
                return every;
            }
        }

        return null;
    }

    private void WriteExpressions(string name, ImmutableArray<RecordedExpression> records)
    {
        if (!records.IsEmpty)
        {
            WriteList(name, records.Select(record => record.Value.Name == record.Name || record.Value.ToString() == record.Name
                ? Quote(record.Name)
                : $"{{ \"name\": {Quote(record.Name)}, \"expr\": {Text(record.Value)} }}"));
        }
    }

    private void WriteSection<T>(string section, ImmutableArray<T> items, Func<T, string> nameOf, Func<T, string> textOf)
    {
        if (items.IsEmpty)
        {
            return;
        }

        _json.WriteStartObject(section);
        foreach (T item in items)
        {
            Raw(nameOf(item), textOf(item));
        }

        _json.WriteEndObject();
    }

    private void WriteList(string name, IEnumerable<string> items)
    {
        _json.WriteStartArray(name);
        foreach (string item in items)
        {
            _json.WriteRawValue(item);
        }

        _json.WriteEndArray();
    }

    private void WriteNumber(string name, double value, double usual)
    {
        if (value != usual)
        {
            Raw(name, Number(value));
        }
    }

    private void Raw(string name, string value)
    {
        _json.WritePropertyName(name);
        _json.WriteRawValue(value);
    }

    private static string Values(ImmutableDictionary<string, double> values)
    {
        IEnumerable<string> entries = values.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{Quote(entry.Key)}: {Number(entry.Value)}");
        return values.IsEmpty ? "{}" : $"{{ {string.Join(", ", entries)} }}";
    }

    private static string Text(Requirement requirement) => requirement switch
    {
        { Kind: RequirementKind.Always, Condition: { } condition } => $"{{ \"always\": {Text(condition)} }}",
        { Kind: RequirementKind.Eventually, Condition: { } condition } => $"{{ \"eventually\": {Text(condition)} }}",
        { Kind: RequirementKind.AtEnd, Condition: { } condition } => $"{{ \"atEnd\": {Text(condition)} }}",
        _ => $"{{ \"formula\": {Quote(Readable(requirement.Formula.ToString()))} }}",
    };

    private static string Text(Expr expression) => expression.IsConstant ? Number(expression.Value) : Quote(Readable(expression.ToString()));

    private static string Text(Condition condition) => Quote(Readable(condition.ToString()));

    // The printer cuts off where shared subexpressions, written out, would fill the memory.
    private static string Readable(string text) => text.Length <= ExprPrinter.LongestText
        ? text
        : throw new ModelException("plan", "a formula is too long to be written", "Name its shared parts as outputs of the model.");

    private static string Number(double value) => PlanDistributionText.Number(value);

    private static string Quote(string text) => $"\"{Plain.Encode(text)}\"";
}
