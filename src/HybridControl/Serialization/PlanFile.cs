using System.Text;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;

namespace HybridControl.Serialization;

/// <summary>Reads and writes plan files: ensembles as data.</summary>
/// <remarks>
/// The format is JSON, described in <c>docs/ensemble-format.md</c>. Reading checks the plan and its model and reports every fault at once, each with line, path
/// and remedy, and never fails in any other way. What is written reads back to an equal plan. Thread-safe.
/// </remarks>
public static class PlanFile
{
    private static readonly (string, string) Subject = ("plan", "{ \"model\": \"ball.json\", \"size\": 1000, \"vary\": { ... } }");

    /// <summary>Reads a plan file. Files that it names are looked for in its own folder.</summary>
    /// <exception cref="ModelException">The file cannot be read or the plan or its model has errors; all of them are listed.</exception>
    public static EnsemblePlan Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        SourceReport report = new(path) { Subject = Subject };
        byte[]? content = SourceText.ReadFile(path, report);
        report.ThrowIfErrors();
        return Read(content, report, FolderOf(path));
    }

    /// <summary>Reads a plan from text.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="name">What messages call the text.</param>
    /// <param name="folder">Where files that it names are looked for; null for the working directory.</param>
    /// <exception cref="ModelException">The text is not a plan, or the plan or its model has errors; all of them are listed.</exception>
    public static EnsemblePlan Parse(string text, string name = "plan", string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(Encoding.UTF8.GetBytes(text), name, folder);
    }

    /// <summary>Reads a plan from UTF-8.</summary>
    /// <exception cref="ModelException">The text is not a plan, or the plan or its model has errors; all of them are listed.</exception>
    public static EnsemblePlan Parse(ReadOnlySpan<byte> utf8, string name = "plan", string? folder = null) =>
        Read(utf8, new SourceReport(name) { Subject = Subject }, folder ?? "");

    /// <summary>Every finding about a plan file, warnings included; none throws.</summary>
    public static IReadOnlyList<Finding> Check(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        SourceReport report = new(path) { Subject = Subject };
        if (SourceText.ReadFile(path, report) is { } content && SourceText.Parse(content, report) is { } root)
        {
            new PlanReader(report, root, FolderOf(path)).Read();
        }

        return report.Findings;
    }

    /// <summary>Writes a plan file.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="path">The file.</param>
    /// <param name="model">The file of the model, seen from the folder of the plan; null to write the model into the plan.</param>
    /// <exception cref="ModelException">The plan has errors or has no file form, or the file cannot be written.</exception>
    public static void Save(EnsemblePlan plan, string path, string? model = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        TextFile.Write(path, Write(plan, model));
    }

    /// <summary>A plan as JSON text.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="model">The file of the model; null to write the model into the text, which then stands for itself.</param>
    /// <exception cref="ModelException">The plan has errors, or holds what has no file form: C# delegates, distributions or solvers of one's own.</exception>
    public static string Write(EnsemblePlan plan, string? model = null)
    {
        PlanValidator.ThrowIfInvalid(plan);
        return PlanWriter.Write(plan, model);
    }

    private static EnsemblePlan Read(ReadOnlySpan<byte> content, SourceReport report, string folder)
    {
        EnsemblePlan? plan = SourceText.Parse(content, report) is { } root ? new PlanReader(report, root, folder).Read() : null;
        report.ThrowIfErrors();
        return plan!;
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(path) ?? "";
}
