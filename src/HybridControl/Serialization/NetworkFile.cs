using System.Text;
using HybridControl.Automata.Networks;
using HybridControl.Diagnostics;

namespace HybridControl.Serialization;

/// <summary>Reads and writes networks of automata as they are described, component by component.</summary>
/// <remarks>
/// <see cref="ModelFile.Load"/> reads the same files and composes them. What is written holds its models in itself and
/// reads back to an equal network. Thread-safe.
/// </remarks>
public static class NetworkFile
{
    /// <summary>Reads a network file; models that it names are sought in its folder and below.</summary>
    /// <exception cref="ModelException">The file cannot be read or the network has errors; all of them are listed.</exception>
    public static AutomatonNetwork Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var report = new SourceReport(path);
        byte[]? content = SourceText.ReadFile(path, report);
        report.ThrowIfErrors();
        return Read(content, report, ModelSources.OfFile(path));
    }

    /// <summary>Reads a network from text, which holds its models in itself.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="name">What messages call the text.</param>
    /// <exception cref="ModelException">The text is not a network, or the network has errors; all of them are listed.</exception>
    public static AutomatonNetwork Parse(string text, string name = "network")
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(Encoding.UTF8.GetBytes(text), new SourceReport(name), ModelSources.OfText());
    }

    /// <summary>Writes a network file.</summary>
    /// <exception cref="ModelException">The network has errors or no file form, or the file cannot be written.</exception>
    public static void Save(AutomatonNetwork network, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        TextFile.Write(path, Write(network));
    }

    /// <summary>A network as JSON text.</summary>
    /// <exception cref="ModelException">The network has errors, or holds C# delegates, which have no file form.</exception>
    public static string Write(AutomatonNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        network.Compose();
        return NetworkWriter.Write(network);
    }

    private static AutomatonNetwork Read(ReadOnlySpan<byte> content, SourceReport report, ModelSources sources)
    {
        SourceNode? root = SourceText.Parse(content, report);
        AutomatonNetwork? network = root is null ? null : NetworkReader.Read(report, root, sources);
        report.ThrowIfErrors();
        return network!;
    }
}
