using HybridControl.Dynamics;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Automata;

/// <content>Flows M x' = f: an algebraic variable has the residual of its equation in f, and a row of zeros in M.</content>
internal sealed partial class ModeCompiler
{
    private static Expr RightSideOf(Mode mode, ExprFlow flow, StateVariable state) =>
        mode.Equations.FirstOrDefault(equation => equation.Variable == state.Name)?.Residual ?? flow.DerivativeOf(state.Name);

    // The states whose derivatives are not f itself.
    private static IEnumerable<string> ImplicitStates(Mode mode) =>
        mode.Equations.Select(equation => equation.Variable).Concat(mode.Mass.Select(entry => entry.Row));

    private static MassMatrix? MassOf(CompiledAutomaton owner, Mode mode)
    {
        if (mode.Equations.IsEmpty && mode.Mass.IsEmpty)
        {
            return null;
        }

        HashSet<string> algebraic = [.. mode.Equations.Select(equation => equation.Variable)];
        ILookup<string, MassEntry> rows = mode.Mass.ToLookup(entry => entry.Row);
        var entries = new List<(int Row, int Column, Expr Value)>();
        int n = owner.Model.States.Length;
        for (int i = 0; i < owner.StateCount; i++)
        {
            string name = owner.Model.States[i % n].Name;
            if (rows.Contains(name))
            {
                IEnumerable<(int Column, Expr Value)> row = i < n
                    ? rows[name].Select(entry => (owner.Slots[VariableKind.State, entry.Column], entry.Value))
                    : rows[name].SelectMany(entry => owner.Sensitivities!.MassOf(entry, (i / n) - 1));
                entries.AddRange(row.OrderBy(entry => entry.Column).Select(entry => (i, entry.Column, entry.Value)));
            }
            else if (!algebraic.Contains(name))
            {
                entries.Add((i, i, Expr.One));
            }
        }

        (int Row, int Column)[] places = [.. entries.Select(entry => (entry.Row, entry.Column))];
        return entries.TrueForAll(entry => entry.Value.IsConstant)
            ? MassMatrix.Constant(owner.StateCount, places, [.. entries.Select(entry => entry.Value.Value)])
            : new MassMatrix(owner.StateCount, places, VectorFunctions.Compile(mode.Name, owner.Slots, [.. entries.Select(entry => entry.Value)])[0]);
    }
}
