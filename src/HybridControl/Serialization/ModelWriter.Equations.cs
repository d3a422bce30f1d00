using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <content>Algebraic equations and mass matrices.</content>
internal sealed partial class ModelWriter
{
    private void WriteStates(string section, string property, bool isAlgebraic) => WriteSection(
        section, [.. _automaton.States.Where(state => state.IsAlgebraic == isAlgebraic)], state => state.Name, state =>
            WriteWithUnit(property, Formula(state.Initial), state.Unit));

    private void WriteEquations(Mode mode)
    {
        WriteSection("equations", mode.Equations, equation => equation.Variable, equation => _json.WriteRawValue(
            equation.Right.Equals(Expr.Zero) ? Formula(equation.Left) : Quote($"{Print(equation.Left)} = {Print(equation.Right)}")));
        IGrouping<string, MassEntry>[] rows = [.. mode.Mass.GroupBy(entry => entry.Row)];
        WriteSection("mass", rows, row => row.Key, row =>
            _json.WriteRawValue($"{{ {string.Join(", ", row.Select(entry => $"{Quote(entry.Column)}: {Formula(entry.Value)}"))} }}"));
    }

    private string Print(Expr expression) => Readable(ExprPrinter.Print(expression, _booleans), _automaton.Name);
}
