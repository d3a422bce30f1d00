using System.Runtime.CompilerServices;
using HybridControl.Numerics;

namespace HybridControl.Symbolics;

/// <summary>One reading of one text: operator precedence parsing after V. R. Pratt, POPL (1973).</summary>
/// <remarks>
/// Numbers and conditions share one grammar and meet a type check at each operator, so that <c>(a + b) &lt; c</c> and
/// <c>(a &lt; b) &amp; c &gt; d</c> need no look-ahead.
/// </remarks>
internal sealed partial class ParserRun
{
    private readonly string _text;
    private readonly IExprScope _scope;
    private readonly ExprLexer _lexer;
    private Token _token;
    private Token _previous;
    private int _depth;

    public ParserRun(string text, IExprScope scope)
    {
        _text = text;
        _scope = scope;
        _lexer = new ExprLexer(text);
    }

    public Expr ReadExpression()
    {
        Term term = ReadAll();
        return term.Expression ?? throw Fault(
            term, "this is a condition, but a number is expected", "Turn it into a number with select(condition, 1, 0).");
    }

    public Condition ReadCondition()
    {
        Term term = ReadAll();
        return term.Condition ?? throw Fault(
            term, "this is a number, but a condition is expected", "Compare it with something, for instance 'x >= 0'.");
    }

    private Term ReadAll()
    {
        Advance();
        if (_token.Kind == TokenKind.End)
        {
            throw Fault(0, _text.Length, "the text is empty", "Write an expression, for instance -k*x.");
        }

        Term term = Parse(Precedence.Or);
        return _token.Kind switch
        {
            TokenKind.End => term,
            TokenKind.Close => throw Fault(_token, "')' has no '(' before it", "Remove it, or add '('."),
            TokenKind.Comma => throw Fault(
                _token, "',' stands outside a function call", "Write decimals with a point, and one expression only."),
            _ => throw Fault(_token, $"unexpected {Quote(_token)} after the expression", "Put an operator before it."),
        };
    }

    private Term Parse(Precedence least) => ParseInfix(ParsePrefix(), least);

    private Term ParseInfix(Term left, Precedence least)
    {
        while (true)
        {
            Token sign = _token;
            if (sign.BeginsOperand)
            {
                throw MissingOperator(left, sign);
            }

            if (sign.Infix == Precedence.None || sign.Infix < least)
            {
                return left;
            }

            Advance();
            left = Combine(left, sign);
        }
    }

    private Term Combine(Term left, Token sign)
    {
        if (sign.Infix == Precedence.Comparison)
        {
            return ParseComparison(left, sign);
        }

        if (sign.Infix is Precedence.And or Precedence.Or)
        {
            Condition first = ConditionOf(left, sign);
            Term other = Parse(sign.Infix + 1);
            Condition second = ConditionOf(other, sign);
            return new(null, sign.Kind == TokenKind.And ? first & second : first | second, left.Start, other.End);
        }

        Expr a = NumberOf(left, sign);
        Term right;
        if (sign.Kind == TokenKind.Caret)
        {
            Enter(sign);
            right = Parse(Precedence.Power);
            _depth--;
        }
        else
        {
            right = Parse(sign.Infix + 1);
        }

        Expr b = NumberOf(right, sign);
        Expr result = sign.Kind switch
        {
            TokenKind.Plus => a + b,
            TokenKind.Minus => a - b,
            TokenKind.Star => a * b,
            TokenKind.Slash => a / b,
            _ => Expr.Power(a, b),
        };
        return new(result, null, left.Start, right.End);
    }

    private Term ParseComparison(Term left, Token sign)
    {
        Expr a = NumberOf(left, sign);
        Condition? all = null;
        Token first = sign;
        while (true)
        {
            Term right = Parse(Precedence.Sum);
            Expr b = NumberOf(right, sign);
            var link = Condition.Compare(a, RelationOf(sign), b);
            all = all is null ? link : all & link;
            if (_token.Infix != Precedence.Comparison)
            {
                return new(null, all, left.Start, right.End);
            }

            sign = _token;
            if (PointsDown(sign) != PointsDown(first))
            {
                throw Fault(sign, "a chain of comparisons changes direction here",
                    "Join two comparisons with '&': a < b & b > c.");
            }

            Advance();
            a = b;
        }
    }

    private Term ParsePrefix()
    {
        Token token = _token;
        switch (token.Kind)
        {
            case TokenKind.Number:
                Advance();
                return new(Expr.Constant(token.Number), null, token.Start, token.End);
            case TokenKind.Name:
            case TokenKind.QuotedName:
                Advance();
                return _token.Kind == TokenKind.Open ? ParseCall(token) : ParseName(token);
            case TokenKind.Minus:
            case TokenKind.Plus:
                return ParseSigned(token);
            case TokenKind.Not:
                Enter(token);
                Advance();
                Term operand = Parse(Precedence.Comparison);
                _depth--;
                return new(null, !ConditionOf(operand, token), token.Start, operand.End);
            case TokenKind.Open:
                Enter(token);
                Advance();
                Term inner = Parse(Precedence.Or);
                _depth--;
                Token close = Close(token);
                return inner with { Start = token.Start, End = close.End };
            case TokenKind.End:
                throw Fault(token, "the text ends where a number or name is expected",
                    $"Complete what follows {Quote(_previous)}.");
            default:
                throw Fault(token, $"unexpected {Quote(token)} where a number or name is expected",
                    "Remove it, or write what is missing before it.");
        }
    }

    private Term ParseSigned(Token sign)
    {
        Enter(sign);
        Advance();
        Token first = _token;
        Term operand = ParsePrefix();
        bool literal = operand.Expression is { IsConstant: true } && _token.Kind != TokenKind.Caret &&
            first.Kind is TokenKind.Number or TokenKind.Name;
        operand = ParseInfix(operand, Precedence.Power);
        _depth--;
        Expr value = NumberOf(operand, sign);
        Expr result = sign.Kind == TokenKind.Plus ? value
            : literal ? Expr.Constant(-value.Value)
            : Expr.Node(Operation.Negate, value);
        return new(result, null, sign.Start, operand.End);
    }

    private Term ParseName(Token token)
    {
        string name = token.Name;
        if (token.Kind == TokenKind.Name)
        {
            switch (name)
            {
                case "t":
                    return new(Expr.Time, null, token.Start, token.End);
                case "pi":
                    return new(Expr.Constant(Math.PI), null, token.Start, token.End);
                case "inf":
                    return new(Expr.Constant(double.PositiveInfinity), null, token.Start, token.End);
                case "nan":
                    return new(Expr.Constant(double.NaN), null, token.Start, token.End);
                case "true":
                    return new(null, Condition.True, token.Start, token.End);
                case "false":
                    return new(null, Condition.False, token.Start, token.End);
            }
        }

        if (_scope.TryGetName(name, out Expr expression))
        {
            return _scope.IsBoolean(name)
                ? new(null, expression >= 0.5, token.Start, token.End)
                : new(expression, null, token.Start, token.End);
        }

        if (FunctionNames.Contains(name, StringComparer.Ordinal) || _scope.TryGetTable(name, out _))
        {
            throw Fault(token, $"'{name}' is a function and needs arguments", $"Write {name}(...).");
        }

        throw Fault(token, $"unknown name '{name}'", Suggestions.For(name, _scope.Names));
    }

    private Token Close(Token open)
    {
        if (_token.Kind != TokenKind.Close)
        {
            string found = _token.Kind == TokenKind.End ? "the text ends" : $"{Quote(_token)} stands";
            throw Fault(_token, $"{found} where ')' is expected for the '(' at character {open.Start + 1}",
                "Add ')', or remove that '('.");
        }

        Token close = _token;
        Advance();
        return close;
    }

    private void Enter(Token at)
    {
        if (++_depth > ExprParser.DeepestNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Fault(at, $"the text is nested deeper than {ExprParser.DeepestNesting} levels",
                "Give a part of it a name of its own.");
        }
    }

    private void Advance()
    {
        _previous = _token;
        _token = _lexer.Next();
    }

    private readonly record struct Term(Expr? Expression, Condition? Condition, int Start, int End);
}
