using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Requirements;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Serialization.Fuzzing;

/// <summary>The readers of this library, with everything in the repository as food.</summary>
internal static class FuzzTargets
{
    private const int CheckBytes = 8;

    private static readonly string ModelFolder = Repository.At("models");
    private static readonly string PlanFolder = Repository.At("models", "plans");

    /// <summary>All of them; made anew, as the corpus of checkpoints needs a few runs.</summary>
    public static FuzzTarget[] All =>
    [
        Expressions(), Conditions(), Models(), Plans(), Specifications(), Checkpoints(sealedAgain: false), Checkpoints(sealedAgain: true),
    ];

    private static IReadOnlyList<byte[]> ModelTexts =>
    [
        .. Repository.Models.Select(File.ReadAllBytes), Encoding.UTF8.GetBytes(ModelFile.Write(EveryFeature.Automaton)),
    ];

    private static FuzzTarget Expressions()
    {
        IExprScope scope = Scope();
        return new("expressions", Formulas(), bytes => ExprParser.TryParseExpression(Text(bytes), scope, out _, out _));
    }

    private static FuzzTarget Conditions()
    {
        IExprScope scope = Scope();
        return new("conditions", Formulas(), bytes => ExprParser.TryParseCondition(Text(bytes), scope, out _, out _));
    }

    private static FuzzTarget Models() => new("models", ModelTexts, bytes => Accepts(() =>
    {
        HybridAutomaton model = ModelFile.Parse(bytes);
        ModelFile.Parse(ModelFile.Write(model)); // what is accepted can be written and read again
    }));

    private static FuzzTarget Plans() => new(
        "plans",
        [.. Directory.EnumerateFiles(PlanFolder, "*.json").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)],
        bytes => Accepts(() => PlanFile.Parse(bytes, folder: PlanFolder)));

    private static FuzzTarget Specifications()
    {
        HybridAutomaton ball = ModelFile.Load(Path.Combine(ModelFolder, "bouncing-ball.json"));
        return new("specifications", [Encoding.UTF8.GetBytes(Specification)], bytes => Accepts(() =>
        {
            ImmutableArray<Requirement> read = RequirementFile.Parse(Text(bytes), ball);
            RequirementFile.Parse(RequirementFile.Write(read), ball);
        }));
    }

    private const string Specification = """
        { "description": "What a ball must meet.", "requirements": {
          "above ground": "always(h >= -0.001)",
          "bounces": { "formula": "eventually[0, 2](v > 4) implies always[1, 3](h < 10 | !(v > 1 & h > 2))", "description": "It comes back." },
          "until": "(h > 0) until[0, inf] (v < -3)",
          "nested": "always[0, 10](mode == \"fall\" implies eventually[0, 2.5](always[0, 0.1](abs(v) > 1e-3)))",
          "fires": "eventually(fires(\"bounce\")) & atEnd(h >= 0)" } }
        """;

    // A damaged file must be refused by its checksum; one with a good checksum by its content, or else go on as a run does.
    private static FuzzTarget Checkpoints(bool sealedAgain)
    {
        Scenario[] scenarios =
        [
            .. new[] { "bouncing-ball", "thermostat", "load-shedding", "automatic-transmission" }
                .Select(name => Scenario.For(ModelFile.Load(Path.Combine(ModelFolder, $"{name}.json")))),
        ];
        var corpus = new List<byte[]>();
        foreach (Scenario scenario in scenarios)
        {
            SimulationRun run = scenario.Start();
            run.AdvanceTo(3.0);
            corpus.Add(RunCheckpoint.From(run.Snapshot()).ToBytes());
        }

        return new(sealedAgain ? "checkpoints with good checksums" : "checkpoints", corpus, bytes => Accepts(() =>
        {
            if (sealedAgain && bytes.Length >= 2 * CheckBytes)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(bytes.Length - CheckBytes), Crc64.Of(bytes.AsSpan(0, bytes.Length - CheckBytes)));
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16 <= bytes.Length - CheckBytes ? 16 : 0), Math.Max(0, bytes.Length - 24 - CheckBytes));
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(bytes.Length - CheckBytes), Crc64.Of(bytes.AsSpan(0, bytes.Length - CheckBytes)));
            }

            var checkpoint = RunCheckpoint.Read(bytes);
            Scenario scenario = scenarios.FirstOrDefault(s => s.Model.Name == checkpoint.Model) ?? scenarios[0];
            checkpoint.Resume(scenario);
        }));
    }

    private static bool Accepts(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (ModelException refusal)
        {
            return refusal.Findings.IsEmpty ? throw new InvalidOperationException("A refusal without findings.", refusal) : false;
        }
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    // Every text value of every model: formulas, and names that are none.
    private static byte[][] Formulas()
    {
        var texts = new List<string>();
        foreach (byte[] model in ModelTexts)
        {
            Collect(JsonDocument.Parse(model).RootElement, texts);
        }

        return [.. texts.Distinct().Where(text => text.Length is > 3 and < 300).Select(Encoding.UTF8.GetBytes)];
    }

    private static void Collect(JsonElement element, List<string> texts)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                texts.Add(element.GetString()!);
                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    Collect(property.Value, texts);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Collect(item, texts);
                }

                break;
            default:
                break;
        }
    }

    private static ExprScope Scope()
    {
        var scope = new ExprScope();
        foreach (string name in new[] { "x", "y", "v", "h", "g", "e", "n", "T", "u", "k", "low", "high", "f", "p", "delta" })
        {
            scope.Add(name, Expr.Variable(VariableKind.State, name));
        }

        return scope;
    }
}
