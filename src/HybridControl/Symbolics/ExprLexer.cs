using System.Globalization;
using System.Text;

namespace HybridControl.Symbolics;

/// <summary>Cuts a text into tokens, one at a time, so that the first fault in reading order is the one reported.</summary>
internal sealed class ExprLexer
{
    private readonly string _text;
    private int _position;

    public ExprLexer(string text) => _text = text;

    /// <summary>The next token; <see cref="TokenKind.End"/> at the end of the text, again and again.</summary>
    /// <exception cref="ExprParseException">The text goes on with something that is no token.</exception>
    public Token Next()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
        {
            _position++;
        }

        Token token = Read(_position);
        _position = token.End;
        return token;
    }

    private Token Read(int start)
    {
        if (start == _text.Length)
        {
            return new(TokenKind.End, start, 0);
        }

        char c = _text[start];
        char next = start + 1 < _text.Length ? _text[start + 1] : '\0';
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(next)))
        {
            return ReadNumber(start);
        }

        int length = NameSyntax.PlainLength(_text, start);
        if (length > 0)
        {
            return ReadName(start, length);
        }

        return (c, next) switch
        {
            ('*', '*') => throw Fault(start, 2, "'**' is not an operator", "Write powers with '^'."),
            ('<', '>') or ('!', '=') => throw Fault(
                start, 2, $"'{c}{next}' cannot be used", "Use '<' and '>', joined with '|'; for an instant use crosses(a - b)."),
            ('=', '<') => throw Fault(start, 2, "'=<' is not an operator", "Write '<='."),
            ('=', '>') => throw Fault(start, 2, "'=>' is not an operator", "Write '>='."),
            ('=', '=') => throw Fault(start, 2, "'==' cannot be used: equal numbers have no extent in time",
                "Write crosses(a - b) for the instant where a equals b, or compare with '<=' or '>='."),
            ('=', _) => throw Fault(start, 1, "'=' cannot be used here",
                "Compare with '<=' or '>=', or write crosses(a - b) for the instant where a equals b."),
            ('<', '=') => new(TokenKind.LessOrEqual, start, 2),
            ('>', '=') => new(TokenKind.GreaterOrEqual, start, 2),
            ('&', '&') => new(TokenKind.And, start, 2),
            ('|', '|') => new(TokenKind.Or, start, 2),
            ('<', _) => new(TokenKind.Less, start, 1),
            ('>', _) => new(TokenKind.Greater, start, 1),
            ('&', _) => new(TokenKind.And, start, 1),
            ('|', _) => new(TokenKind.Or, start, 1),
            ('!', _) => new(TokenKind.Not, start, 1),
            ('+', _) => new(TokenKind.Plus, start, 1),
            ('-', _) => new(TokenKind.Minus, start, 1),
            ('*', _) => new(TokenKind.Star, start, 1),
            ('/', _) => new(TokenKind.Slash, start, 1),
            ('^', _) => new(TokenKind.Caret, start, 1),
            ('(', _) => new(TokenKind.Open, start, 1),
            (')', _) => new(TokenKind.Close, start, 1),
            (',', _) => new(TokenKind.Comma, start, 1),
            ('\'', _) => ReadQuotedName(start),
            _ => throw Stray(start),
        };
    }

    private Token ReadNumber(int start)
    {
        int end = SkipDigits(start);
        if (end < _text.Length && _text[end] == '.')
        {
            end = SkipDigits(end + 1);
        }

        if (end < _text.Length && _text[end] is 'e' or 'E')
        {
            int digits = end + 1 < _text.Length && _text[end + 1] is '+' or '-' ? end + 2 : end + 1;
            if (digits < _text.Length && char.IsAsciiDigit(_text[digits]))
            {
                end = SkipDigits(digits);
            }
        }

        double value = double.Parse(_text.AsSpan(start, end - start), NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsInfinity(value))
        {
            throw Fault(start, end - start, "the number is too large for double precision",
                "The largest is about 1.8e308; write inf for infinity, or scale the model's units.");
        }

        return new(TokenKind.Number, start, end - start, value);
    }

    private int SkipDigits(int position)
    {
        while (position < _text.Length && char.IsAsciiDigit(_text[position]))
        {
            position++;
        }

        return position;
    }

    private Token ReadName(int start, int length)
    {
        string name = _text.Substring(start, length);
        return name switch
        {
            "and" => new(TokenKind.And, start, length),
            "or" => new(TokenKind.Or, start, length),
            "not" => new(TokenKind.Not, start, length),
            _ => new(TokenKind.Name, start, length, Name: name),
        };
    }

    private Token ReadQuotedName(int start)
    {
        var name = new StringBuilder();
        for (int i = start + 1; i < _text.Length; i++)
        {
            char c = _text[i];
            if (c == '\'')
            {
                return new(TokenKind.QuotedName, start, i + 1 - start, Name: name.ToString());
            }

            if (c == '\\' && i + 1 < _text.Length)
            {
                c = _text[++i];
            }

            name.Append(c);
        }

        throw Fault(start, _text.Length - start, "the quoted name has no end", "Close it with a single quote.");
    }

    private ExprParseException Stray(int start)
    {
        int length = char.IsHighSurrogate(_text[start]) && start + 1 < _text.Length &&
            char.IsLowSurrogate(_text[start + 1]) ? 2 : 1;
        string mend = _text[start] switch
        {
            '%' => "Write remainders as mod(a, b).",
            '?' or ':' => "Write choices as select(condition, a, b).",
            '[' or ']' or '{' or '}' => "Group with parentheses, and write array entries as names: x_1.",
            ';' => "Write one expression only.",
            '"' => "Quote names with single quotes, or write them plain.",
            '.' => "Write decimals like 0.5, and qualified names like tank.level.",
            '\u00D7' or '\u00B7' or '\u22C5' => "Write products with '*'.",
            '\u2212' or '\u2013' => "Write '-', the plain minus sign.",
            '\u2264' => "Write '<='.",
            '\u2265' => "Write '>='.",
            _ => "Remove it, or put a name that contains it in single quotes.",
        };
        string shown = char.IsControl(_text[start]) || (char.IsSurrogate(_text[start]) && length == 1)
            ? FormattableString.Invariant($"U+{(int)_text[start]:X4}")
            : _text.Substring(start, length);
        return Fault(start, length, $"unexpected character '{shown}'", mend);
    }

    private ExprParseException Fault(int start, int length, string what, string mend) =>
        new(_text, new ParseFinding(start, length, what, mend));
}
