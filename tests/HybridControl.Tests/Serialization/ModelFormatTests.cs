using System.Text.Json;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Serialization;

namespace HybridControl.Tests.Serialization;

public sealed class ModelFormatTests
{
    private static readonly JsonElement Schema =
        JsonDocument.Parse(File.ReadAllText(Repository.At("docs", "model.schema.json"))).RootElement;

    private static readonly string Guide = File.ReadAllText(Repository.At("docs", "model-format.md"));

    [Test]
    public void The_schema_and_the_reader_know_the_same_properties()
    {
        JsonElement definitions = Schema.GetProperty("$defs");
        foreach ((string name, IReadOnlyList<string> properties) in ModelProperties.All.Select(entry => (entry.Name, (IReadOnlyList<string>)entry.Properties)))
        {
            string[] inSchema = [.. definitions.GetProperty(name).GetProperty("properties").EnumerateObject().Select(property => property.Name)];
            Assert.That(inSchema, Is.EquivalentTo(properties), name);
            Assert.That(definitions.GetProperty(name).GetProperty("additionalProperties").GetBoolean(), Is.False, name);
        }

        string[] objects = [.. definitions.EnumerateObject().Where(definition => definition.Value.TryGetProperty("properties", out _)).Select(definition => definition.Name)];
        Assert.That(objects, Is.EquivalentTo(ModelProperties.All.Select(entry => entry.Name)));
    }

    [Test]
    public void What_the_schema_requires_the_reader_requires()
    {
        // Every file that lacks a required property is refused by name.
        string[] texts =
        [
            "{}",
            "{ \"components\": { \"c\": {} } }",
            "{ \"name\": \"n\", \"modes\": { \"m\": {} }, \"parameters\": { \"p\": {} }, \"tables\": { \"T\": {} }, \"outputs\": { \"o\": {} }, \"inputs\": { \"a\": {}, \"b\": { \"signal\": \"step\" }, \"c\": { \"signal\": \"ramp\" }, \"d\": { \"signal\": \"sine\" }, \"e\": { \"signal\": \"table\" } }, \"transitions\": [ {} ], \"sampled\": { \"s\": {} }, \"sliding\": [ {} ], \"zeno\": {}, \"experiment\": { \"commands\": [ {} ] }, \"estimation\": { \"sensors\": { \"z\": {} }, \"correlations\": [ {} ], \"switching\": [ {} ] } }",
        ];
        string[] missing = [.. texts
            .SelectMany(text => Assert.Throws<ModelException>(() => ModelFile.Parse(text))!.Findings)
            .Where(finding => finding.What.EndsWith("is missing", StringComparison.Ordinal))
            .Select(finding => finding.What.Split('\'')[1])];
        string[] required = [.. Schema.GetProperty("$defs").EnumerateObject()
            .Where(definition => definition.Value.TryGetProperty("required", out _))
            .SelectMany(definition => definition.Value.GetProperty("required").EnumerateArray().Select(name => name.GetString()!))
            .Where(name => name is not ("signal" or "components"))]; // choose the signal and the network, so they are there
        Assert.That(missing, Is.EquivalentTo(required));
    }

    [TestCaseSource(nameof(Documents))]
    public void Documents_hold_properties_of_the_schema_only(string name)
    {
        using JsonDocument document = JsonDocument.Parse(TextOf(name));
        var unknown = new List<string>();
        Compare(document.RootElement, Schema, name, unknown);
        Assert.That(unknown, Is.Empty);
    }

    [Test]
    public void The_example_of_the_guide_is_a_model_without_findings()
    {
        HybridAutomaton tank = ModelFile.Parse(Example(), "model-format.md");
        Assert.That(AutomatonValidator.Validate(tank), Is.Empty);
        Assert.That(ModelFile.Parse(ModelFile.Write(tank)), Is.EqualTo(tank));
    }

    [Test]
    public void The_guide_names_every_property()
    {
        IEnumerable<string> all = ModelProperties.All.SelectMany(entry => entry.Properties).Distinct();
        Assert.That(all.Where(property => !Guide.Contains($"`{property}`", StringComparison.Ordinal) &&
            !Guide.Contains($"\"{property}\"", StringComparison.Ordinal)), Is.Empty);
    }

    private static IEnumerable<string> Documents() => Repository.Models.Append("guide").Append("every feature").Append("every equation");

    private static string TextOf(string document) => document switch
    {
        "guide" => Example(),
        "every feature" => ModelFile.Write(EveryFeature.Automaton),
        "every equation" => ModelFile.Write(EveryFeature.Implicit),
        _ => File.ReadAllText(document),
    };

    private static string Example() => Guide.Split("```json\n")[1].Split("```")[0];

    // Just enough of JSON Schema for ours: $ref, anyOf, const, enum, type, properties, additionalProperties, items.
    private static bool Compare(JsonElement value, JsonElement schema, string path, List<string> faults)
    {
        int before = faults.Count;
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            string name = reference.GetString()!.Split('/')[^1];
            Compare(value, Schema.GetProperty("$defs").GetProperty(name), path, faults);
        }

        if (schema.TryGetProperty("anyOf", out JsonElement choices) &&
            !choices.EnumerateArray().Any(choice => Compare(value, choice, path, [])))
        {
            faults.Add($"{path}: {value} fits no choice");
        }

        if (schema.TryGetProperty("const", out JsonElement only) && value.ToString() != only.ToString())
        {
            faults.Add($"{path}: not {only}");
        }

        if (schema.TryGetProperty("enum", out JsonElement words) && words.EnumerateArray().All(word => word.ToString() != value.ToString()))
        {
            faults.Add($"{path}: {value} is not one of the words");
        }

        if (schema.TryGetProperty("type", out JsonElement type))
        {
            string kind = value.ValueKind is JsonValueKind.True or JsonValueKind.False ? "boolean" : value.ValueKind.ToString();
            string[] types = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : [type.GetString()!];
            if (!types.Contains(kind, StringComparer.OrdinalIgnoreCase))
            {
                faults.Add($"{path}: {kind} is not {type}");
            }
        }

        if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out _))
        {
            foreach (JsonProperty property in value.EnumerateObject())
            {
                string inner = $"{path}.{property.Name}";
                if (schema.TryGetProperty("properties", out JsonElement known) && known.TryGetProperty(property.Name, out JsonElement one))
                {
                    Compare(property.Value, one, inner, faults);
                }
                else if (!schema.TryGetProperty("additionalProperties", out JsonElement others) || others.ValueKind == JsonValueKind.False)
                {
                    faults.Add($"{inner}: unknown");
                }
                else
                {
                    Compare(property.Value, others, inner, faults);
                }
            }

            if (schema.TryGetProperty("required", out JsonElement required))
            {
                faults.AddRange(required.EnumerateArray().Select(name => name.GetString()!)
                    .Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{path}: lacks {name}"));
            }
        }

        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out JsonElement items))
        {
            foreach (JsonElement item in value.EnumerateArray())
            {
                Compare(item, items, path, faults);
            }
        }

        return faults.Count == before;
    }
}
