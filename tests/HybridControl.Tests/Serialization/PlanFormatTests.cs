using System.Text.Json;
using HybridControl.Ensembles;
using HybridControl.Serialization;

namespace HybridControl.Tests.Serialization;

public sealed class PlanFormatTests
{
    private static readonly JsonElement Definitions =
        JsonDocument.Parse(File.ReadAllText(Repository.At("docs", "ensemble.schema.json"))).RootElement.GetProperty("$defs");

    private static readonly string Guide = File.ReadAllText(Repository.At("docs", "ensemble-format.md"));

    [Test]
    public void The_schema_and_the_reader_know_the_same_properties()
    {
        foreach ((string name, IReadOnlyList<string> properties) in PlanProperties.All.Select(entry => (entry.Name, (IReadOnlyList<string>)entry.Properties)))
        {
            string[] inSchema = [.. Definitions.GetProperty(name).GetProperty("properties").EnumerateObject().Select(property => property.Name)];
            Assert.That(inSchema, Is.EquivalentTo(properties), name);
            Assert.That(Definitions.GetProperty(name).GetProperty("additionalProperties").GetBoolean(), Is.False, name);
        }

        string[] objects = [.. Definitions.EnumerateObject().Where(definition => definition.Value.TryGetProperty("properties", out _)).Select(definition => definition.Name)];
        Assert.That(objects, Is.EquivalentTo(PlanProperties.All.Select(entry => entry.Name)));
    }

    [Test]
    public void References_of_the_schema_lead_somewhere()
    {
        string[] references = [.. References(Definitions)];
        Assert.That(references, Is.Not.Empty);
        foreach (string reference in references)
        {
            JsonElement place = Definitions;
            foreach (string part in reference.Split('/').Skip(2))
            {
                Assert.That(place.TryGetProperty(part, out place), reference);
            }
        }
    }

    [Test]
    public void The_guide_names_every_property()
    {
        IEnumerable<string> all = PlanProperties.All.SelectMany(entry => entry.Properties).Distinct();
        Assert.That(all.Where(property => !Guide.Contains($"`{property}`", StringComparison.Ordinal) &&
            !Guide.Contains($"\"{property}\"", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void The_example_of_the_guide_is_a_plan_that_uses_every_part()
    {
        string example = Guide.Split("```json\n")[1].Split("```")[0];
        EnsemblePlan plan = PlanFile.Parse(example, "ensemble-format.md");
        Assert.That(PlanValidator.Validate(plan), Is.Empty);
        Assert.That(PlanFile.Parse(PlanFile.Write(plan)), Is.EqualTo(plan));
        using JsonDocument document = JsonDocument.Parse(example);
        Assert.That(document.RootElement.EnumerateObject().Select(property => property.Name), Is.EquivalentTo(PlanProperties.Plan.Remove("points")));
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "$ref" ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
