using HybridControl.Automata;
using HybridControl.Diagnostics;

namespace HybridControl.Serialization;

/// <summary>The files that a network names: each read once, none outside the folder of the first, none that names itself.</summary>
internal sealed class ModelSources
{
    private const int Deepest = 16;

    private readonly string? _folder;
    private readonly List<string> _open = [];
    private readonly Dictionary<string, HybridAutomaton?> _known;

    private ModelSources(string? folder, Dictionary<string, HybridAutomaton?> known)
    {
        _folder = folder;
        _known = known;
    }

    /// <summary>For a text that is no file: it can name none.</summary>
    public static ModelSources OfText() => new(null, []);

    /// <summary>For a file: it can name files of its folder and below.</summary>
    public static ModelSources OfFile(string path)
    {
        try
        {
            string full = Path.GetFullPath(path);
            var sources = new ModelSources(Path.GetDirectoryName(full), new(StringComparer.Ordinal));
            sources._open.Add(full);
            return sources;
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException or IOException or System.Security.SecurityException)
        {
            return OfText();
        }
    }

    /// <summary>The model of a file that is named at a place of a text; null with findings.</summary>
    /// <param name="context">The reading that names it.</param>
    /// <param name="node">The name, a text.</param>
    /// <param name="path">Its place.</param>
    public HybridAutomaton? Load(ReadingContext context, SourceNode node, string path)
    {
        if (FileOf(node.Text, out (string What, string Mend)? fault) is not { } file)
        {
            context.Fault(node, path, fault!.Value.What, fault.Value.Mend);
            return null;
        }

        if (_known.TryGetValue(file, out HybridAutomaton? known))
        {
            if (known is null)
            {
                context.Fault(node, path, $"the model '{SourceNode.Shorten(node.Text)}' has errors", "They are listed with the component that names it first.");
            }

            return known;
        }

        var report = new SourceReport(Path.Combine(Path.GetRelativePath(Environment.CurrentDirectory, _folder!), node.Text));
        _open.Add(file);
        HybridAutomaton? model = SourceText.ReadFile(file, report) is { } content && SourceText.Parse(content, report) is { } root
            ? NetworkReader.ReadAny(report, root, this)
            : null;
        _open.RemoveAt(_open.Count - 1);
        context.Place(path, node.Offset);
        context.Report.AddAll(node.Offset, report.Findings);
        _known[file] = report.HasErrors ? null : model;
        return _known[file];
    }

    private string? FileOf(string name, out (string What, string Mend)? fault)
    {
        string shown = SourceNode.Shorten(name);
        fault = null;
        if (_folder is null)
        {
            fault = ($"the text names the file '{shown}', but has no folder of its own", "Write the model out, or read the network from a file.");
            return null;
        }

        if (name.Length == 0 || name.Contains('\0') || Path.IsPathRooted(name))
        {
            fault = ($"'{shown}' is no path from the folder of this file", "Name a model file in this folder or below it: \"tank.json\".");
            return null;
        }

        string full = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(_open[^1])!, name));
        if (!full.StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            fault = ($"'{shown}' leads out of the folder of the network", "Keep the models of a network in its folder or below it.");
            return null;
        }

        if (_open.Contains(full))
        {
            fault = ($"'{shown}' contains itself: {string.Join(" -> ", _open.Append(full).Select(Path.GetFileName))}",
                "Break the circle: a network cannot be one of its own components.");
            return null;
        }

        if (_open.Count >= Deepest)
        {
            fault = ($"networks are nested more than {Deepest} deep", "Put their components side by side.");
            return null;
        }

        return full;
    }
}
