using HybridControl.Automata;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using static HybridControl.Requirements.FormulaScanner;

namespace HybridControl.Requirements;

/// <summary>One reading of one formula: recursive descent, loosest operator first; conditions go to <see cref="ExprParser"/>.</summary>
/// <remarks>
/// implies (from the right), then or, and, until (not in chains), then not, always, eventually, atEnd, which reach over one
/// comparison or parenthesis. A parenthesis belongs to a condition if an arithmetic sign or a comparison follows it.
/// </remarks>
internal sealed class FormulaParser
{
    private readonly string _text;
    private readonly HybridAutomaton _model;
    private readonly AutomatonScope _scope;
    private readonly List<Piece> _pieces;
    private int _next;
    private int _depth;

    public FormulaParser(string text, HybridAutomaton model)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(model);
        _text = text;
        _model = model;
        _scope = new AutomatonScope(model);
        _pieces = Scan(text);
    }

    private Piece Present => _pieces[_next];

    public Formula Read()
    {
        if (Present.Kind == PieceKind.End)
        {
            throw Fault(Present, "the text is empty", "Write a formula, for instance always(x >= 0).");
        }

        Formula formula = ReadImplies();
        return Present.Kind == PieceKind.End ? formula : throw Unexpected(Present);
    }

    private Formula ReadImplies()
    {
        Formula first = ReadJoined("|", "||", "or", () => ReadJoined("&", "&&", "and", ReadUntil));
        if (!Present.Is("implies") && !Present.Is("->"))
        {
            return first;
        }

        Enter();
        _next++;
        Formula second = ReadImplies();
        _depth--;
        return first.Implies(second);
    }

    private Formula ReadJoined(string sign, string twice, string word, Func<Formula> read)
    {
        Formula first = read();
        if (!Present.Is(sign) && !Present.Is(twice) && !Present.Is(word))
        {
            return first;
        }

        var all = new List<Formula> { first };
        while (Present.Is(sign) || Present.Is(twice) || Present.Is(word))
        {
            _next++;
            all.Add(read());
        }

        return sign == "&" ? Formula.All([.. all]) : Formula.Any([.. all]);
    }

    private Formula ReadUntil()
    {
        Formula first = ReadUnary();
        if (!Present.Is("until"))
        {
            return first;
        }

        _next++;
        TimeInterval interval = ReadInterval();
        Formula second = ReadUnary();
        return Present.Is("until")
            ? throw Fault(Present, "a chain of 'until' can be read in two ways", "Put parentheses around the one that is meant first.")
            : first.Until(second, interval.From, interval.To);
    }

    private Formula ReadUnary()
    {
        Piece piece = Present;
        if (piece.Is("!") || piece.Is("not"))
        {
            _next++;
            return !ReadOperand();
        }

        if (piece.Is("atEnd"))
        {
            _next++;
            return Formula.AtEnd(ReadOperand());
        }

        if (piece.Is("always") || piece.Is("eventually"))
        {
            _next++;
            TimeInterval interval = ReadInterval();
            Formula operand = ReadOperand();
            return piece.Is("always")
                ? Formula.Always(operand, interval.From, interval.To)
                : Formula.Eventually(operand, interval.From, interval.To);
        }

        return ReadAtom();
    }

    private Formula ReadOperand()
    {
        Enter();
        Formula operand = ReadUnary();
        _depth--;
        return operand;
    }

    private Formula ReadAtom()
    {
        Piece piece = Present;
        if (piece.Is("mode") && (_pieces[_next + 1].Is("==") || _pieces[_next + 1].Is("!=")))
        {
            bool equal = _pieces[_next + 1].Is("==");
            _next += 2;
            Formula mode = Formula.Mode(ReadName("mode", _model.Modes.Select(mode => mode.Name)));
            return equal ? mode : !mode;
        }

        if (piece.Is("fires") && _pieces[_next + 1].Is("("))
        {
            _next += 2;
            Formula fires = Formula.Fires(ReadName("transition", FormulaCheck.Firings(_model)));
            Close(_pieces[_next - 2]);
            return fires;
        }

        if (piece.Is("(") && !BelongsToCondition())
        {
            Enter();
            _next++;
            Formula inner = ReadImplies();
            _depth--;
            Close(piece);
            return inner;
        }

        return ReadCondition();
    }

    // What follows the matching parenthesis tells.
    private bool BelongsToCondition()
    {
        int depth = 0;
        for (int i = _next; i < _pieces.Count; i++)
        {
            depth += _pieces[i].Is("(") ? 1 : _pieces[i].Is(")") ? -1 : 0;
            if (depth == 0)
            {
                Piece after = _pieces[i + 1];
                return after.Kind == PieceKind.Sign && after.Text is "+" or "-" or "*" or "/" or "^" or "<" or ">" or "<=" or ">=" or "==" or "!=";
            }
        }

        return false;
    }

    private Formula ReadCondition()
    {
        int first = _next;
        int depth = 0;
        while (Present.Kind != PieceKind.End && (depth > 0 || !EndsCondition(Present)))
        {
            depth += Present.Is("(") ? 1 : Present.Is(")") ? -1 : 0;
            _next++;
        }

        if (_next == first)
        {
            throw Present.Kind == PieceKind.End
                ? Fault(Present, "the text ends where a formula is expected", "Complete it, for instance with x >= 0.")
                : Unexpected(Present);
        }

        int start = _pieces[first].Start;
        string part = _text[start.._pieces[_next - 1].End];
        return ExprParser.TryParseCondition(part, _scope, out Condition? condition, out ParseFinding? finding)
            ? Formula.Of(condition)
            : throw new ExprParseException(_text, finding with { Position = finding.Position + start });
    }

    private static bool EndsCondition(Piece piece) =>
        piece.Kind is PieceKind.Sign or PieceKind.Word &&
        piece.Text is "&" or "&&" or "|" or "||" or "->" or ")" or "[" or "]" or "," or "and" or "or" or "implies" or "until";

    private TimeInterval ReadInterval()
    {
        Piece open = Present;
        if (!open.Is("["))
        {
            return TimeInterval.ToEnd;
        }

        _next++;
        double from = ReadTime();
        if (!Present.Is(","))
        {
            throw Fault(Present, "an interval has two ends", "Write [a, b] in seconds, for instance [0, 10].");
        }

        _next++;
        double to = ReadTime();
        bool closed = Present.Is("]") || (double.IsPositiveInfinity(to) && Present.Is(")"));
        if (!closed)
        {
            throw Fault(Present, "the interval is not closed", "Write [a, b]: its ends belong to it.");
        }

        int end = Present.End;
        _next++;
        var interval = new TimeInterval(from, to);
        return interval.Fault() is { } fault
            ? throw Fault(open.Start, end - open.Start, fault, TimeInterval.FaultMend)
            : interval;
    }

    private double ReadTime()
    {
        Piece piece = Present;
        double value = piece.Kind == PieceKind.Number ? piece.Number
            : piece is { Kind: PieceKind.Name, Text: "inf" } ? double.PositiveInfinity : double.NaN;
        if (double.IsNaN(value))
        {
            throw Fault(piece, "the end of an interval is a number of seconds", "Write a number that is not negative, or inf.");
        }

        _next++;
        return value;
    }

    private string ReadName(string what, IEnumerable<string> known)
    {
        Piece piece = Present;
        if (piece.Kind is not (PieceKind.Quoted or PieceKind.Name or PieceKind.Word))
        {
            throw Fault(piece, $"the name of a {what} is expected", $"Write it in quotes. Known: {string.Join(", ", known)}.");
        }

        _next++;
        return known.Contains(piece.Text, StringComparer.Ordinal)
            ? piece.Text
            : throw Fault(piece, $"no {what} is called '{piece.Text}'", Suggestions.For(piece.Text, known));
    }

    private void Close(Piece open)
    {
        if (!Present.Is(")"))
        {
            string found = Present.Kind == PieceKind.End ? "the text ends" : $"'{Show(Present)}' stands";
            throw Fault(Present, FormattableString.Invariant($"{found} where ')' is expected for the '(' at character {open.Start + 1}"),
                "Add ')', or remove that '('.");
        }

        _next++;
    }

    private void Enter()
    {
        if (++_depth > Formula.DeepestNesting)
        {
            throw Fault(Present, FormattableString.Invariant($"the formula is nested deeper than {Formula.DeepestNesting} levels"),
                "Split it into several requirements.");
        }
    }

    private string Show(Piece piece) => _text.Substring(piece.Start, piece.Length);

    private ExprParseException Unexpected(Piece piece) => piece.Text switch
    {
        ")" => Fault(piece, "')' has no '(' before it", "Remove it, or add '('."),
        "[" or "]" or "," => Fault(piece, $"'{piece.Text}' stands outside an interval", "Intervals follow always, eventually or until: always[0, 10](x > 0)."),
        _ => Fault(piece, $"unexpected '{Show(piece)}'", "Join formulas with '&', '|', 'implies' or 'until'."),
    };

    private ExprParseException Fault(Piece at, string what, string mend) => Fault(at.Start, at.Length, what, mend);

    private ExprParseException Fault(int start, int length, string what, string mend) => new(_text, new ParseFinding(start, length, what, mend));
}
