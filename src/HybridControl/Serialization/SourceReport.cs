using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Serialization;

/// <summary>Collects findings about a text and puts file, line and path before each.</summary>
internal sealed class SourceReport
{
    private readonly string _name;
    private readonly List<(int Offset, Finding Finding)> _findings = [];
    private int[] _lineStarts = [0];

    public SourceReport(string name) => _name = name;

    /// <summary>What the text is, for messages, with its shortest form.</summary>
    public (string Name, string Example) Subject { get; init; } = ("model", "{ \"name\": ..., \"modes\": { ... } }");

    /// <summary>The path of the part that is being read: it stands before every path that is added.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Whether anything was found that makes the text unusable.</summary>
    public bool HasErrors => _findings.Exists(entry => entry.Finding.Severity == Severity.Error);

    /// <summary>How many findings make the text unusable.</summary>
    public int ErrorCount => _findings.Count(entry => entry.Finding.Severity == Severity.Error);

    /// <summary>The findings in the order of the text.</summary>
    public ImmutableArray<Finding> Findings => [.. _findings.OrderBy(entry => entry.Offset).Select(entry => entry.Finding)];

    /// <summary>Learns where the lines of the text begin.</summary>
    public void SetText(ReadOnlySpan<byte> text)
    {
        var starts = new List<int> { 0 };
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == (byte)'\n')
            {
                starts.Add(i + 1);
            }
        }

        _lineStarts = [.. starts];
    }

    /// <summary>Adds a finding about the value at a path.</summary>
    public void Add(int offset, string path, string what, string mend, Severity severity = Severity.Error)
    {
        (int line, _) = PlaceOf(offset);
        path = Prefix.Length == 0 ? path : path.Length == 0 ? Prefix : $"{Prefix}.{path}";
        string where = path.Length == 0
            ? FormattableString.Invariant($"{_name}:{line}")
            : FormattableString.Invariant($"{_name}:{line}, {path}");
        _findings.Add((offset, new Finding(where, what, mend, severity)));
    }

    /// <summary>Adds what was found in another file that is named at a place of this one.</summary>
    public void AddAll(int offset, IEnumerable<Finding> findings) => _findings.AddRange(findings.Select(finding => (offset, finding)));

    /// <summary>Adds a finding about the characters at a place.</summary>
    public void AddAt(int offset, string what, string mend)
    {
        (int line, int column) = PlaceOf(offset);
        _findings.Add((offset, new Finding(FormattableString.Invariant($"{_name}:{line}:{column}"), what, mend)));
    }

    /// <summary>Adds a finding about the text as a whole.</summary>
    public void AddWhole(string what, string mend) => _findings.Add((0, new Finding(_name, what, mend)));

    /// <summary>Refuses the text if there are errors.</summary>
    /// <exception cref="ModelException">There are errors.</exception>
    public void ThrowIfErrors()
    {
        if (HasErrors)
        {
            throw new ModelException(Findings);
        }
    }

    /// <summary>The byte offset of a line and a byte column, both from zero.</summary>
    public int OffsetOf(long line, long column)
    {
        long start = _lineStarts[(int)Math.Min(line, _lineStarts.Length - 1)];
        return (int)Math.Min(int.MaxValue, start + column);
    }

    private (int Line, int Column) PlaceOf(int offset)
    {
        int line = Array.BinarySearch(_lineStarts, offset);
        line = line < 0 ? ~line - 1 : line;
        return (line + 1, offset - _lineStarts[line] + 1);
    }
}
