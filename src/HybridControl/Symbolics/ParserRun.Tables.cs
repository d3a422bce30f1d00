using HybridControl.Numerics;

namespace HybridControl.Symbolics;

/// <summary>Tables and their slopes: <c>CL(a)</c>, <c>slope(CL, a)</c>, <c>slope(slope(CL), a)</c>, <c>slope(map, 2, a, b)</c>.</summary>
internal sealed partial class ParserRun
{
    private Term ParseTable(Token name, LookupTable table)
    {
        List<Term> arguments = ParseArguments(name, _token);
        CheckCount(name, arguments, table.Arguments);
        return new(LookupOf(table, arguments, name), null, name.Start, _previous.End);
    }

    private Term ParseSlope(Token name)
    {
        Token open = _token;
        LookupTable table = ParseDerivative(name);
        if (_token.Kind != TokenKind.Comma)
        {
            string usage = Usage(name.Name, table.Arguments);
            string what = table.Arguments == 1 ? "slope takes a table and a number" : "slope takes a table, 1 or 2, and two numbers";
            throw Fault(_token, what, $"Write {usage}.");
        }

        List<Term> arguments = ParseArguments(name, open);
        CheckCount(name, arguments, table.Arguments, table.Arguments == 1 ? " after the table" : " after the table and its axis");
        return new(LookupOf(table, arguments, name), null, name.Start, _previous.End);
    }

    // From the parenthesis after slope to the token after the table and, for a surface, its axis.
    private LookupTable ParseDerivative(Token name)
    {
        Enter(name);
        Advance();
        Token tableName = _token;
        LookupTable? table;
        if (tableName is { Kind: TokenKind.Name, Name: "slope" })
        {
            Advance();
            Token open = _token;
            if (open.Kind != TokenKind.Open)
            {
                throw Fault(open, "slope needs a table in parentheses", "Write slope(slope(table), x).");
            }

            table = ParseDerivative(tableName);
            Close(open);
        }
        else if (tableName.Kind is not (TokenKind.Name or TokenKind.QuotedName))
        {
            throw Fault(tableName, "slope needs a table's name first", "Write slope(table, x).");
        }
        else if (_scope.TryGetTable(tableName.Name, out table))
        {
            Advance();
        }
        else
        {
            throw Fault(
                tableName, $"unknown table '{tableName.Name}'", Suggestions.For(tableName.Name, _scope.TableNames));
        }

        _depth--;
        return table is LookupCurve curve ? curve.Slope : ParseAxis((LookupSurface)table);
    }

    private LookupSurface ParseAxis(LookupSurface surface)
    {
        const string Mend = "Write slope(table, 1, x, y) for the slope in x, slope(table, 2, x, y) for that in y.";
        if (_token.Kind != TokenKind.Comma)
        {
            throw Fault(_token, "slope needs the number of an argument after a table of two arguments", Mend);
        }

        Advance();
        Token axis = _token;
        if (axis is not { Kind: TokenKind.Number, Number: 1.0 or 2.0 })
        {
            throw Fault(axis, "the argument of a table is 1 or 2", Mend);
        }

        Advance();
        return (axis.Number == 1.0 ? surface.SlopeX : surface.SlopeY) ?? throw Fault(
            axis, "a bilinear table is straight along each argument, so this slope is zero", "Write 0.");
    }

    private Expr LookupOf(LookupTable table, List<Term> arguments, Token name) => table is LookupCurve curve
        ? Expr.Lookup(curve, NumberOf(arguments[0], name))
        : Expr.Lookup((LookupSurface)table, NumberOf(arguments[0], name), NumberOf(arguments[1], name));
}
