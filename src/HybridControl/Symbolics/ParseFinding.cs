namespace HybridControl.Symbolics;

/// <summary>What is wrong with a text, where, and how to mend it.</summary>
/// <param name="Position">Index of the first character concerned; the length of the text where something is missing.</param>
/// <param name="Length">Number of characters concerned; zero where something is missing.</param>
/// <param name="What">What is wrong, without full stop.</param>
/// <param name="Mend">The next thing to try, as sentences.</param>
public sealed record ParseFinding(int Position, int Length, string What, string Mend)
{
    private const int WidestExcerpt = 76;

    /// <summary>What is wrong and how to mend it, in one line.</summary>
    public override string ToString() => OnOneLine($"{What}. {Mend}");

    /// <summary>The finding, then the line of <paramref name="text"/> it is about, with carets below the place.</summary>
    public string Show(string text)
    {
        int position = Math.Clamp(Position, 0, text.Length);
        int lineStart = position == 0 ? 0 : text.LastIndexOf('\n', position - 1) + 1;
        int lineEnd = text.IndexOf('\n', position);
        lineEnd = lineEnd < 0 ? text.Length : lineEnd;

        bool cutLeft = position - lineStart > WidestExcerpt / 2;
        int start = cutLeft ? position - (WidestExcerpt / 2) : lineStart;
        bool cutRight = lineEnd - start > WidestExcerpt;
        int end = cutRight ? start + WidestExcerpt : lineEnd;

        string excerpt = OnOneLine(text[start..end]);
        string before = cutLeft ? "..." : "";
        string after = cutRight ? "..." : "";
        int carets = Math.Max(1, Math.Min(Length, end - position));
        string indent = new(' ', before.Length + position - start);
        return $"{this}\n  {before}{excerpt}{after}\n  {indent}{new string('^', carets)}";
    }

    private static string OnOneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
