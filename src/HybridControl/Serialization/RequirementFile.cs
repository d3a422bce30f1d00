using System.Collections.Immutable;
using System.Text;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Requirements;

namespace HybridControl.Serialization;

/// <summary>Reads and writes requirements of a model: <c>{ "requirements": { "dry": "always(h &lt; 2)" } }</c>.</summary>
/// <remarks>
/// The format is JSON, described in <c>docs/guide/requirements.md</c> and <c>docs/requirements.schema.json</c>. Reading reports every fault at
/// once, each with line, path and remedy. What is written reads back to equal requirements. Thread-safe.
/// </remarks>
public static class RequirementFile
{
    /// <summary>Properties of the file.</summary>
    internal static readonly ImmutableArray<string> FileProperties = ["$schema", "description", "requirements"];

    /// <summary>Properties of one requirement.</summary>
    internal static readonly ImmutableArray<string> RequirementProperties = ["formula", "description"];

    private const string Example = "{ \"requirements\": { \"dry\": \"always(h < 2)\" } }";

    /// <summary>Reads requirements of a model.</summary>
    /// <exception cref="ModelException">The file cannot be read, or has errors; all of them are listed.</exception>
    public static ImmutableArray<Requirement> Load(string path, HybridAutomaton model)
    {
        ArgumentNullException.ThrowIfNull(path);
        SourceReport report = new(path) { Subject = ("specification", Example) };
        byte[]? content = SourceText.ReadFile(path, report);
        report.ThrowIfErrors();
        return Read(content, model, report);
    }

    /// <summary>Reads requirements of a model from text.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="model">The model.</param>
    /// <param name="name">What messages call the text.</param>
    /// <exception cref="ModelException">The text is no specification, or has errors; all of them are listed.</exception>
    public static ImmutableArray<Requirement> Parse(string text, HybridAutomaton model, string name = "specification")
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(Encoding.UTF8.GetBytes(text), model, new(name) { Subject = ("specification", Example) });
    }

    /// <summary>Writes requirements; an existing file is replaced.</summary>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public static void Save(IReadOnlyList<Requirement> requirements, string path) => TextFile.Write(path, Write(requirements));

    /// <summary>Requirements as JSON text.</summary>
    public static string Write(IReadOnlyList<Requirement> requirements)
    {
        ArgumentNullException.ThrowIfNull(requirements);
        var text = new StringBuilder("{\n  \"requirements\": {");
        string before = "\n";
        foreach (Requirement requirement in requirements)
        {
            string formula = Quote(requirement.Formula.ToString());
            text.Append(before).Append("    ").Append(Quote(requirement.Name)).Append(": ").Append(requirement.Description.Length == 0
                ? formula
                : $"{{ \"formula\": {formula}, \"description\": {Quote(requirement.Description)} }}");
            before = ",\n";
        }

        return text.Append("\n  }\n}\n").ToString();
    }

    private static ImmutableArray<Requirement> Read(ReadOnlySpan<byte> content, HybridAutomaton model, SourceReport report)
    {
        ArgumentNullException.ThrowIfNull(model);
        var requirements = ImmutableArray.CreateBuilder<Requirement>();
        var context = new ReadingContext(report);
        if (SourceText.Parse(content, report) is { } root && ObjectReader.Open(context, root, "", FileProperties, Example) is { } reader)
        {
            reader.Text("$schema");
            reader.Text("description");
            if (reader.Required("requirements", "\"requirements\": { \"dry\": \"always(h < 2)\" }") is not null)
            {
                foreach ((string name, string path, SourceNode value) in reader.Section("requirements", "{ \"dry\": \"always(h < 2)\" }"))
                {
                    Add(requirements, context, name, path, value, model);
                }
            }
        }

        report.ThrowIfErrors();
        return requirements.ToImmutable();
    }

    private static void Add(
        ImmutableArray<Requirement>.Builder requirements, ReadingContext context, string name, string path, SourceNode value, HybridAutomaton model)
    {
        if (Declarations.FaultOf(name) is { } fault)
        {
            context.Fault(value, path, fault.What, fault.Mend);
        }

        string description = "";
        if (value.Kind == SourceKind.Object)
        {
            ObjectReader reader = ObjectReader.Open(context, value, path, RequirementProperties, "")!;
            description = reader.Text("description") ?? "";
            path = reader.PathOf("formula");
            if (reader.Required("formula", "\"formula\": \"always(h < 2)\"") is not { } formula)
            {
                return;
            }

            value = formula;
        }

        if (context.Formula(value, path, model) is { } read)
        {
            requirements.Add(new(name, read, description));
        }
    }

    private static string Quote(string text) =>
        $"\"{System.Text.Json.JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
