using System.Globalization;
using System.Text;
using HybridControl.Symbolics;

namespace HybridControl.Requirements;

/// <summary>Cuts a formula into pieces, just far enough to tell operators of the formula from the conditions between them.</summary>
internal static class FormulaScanner
{
    /// <summary>The words of the language besides those of conditions.</summary>
    public static readonly string[] Words = ["always", "eventually", "until", "implies", "atEnd", "fires", "mode", "not", "and", "or"];

    private static readonly string[] Signs = ["&&", "||", "->", "==", "!=", "<=", ">=", "<>"];

    /// <summary>One piece of text.</summary>
    /// <param name="Kind">What it is.</param>
    /// <param name="Start">Where it starts.</param>
    /// <param name="Length">Its length.</param>
    /// <param name="Text">A sign or name as such, a quoted name without its quotes.</param>
    /// <param name="Number">The value of a number.</param>
    public readonly record struct Piece(PieceKind Kind, int Start, int Length, string Text, double Number = 0.0)
    {
        public int End => Start + Length;

        public bool Is(string sign) => Kind is PieceKind.Sign or PieceKind.Word && Text == sign;
    }

    /// <summary>What a piece is.</summary>
    public enum PieceKind
    {
        Sign,
        Word,
        Name,
        Quoted,
        Number,
        End,
    }

    /// <summary>All pieces, the end included.</summary>
    /// <exception cref="ExprParseException">A quoted name has no end.</exception>
    public static List<Piece> Scan(string text)
    {
        var pieces = new List<Piece>();
        int position = 0;
        while (true)
        {
            while (position < text.Length && char.IsWhiteSpace(text[position]))
            {
                position++;
            }

            if (position == text.Length)
            {
                pieces.Add(new(PieceKind.End, position, 0, ""));
                return pieces;
            }

            Piece piece = Next(text, position);
            pieces.Add(piece);
            position = piece.End;
        }
    }

    private static Piece Next(string text, int start)
    {
        char c = text[start];
        if (c is '"' or '\'')
        {
            return Quoted(text, start);
        }

        int length = NameSyntax.PlainLength(text, start);
        if (length > 0)
        {
            string name = text.Substring(start, length);
            return new(Words.Contains(name) ? PieceKind.Word : PieceKind.Name, start, length, name);
        }

        if (char.IsAsciiDigit(c) || (c == '.' && start + 1 < text.Length && char.IsAsciiDigit(text[start + 1])))
        {
            return Number(text, start);
        }

        foreach (string sign in Signs)
        {
            if (text.AsSpan(start).StartsWith(sign))
            {
                return new(PieceKind.Sign, start, 2, sign);
            }
        }

        return new(PieceKind.Sign, start, 1, c.ToString());
    }

    private static Piece Quoted(string text, int start)
    {
        var name = new StringBuilder();
        for (int i = start + 1; i < text.Length; i++)
        {
            char c = text[i];
            if (c == text[start])
            {
                return new(PieceKind.Quoted, start, i + 1 - start, name.ToString());
            }

            if (c == '\\' && i + 1 < text.Length)
            {
                c = text[++i];
            }

            name.Append(c);
        }

        throw new ExprParseException(text, new(start, text.Length - start, "the quoted name has no end", "Close it with the quote it began with."));
    }

    private static Piece Number(string text, int start)
    {
        int end = start;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.' ||
            (text[end] is 'e' or 'E') || (text[end] is '+' or '-' && text[end - 1] is 'e' or 'E')))
        {
            end++;
        }

        bool read = double.TryParse(text.AsSpan(start, end - start), NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
        return new(PieceKind.Number, start, end - start, text[start..end], read ? value : double.NaN);
    }
}
