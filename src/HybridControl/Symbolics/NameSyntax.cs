using System.Text;

namespace HybridControl.Symbolics;

/// <summary>How names stand in text: plain where they can, else in single quotes.</summary>
/// <remarks>
/// A plain name is a letter or underscore, then letters, digits and underscores; points join plain names
/// (<c>tank.level</c>). Any other name, and a reserved word used as a name, is quoted: <c>'T ambient'</c>, with
/// <c>\'</c> and <c>\\</c> inside.
/// </remarks>
internal static class NameSyntax
{
    /// <summary>Words with a meaning of their own.</summary>
    public static readonly IReadOnlySet<string> Reserved = new HashSet<string>(StringComparer.Ordinal)
    {
        "t", "pi", "inf", "nan", "true", "false", "and", "or", "not", "select", "crosses", "slope", "linear",
    };

    public static string Write(string name)
    {
        if (name.Length > 0 && PlainLength(name, 0) == name.Length && !ExprParser.IsReserved(name))
        {
            return name;
        }

        var text = new StringBuilder("'");
        foreach (char c in name)
        {
            if (c is '\'' or '\\')
            {
                text.Append('\\');
            }

            text.Append(c);
        }

        return text.Append('\'').ToString();
    }

    /// <summary>The length of the plain name that starts at <paramref name="start"/>; 0 if none does.</summary>
    public static int PlainLength(string text, int start)
    {
        int end = start;
        while (end < text.Length && IsStart(text[end]))
        {
            while (end < text.Length && (IsStart(text[end]) || char.IsDigit(text[end])))
            {
                end++;
            }

            if (end + 1 >= text.Length || text[end] != '.' || !IsStart(text[end + 1]))
            {
                break;
            }

            end++;
        }

        return end - start;
    }

    private static bool IsStart(char c) => char.IsLetter(c) || c == '_';
}
