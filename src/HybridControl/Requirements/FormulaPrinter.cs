using System.Text;
using HybridControl.Symbolics;

namespace HybridControl.Requirements;

/// <summary>Writes formulas as text that <see cref="FormulaParser"/> reads back to equal formulas.</summary>
internal static class FormulaPrinter
{
    private enum Level
    {
        Implies,
        Or,
        And,
        Until,
        Atom,
    }

    public static string Print(Formula formula)
    {
        var text = new StringBuilder();
        Write(formula, Level.Implies, text);
        return text.ToString();
    }

    private static Level LevelOf(Formula formula) => formula.Kind switch
    {
        FormulaKind.Implies => Level.Implies,
        FormulaKind.Or => Level.Or,
        FormulaKind.And => Level.And,
        FormulaKind.Until => Level.Until,
        _ => Level.Atom,
    };

    private static void Write(Formula formula, Level least, StringBuilder text)
    {
        if (LevelOf(formula) < least)
        {
            text.Append('(');
            Write(formula, Level.Implies, text);
            text.Append(')');
            return;
        }

        switch (formula.Kind)
        {
            case FormulaKind.Condition:
                text.Append(formula.Condition);
                break;
            case FormulaKind.Mode:
                text.Append("mode == ").Append(Quote(formula.Name));
                break;
            case FormulaKind.Fires:
                text.Append("fires(").Append(Quote(formula.Name)).Append(')');
                break;
            case FormulaKind.Not:
                WriteCall("!", formula, text);
                break;
            case FormulaKind.Always:
                WriteCall("always", formula, text);
                break;
            case FormulaKind.Eventually:
                WriteCall("eventually", formula, text);
                break;
            case FormulaKind.AtEnd:
                WriteCall("atEnd", formula, text);
                break;
            case FormulaKind.Until:
                Write(formula.Operands[0], Level.Atom, text);
                text.Append(" until").Append(formula.Interval).Append(' ');
                Write(formula.Operands[1], Level.Atom, text);
                break;
            case FormulaKind.Implies:
                Write(formula.Operands[0], Level.Or, text);
                text.Append(" implies ");
                Write(formula.Operands[1], Level.Implies, text);
                break;
            default:
                WriteJoined(formula, formula.Kind == FormulaKind.And ? " & " : " | ", text);
                break;
        }
    }

    private static void WriteCall(string name, Formula formula, StringBuilder text)
    {
        text.Append(name).Append(formula.IsTemporal ? formula.Interval.ToString() : "").Append('(');
        Write(formula.Operands[0], Level.Implies, text);
        text.Append(')');
    }

    private static void WriteJoined(Formula formula, string sign, StringBuilder text)
    {
        string before = "";
        foreach (Formula operand in formula.Operands)
        {
            text.Append(before);
            Write(operand, LevelOf(formula) + 1, text);
            before = sign;
        }
    }

    private static string Quote(string name) => '"' + name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';
}
