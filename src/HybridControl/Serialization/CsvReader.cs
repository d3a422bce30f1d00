using System.Globalization;
using System.Text;
using HybridControl.Diagnostics;

namespace HybridControl.Serialization;

/// <summary>Reads comma-separated values (RFC 4180): fields in double quotes may hold commas, quotes and line breaks.</summary>
/// <remarks>Every complaint names file, line and column; columns count fields from one.</remarks>
internal sealed class CsvReader
{
    private readonly string _name;
    private readonly string _text;
    private readonly List<string> _fields = [];
    private int _position;
    private int _nextLine = 1;

    private CsvReader(string name, string text)
    {
        _name = name;
        _text = text;
    }

    /// <summary>The fields of the current row.</summary>
    public IReadOnlyList<string> Fields => _fields;

    /// <summary>The line on which the current row begins.</summary>
    public int Line { get; private set; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="ModelException">The file cannot be read or is not UTF-8.</exception>
    public static CsvReader Open(string path)
    {
        var report = new SourceReport(path);
        byte[]? content = SourceText.ReadFile(path, report, SourceText.LongestTable);
        if (content is not null)
        {
            report.SetText(content);
            SourceText.CheckEncoding(content, report);
        }

        report.ThrowIfErrors();
        ReadOnlySpan<byte> text = content;
        return new CsvReader(path, Encoding.UTF8.GetString(text.StartsWith(Encoding.UTF8.Preamble) ? text[3..] : text));
    }

    /// <summary>Reads the first row, which must begin with the given names.</summary>
    public void ReadHeader(params ReadOnlySpan<string> names)
    {
        string expected = string.Join(',', names);
        if (!Read())
        {
            throw new ModelException(_name, "the file is empty", $"A table begins with the header {expected}.");
        }

        for (int i = 0; i < names.Length; i++)
        {
            if (i >= _fields.Count || _fields[i] != names[i])
            {
                throw Fault(i, i < _fields.Count ? $"the header is '{SourceNode.Shorten(_fields[i])}'" : "the header is missing",
                    $"It must be '{names[i]}': a table begins with {expected}.");
            }
        }
    }

    /// <summary>Reads the next row; false at the end. Empty lines are skipped.</summary>
    public bool Read()
    {
        do
        {
            if (_position >= _text.Length)
            {
                return false;
            }

            Line = _nextLine;
            _fields.Clear();
            while (ReadField())
            {
                // Each field ends with a comma but the last.
            }
        }
        while (_fields is [""]);
        return true;
    }

    /// <summary>A field of the current row as a number.</summary>
    public double Number(int column)
    {
        string text = _fields[column].Trim();
        return text switch
        {
            _ when text.Equals("nan", StringComparison.OrdinalIgnoreCase) => double.NaN, // NumPy and R write nan and NaN
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) => value,
            _ => throw Fault(column, $"'{SourceNode.Shorten(text)}' is not a number", "Write numbers like 0.5 or 1e-3, with a point."),
        };
    }

    /// <summary>A field of the current row as a count.</summary>
    public int Count(int column) =>
        int.TryParse(_fields[column], NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw Fault(column, $"'{SourceNode.Shorten(_fields[column])}' is not a jump index", "Write 0, 1, 2, ...");

    /// <summary>Refuses a row of another length.</summary>
    public void Expect(int fields)
    {
        if (_fields.Count != fields)
        {
            throw Fault(Math.Min(_fields.Count, fields), $"the row has {_fields.Count} fields, the header has {fields}",
                "Give every row a field for each column, and quote fields that hold commas.");
        }
    }

    /// <summary>A complaint about a field of the current row.</summary>
    public ModelException Fault(int column, string what, string mend) =>
        new(FormattableString.Invariant($"{_name}:{Line}, column {column + 1}"), what, mend);

    /// <summary>A field as text: in quotes where it holds commas, quotes or line breaks, or could be taken for an empty row.</summary>
    public static string Quote(string field) =>
        field.Length == 0 || field.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    // True if a comma follows, so that the row has another field.
    private bool ReadField()
    {
        if (_position < _text.Length && _text[_position] == '"')
        {
            ReadQuoted();
        }
        else
        {
            int length = _text.AsSpan(_position).IndexOfAny(",\r\n");
            length = length < 0 ? _text.Length - _position : length;
            string field = _text.Substring(_position, length);
            _fields.Add(field);
            if (field.Contains('"', StringComparison.Ordinal))
            {
                throw Fault(_fields.Count - 1, "a quote stands inside a field", "Put the whole field in quotes, and double the quotes inside.");
            }

            _position += length;
        }

        if (_position >= _text.Length)
        {
            return false;
        }

        char end = _text[_position++];
        if (end == ',')
        {
            return true;
        }

        if (end == '\r' && _position < _text.Length && _text[_position] == '\n')
        {
            _position++;
        }

        _nextLine++;
        return false;
    }

    private void ReadQuoted()
    {
        var field = new StringBuilder();
        for (_position++; _position < _text.Length; _position++)
        {
            char c = _text[_position];
            if (c != '"')
            {
                _nextLine += c == '\n' ? 1 : 0;
                field.Append(c);
            }
            else if (_position + 1 < _text.Length && _text[_position + 1] == '"')
            {
                field.Append('"');
                _position++;
            }
            else
            {
                _position++;
                _fields.Add(field.ToString());
                if (_position < _text.Length && _text[_position] is not (',' or '\r' or '\n'))
                {
                    throw Fault(_fields.Count - 1, "text follows a quoted field", "Double the quotes inside a field.");
                }

                return;
            }
        }

        throw Fault(_fields.Count, "the quoted field has no end", "Close it with a double quote.");
    }
}
