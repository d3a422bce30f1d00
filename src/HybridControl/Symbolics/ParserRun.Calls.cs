using HybridControl.Numerics;

namespace HybridControl.Symbolics;

/// <summary>Function calls, type checks and messages.</summary>
internal sealed partial class ParserRun
{
    private static readonly string[] FunctionNames =
        [.. OperationTable.Functions.Keys, "select", "crosses", "slope", "linear"];

    private static readonly Dictionary<string, string> OtherLanguages = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ln"] = "The natural logarithm is log(x).",
        ["log10"] = "Write log(x) / log(10).",
        ["log2"] = "Write log(x) / log(2).",
        ["exp2"] = "Write 2^x.",
        ["if"] = "Write select(condition, a, b).",
        ["ite"] = "Write select(condition, a, b).",
        ["ifelse"] = "Write select(condition, a, b).",
        ["ceil"] = "Write -floor(-x).",
        ["ceiling"] = "Write -floor(-x).",
        ["round"] = "Write floor(x + 0.5).",
        ["square"] = "Write x^2.",
        ["power"] = "Write a^b.",
        ["sgn"] = "Write sign(x).",
        ["arcsin"] = "Write asin(x).",
        ["arccos"] = "Write acos(x).",
        ["arctan"] = "Write atan(x).",
        ["modulo"] = "Write mod(a, b).",
        ["clamp"] = "Write min(max(x, low), high).",
    };

    private Term ParseCall(Token name)
    {
        Token open = _token;
        if (name.Kind == TokenKind.Name)
        {
            if (OperationTable.Functions.TryGetValue(name.Name, out Operation operation))
            {
                return ParseFunction(name, operation);
            }

            switch (name.Name)
            {
                case "select":
                    return ParseSelect(name);
                case "crosses":
                    List<Term> passing = ParseArguments(name, open);
                    CheckCount(name, passing, 1);
                    return new(null, Condition.Crosses(NumberOf(passing[0], name)), name.Start, _previous.End);
                case "slope":
                    return ParseSlope(name);
                case "linear":
                    return ParseLinear(name);
            }
        }

        if (_scope.TryGetTable(name.Name, out LookupTable table))
        {
            return ParseTable(name, table);
        }

        if (_scope.TryGetName(name.Name, out _))
        {
            throw Fault(name, $"'{name.Name}' is not a function", $"For a product write {Quote(name)[1..^1]}*(...).");
        }

        throw Fault(name, $"unknown function '{name.Name}'", OtherLanguages.TryGetValue(name.Name, out string? mend)
            ? mend
            : Suggestions.For(name.Name, FunctionNames.Concat(_scope.TableNames)));
    }

    private Term ParseFunction(Token name, Operation operation)
    {
        List<Term> arguments = ParseArguments(name, _token);
        bool folds = operation is Operation.Min or Operation.Max && arguments.Count > 2;
        if (!folds)
        {
            CheckCount(name, arguments, operation.Arity());
        }

        Expr result = NumberOf(arguments[0], name);
        if (arguments.Count == 1)
        {
            result = Expr.Node(operation, result);
        }

        for (int i = 1; i < arguments.Count; i++)
        {
            result = Expr.Node(operation, result, NumberOf(arguments[i], name));
        }

        return new(result, null, name.Start, _previous.End);
    }

    private Term ParseSelect(Token name)
    {
        List<Term> arguments = ParseArguments(name, _token);
        CheckCount(name, arguments, 3);
        Condition condition = ConditionOf(arguments[0], name);
        var result = Expr.Select(condition, NumberOf(arguments[1], name), NumberOf(arguments[2], name));
        return new(result, null, name.Start, _previous.End);
    }

    private Term ParseLinear(Token name)
    {
        List<Term> arguments = ParseArguments(name, _token);
        if (arguments.Count % 2 == 0)
        {
            throw Fault(name, FormattableString.Invariant(
                $"linear takes a constant and pairs of coefficient and term, not {arguments.Count} arguments"),
                "Write linear(constant, c1, x1, c2, x2).");
        }

        double constant = CoefficientOf(arguments[0], name);
        int count = arguments.Count / 2;
        double[] coefficients = new double[count];
        var terms = new Expr[count];
        for (int i = 0; i < count; i++)
        {
            coefficients[i] = CoefficientOf(arguments[(2 * i) + 1], name);
            terms[i] = NumberOf(arguments[(2 * i) + 2], name);
        }

        return new(Expr.LinearForm(coefficients, terms, constant), null, name.Start, _previous.End);
    }

    // Starts at the parenthesis, or at the comma after an argument that was read already.
    private List<Term> ParseArguments(Token name, Token open)
    {
        Enter(name);
        Advance();
        var arguments = new List<Term>();
        if (_token.Kind != TokenKind.Close)
        {
            arguments.Add(Parse(Precedence.Or));
            while (_token.Kind == TokenKind.Comma)
            {
                Advance();
                arguments.Add(Parse(Precedence.Or));
            }
        }

        _depth--;
        Close(open);
        return arguments;
    }

    private void CheckCount(Token name, List<Term> arguments, int count, string where = "")
    {
        if (arguments.Count != count)
        {
            string plural = count == 1 ? "argument" : "arguments";
            throw Fault(name.Start, _previous.End - name.Start,
                FormattableString.Invariant($"{name.Name} takes {count} {plural}{where}, not {arguments.Count}"),
                $"Write {Usage(name.Name, count)}.");
        }
    }

    private static string Usage(string name, int count) => name switch
    {
        "select" => "select(condition, a, b)",
        "slope" => count == 1 ? "slope(table, x)" : "slope(table, 1, x, y)",
        "atan2" => "atan2(y, x)",
        _ => count == 1 ? $"{name}(x)" : $"{name}(a, b)",
    };

    private double CoefficientOf(Term term, Token user) =>
        NumberOf(term, user) is { IsConstant: true } constant ? constant.Value
            : throw Fault(term, "linear needs a plain number here", "Write a number, or use ordinary products and sums.");

    private Expr NumberOf(Term term, Token user) => term.Expression ?? throw Fault(
        term, $"{Quote(user)} needs a number, but this is a condition",
        user.Infix == Precedence.Comparison || user.Kind is TokenKind.Not
            ? "Join conditions with '&' or '|'."
            : "Turn it into a number with select(condition, 1, 0).");

    private Condition ConditionOf(Term term, Token user) => term.Condition ?? throw Fault(
        term, $"{Quote(user)} needs a condition, but this is a number",
        "Compare it with something, for instance 'x >= 0'.");

    private ExprParseException MissingOperator(Term left, Token next)
    {
        bool product = left.Expression is not null && next.Kind != TokenKind.Number;
        bool plain = _previous.Kind != TokenKind.Close && next.Kind != TokenKind.Open;
        string example = plain ? $": {Excerpt(_previous)}*{Excerpt(next)}" : "";
        string mend = product ? $"For a product write '*' between them{example}." : "Put an operator between them.";
        return Fault(next, $"an operator is missing before {Quote(next)}", mend);
    }

    private static Relation RelationOf(Token sign) => sign.Kind switch
    {
        TokenKind.Less => Relation.Less,
        TokenKind.LessOrEqual => Relation.LessOrEqual,
        TokenKind.Greater => Relation.Greater,
        _ => Relation.GreaterOrEqual,
    };

    private static bool PointsDown(Token sign) => sign.Kind is TokenKind.Greater or TokenKind.GreaterOrEqual;

    private string Excerpt(Token token) => _text.Substring(token.Start, token.Length);

    private string Quote(Token token) => token.Kind == TokenKind.End ? "the end" : $"'{Excerpt(token)}'";

    private ExprParseException Fault(Token at, string what, string mend) => Fault(at.Start, at.Length, what, mend);

    private ExprParseException Fault(Term at, string what, string mend) =>
        Fault(at.Start, at.End - at.Start, what, mend);

    private ExprParseException Fault(int start, int length, string what, string mend) =>
        new(_text, new ParseFinding(start, length, what, mend));
}
