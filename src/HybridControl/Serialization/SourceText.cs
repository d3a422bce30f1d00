using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace HybridControl.Serialization;

/// <summary>Reads JSON into values that know their place, and says in plain words what is wrong with the text.</summary>
/// <remarks>
/// Strict JSON (RFC 8259) in UTF-8. Comments, repeated names and numbers that double precision cannot hold are all
/// reported and reading goes on; after any other fault of syntax nothing that follows can be trusted, so it ends there.
/// </remarks>
internal static class SourceText
{
    /// <summary>How deep lists and objects may nest.</summary>
    public const int DeepestNesting = 64;

    /// <summary>The longest model file, in bytes.</summary>
    public const int LongestModel = 64 << 20;

    /// <summary>The longest file of results, in bytes.</summary>
    public const int LongestTable = 1 << 30;

    /// <summary>Reads a file; null, with a finding, if that fails.</summary>
    public static byte[]? ReadFile(string path, SourceReport report, int longest = LongestModel)
    {
        try
        {
            if (Directory.Exists(path))
            {
                report.AddWhole("this is a directory, not a file", "Name a file in it.");
                return null;
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            using var content = new MemoryStream();
            byte[] block = new byte[1 << 16];
            for (int count = file.Read(block); count > 0; count = file.Read(block))
            {
                content.Write(block, 0, count);
                if (content.Length > longest)
                {
                    report.AddWhole($"the file is longer than {longest >> 20} MiB", "Thin its tables, or split it.");
                    return null;
                }
            }

            return content.ToArray();
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            report.AddWhole("there is no such file", "Check the spelling and the working directory.");
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or System.Security.SecurityException)
        {
            report.AddWhole("the file may not be read", "Check its permissions.");
        }
        catch (Exception fault) when (fault is IOException or ArgumentException or NotSupportedException)
        {
            report.AddWhole($"the file cannot be read: {FirstLine(fault.Message)}", "Check the path.");
        }

        return null;
    }

    /// <summary>Reads JSON; null, with a finding, if it is not JSON.</summary>
    public static SourceNode? Parse(ReadOnlySpan<byte> text, SourceReport report)
    {
        report.SetText(text);
        ReadOnlySpan<byte> mark = Encoding.UTF8.Preamble;
        int skipped = text.StartsWith(mark) ? mark.Length : 0;
        if (!CheckEncoding(text, report))
        {
            return null;
        }

        if (text[skipped..].IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            report.AddWhole("the file is empty", $"A {report.Subject.Name} is an object: {report.Subject.Example}.");
            return null;
        }

        var options = new JsonReaderOptions { CommentHandling = JsonCommentHandling.Allow, MaxDepth = DeepestNesting };
        var reader = new Utf8JsonReader(text[skipped..], options);
        try
        {
            Advance(ref reader, skipped, report);
            SourceNode node = Read(ref reader, skipped, "", report);
            Advance(ref reader, skipped, report); // complains about anything that follows
            return node;
        }
        catch (JsonException fault)
        {
            // The reader's first line has no byte order mark, ours has.
            int offset = report.OffsetOf(fault.LineNumber ?? 0, (fault.BytePositionInLine ?? 0) + (fault.LineNumber == 0 ? skipped : 0));
            ReportSyntax(text, Math.Min(offset, text.Length), fault.Message, report);
            return null;
        }
    }

    private static bool Advance(ref Utf8JsonReader reader, int skipped, SourceReport report)
    {
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Comment)
            {
                return true;
            }

            report.AddAt((int)reader.TokenStartIndex + skipped, "JSON has no comments", "Move the remark to \"description\" or \"source\".");
        }

        return false;
    }

    private static SourceNode Read(ref Utf8JsonReader reader, int skipped, string path, SourceReport report)
    {
        int offset = (int)reader.TokenStartIndex + skipped;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, skipped, path, report);
            case JsonTokenType.StartArray:
                var items = ImmutableArray.CreateBuilder<SourceNode>();
                while (Advance(ref reader, skipped, report) && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Read(ref reader, skipped, FormattableString.Invariant($"{path}[{items.Count}]"), report));
                }

                return new(SourceKind.List, offset) { Items = items.ToImmutable() };
            case JsonTokenType.String:
                return new(SourceKind.Text, offset) { Text = TextOf(ref reader, offset, path, report) };
            case JsonTokenType.Number:
                string digits = Encoding.UTF8.GetString(reader.ValueSpan);
                double number = double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
                if (!double.IsFinite(number))
                {
                    report.Add(offset, path, $"the number {SourceNode.Shorten(digits)} is too large for double precision",
                        "The largest is about 1.8e308; scale the model's units.");
                    number = 1.0; // a stand-in, so that the rest can be checked
                }

                return new(SourceKind.Number, offset) { Text = digits, Number = number };
            case JsonTokenType.True or JsonTokenType.False:
                return new(SourceKind.Boolean, offset) { Flag = reader.TokenType == JsonTokenType.True };
            default:
                return new(SourceKind.Null, offset);
        }
    }

    private static SourceNode ReadObject(ref Utf8JsonReader reader, int skipped, string path, SourceReport report)
    {
        int offset = (int)reader.TokenStartIndex + skipped;
        var properties = ImmutableArray.CreateBuilder<SourceProperty>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (Advance(ref reader, skipped, report) && reader.TokenType != JsonTokenType.EndObject)
        {
            int nameOffset = (int)reader.TokenStartIndex + skipped;
            string name = TextOf(ref reader, nameOffset, path, report);
            string inner = path.Length == 0 ? name : $"{path}.{name}";
            Advance(ref reader, skipped, report);
            SourceNode value = Read(ref reader, skipped, inner, report);
            if (names.Add(name))
            {
                properties.Add(new(name, nameOffset, value));
            }
            else
            {
                report.Add(nameOffset, inner, $"'{SourceNode.Shorten(name)}' appears twice in this object", "Remove or rename one of the two.");
            }
        }

        return new(SourceKind.Object, offset) { Properties = properties.ToImmutable() };
    }

    private static string TextOf(ref Utf8JsonReader reader, int offset, string path, SourceReport report)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            report.Add(offset, path, "the text holds half of a surrogate pair", "Write the character itself, or both halves of its escape.");
            return "?";
        }
    }

    /// <summary>Reports bytes that are not UTF-8.</summary>
    public static bool CheckEncoding(ReadOnlySpan<byte> text, SourceReport report)
    {
        if (text.StartsWith(Encoding.Unicode.Preamble) || text.StartsWith(Encoding.BigEndianUnicode.Preamble))
        {
            report.AddWhole("the file is UTF-16", "Save it as UTF-8.");
            return false;
        }

        if (Utf8.IsValid(text))
        {
            return true;
        }

        int offset = 0;
        while (Rune.DecodeFromUtf8(text[offset..], out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            offset += length;
        }

        report.AddAt(offset, FormattableString.Invariant($"the byte 0x{text[offset]:X2} is not UTF-8 here"), "Save the file as UTF-8.");
        return false;
    }

    private static void ReportSyntax(ReadOnlySpan<byte> text, int offset, string message, SourceReport report)
    {
        if (message.Contains("maximum configured depth", StringComparison.Ordinal))
        {
            report.AddAt(offset, $"lists and objects are nested deeper than {DeepestNesting} levels", $"A {report.Subject.Name} needs no more than ten.");
            return;
        }

        int end = offset;
        while (end < text.Length && text[end] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            end++;
        }

        if (end >= text.Length)
        {
            report.AddAt(text.Length, "the text ends in the middle of a value", "Complete it: every { [ \" needs its partner.");
            return;
        }

        Rune.DecodeFromUtf8(text[end..], out Rune rune, out _);
        string shown = Rune.IsControl(rune) ? FormattableString.Invariant($"U+{rune.Value:X4}") : rune.ToString();
        (string what, string mend) = (char)text[end] switch
        {
            '}' or ']' when message.Contains("trailing comma", StringComparison.Ordinal) =>
                ($"a comma stands before '{shown}'", "Remove the comma after the last entry."),
            _ when message.Contains("after a single JSON value", StringComparison.Ordinal) =>
                ($"'{shown}' follows the end of the {report.Subject.Name}", "Remove everything after the last '}'."),
            '\'' => ("a single quote stands where JSON needs a double quote", "Write \"...\"."),
            'N' or 'I' => ("JSON has no NaN and no infinity", "Write a finite number."),
            _ => ($"'{shown}' is not JSON here", MendFor(message)),
        };
        report.AddAt(end, what, mend);
    }

    private static string MendFor(string message) =>
        message.Contains("invalid after a value", StringComparison.Ordinal)
            ? "Put a comma between entries, and close every { and [."
            : message.Contains("after the property name", StringComparison.Ordinal) || message.Contains("Expected a ':'", StringComparison.Ordinal)
                ? "Put a colon between a name and its value."
                : "Names and texts stand in double quotes; line breaks and tabs inside a text are written \\n and \\t.";

    private static string FirstLine(string message) => message.Split('\n')[0].TrimEnd('\r', '.');
}
