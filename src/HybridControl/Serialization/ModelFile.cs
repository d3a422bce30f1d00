using System.Text;
using HybridControl.Automata;
using HybridControl.Diagnostics;

namespace HybridControl.Serialization;

/// <summary>Reads and writes model files.</summary>
/// <remarks>
/// The format is JSON, described in <c>docs/model-format.md</c>. Reading reports every fault at once, each with line,
/// path and remedy, and never fails in any other way. What is written reads back to an equal automaton. A network is read
/// as the automaton that it is composed to; <see cref="NetworkFile"/> keeps its components. Thread-safe.
/// </remarks>
public static class ModelFile
{
    /// <summary>Reads a model file.</summary>
    /// <exception cref="ModelException">The file cannot be read or the model has errors; all of them are listed.</exception>
    public static HybridAutomaton Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var report = new SourceReport(path);
        byte[]? content = SourceText.ReadFile(path, report);
        report.ThrowIfErrors();
        return Read(content, report, ModelSources.OfFile(path));
    }

    /// <summary>Reads a model from text.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="name">What messages call the text.</param>
    /// <exception cref="ModelException">The text is not a model, or the model has errors; all of them are listed.</exception>
    public static HybridAutomaton Parse(string text, string name = "model")
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(Encoding.UTF8.GetBytes(text), name);
    }

    /// <summary>Reads a model from UTF-8.</summary>
    /// <exception cref="ModelException">The text is not a model, or the model has errors; all of them are listed.</exception>
    public static HybridAutomaton Parse(ReadOnlySpan<byte> utf8, string name = "model") => Read(utf8, new SourceReport(name), ModelSources.OfText());

    /// <summary>Every finding about a model file, warnings included; none throws.</summary>
    public static IReadOnlyList<Finding> Check(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var report = new SourceReport(path);
        if (SourceText.ReadFile(path, report) is { } content && SourceText.Parse(content, report) is { } root)
        {
            NetworkReader.ReadAny(report, root, ModelSources.OfFile(path));
        }

        return report.Findings;
    }

    /// <summary>Writes a model file.</summary>
    /// <exception cref="ModelException">The model has errors or has no file form, or the file cannot be written.</exception>
    public static void Save(HybridAutomaton automaton, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        TextFile.Write(path, Write(automaton));
    }

    /// <summary>A model as JSON text.</summary>
    /// <exception cref="ModelException">The model has errors, or holds C# delegates, which have no file form.</exception>
    public static string Write(HybridAutomaton automaton)
    {
        AutomatonValidator.ThrowIfInvalid(automaton);
        return ModelWriter.Write(automaton);
    }

    private static HybridAutomaton Read(ReadOnlySpan<byte> content, SourceReport report, ModelSources sources)
    {
        SourceNode? root = SourceText.Parse(content, report);
        HybridAutomaton? automaton = root is null ? null : NetworkReader.ReadAny(report, root, sources);
        report.ThrowIfErrors();
        return automaton!;
    }
}
