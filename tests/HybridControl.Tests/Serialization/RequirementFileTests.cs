using System.Collections.Immutable;
using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Requirements;
using HybridControl.Serialization;
using HybridControl.Tests.Models;
using HybridControl.Tests.Requirements;

namespace HybridControl.Tests.Serialization;

public class RequirementFileTests
{
    [Test]
    public void Requirements_read_back_equal()
    {
        ImmutableArray<Requirement> requirements =
        [
            new("calm \"at\" last", Formula.Parse("eventually(mode == \"calm\" & x > 0)", RandomArcs.Model)),
            new("low", Formula.Parse("always[0, 3](x < 2)", RandomArcs.Model), "No more than two, whatever happens."),
        ];
        Assert.That(RequirementFile.Parse(RequirementFile.Write(requirements), RandomArcs.Model), Is.EqualTo(requirements));
    }

    [Test]
    public void Every_fault_is_named_with_line_and_path()
    {
        const string text = """
            {
              "requirements": {
                "a": "always(z > 0)",
                "b": { "formula": "eventually[2, 1](x > 0)", "why": "" },
                "c": 3
              }
            }
            """;
        ModelException? fault = Assert.Throws<ModelException>(() => RequirementFile.Parse(text, RandomArcs.Model, "spec.json"));
        Assert.That(fault!.Findings, Has.Length.EqualTo(4));
        Assert.That(fault.Message, Does.Contain("spec.json:3, requirements.a: unknown name 'z'")
            .And.Contain("requirements.b.formula: the interval ends at 1 s").And.Contain("unknown property 'why'").And.Contain("requirements.c: a formula is expected"));
        Assert.That(() => RequirementFile.Parse("{}", RandomArcs.Model), Throws.TypeOf<ModelException>());
    }

    [Test]
    public void The_schema_knows_the_properties_of_the_reader()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Repository.At("docs", "requirements.schema.json")));
        JsonElement properties = schema.RootElement.GetProperty("properties");
        Assert.That(properties.EnumerateObject().Select(property => property.Name), Is.EquivalentTo(RequirementFile.FileProperties));
        JsonElement one = properties.GetProperty("requirements").GetProperty("additionalProperties").GetProperty("oneOf")[1].GetProperty("properties");
        Assert.That(one.EnumerateObject().Select(property => property.Name), Is.EquivalentTo(RequirementFile.RequirementProperties));
    }
}
