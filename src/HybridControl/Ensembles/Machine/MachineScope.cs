using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <summary>What the variables of a model stand for at one place of a program.</summary>
internal sealed class MachineScope
{
    private const string Prefix = "#rate:";

    private readonly MachineModel _model;
    private readonly MachineFrame _frame;
    private readonly Func<int, int> _redirect;

    /// <summary>Creates a scope.</summary>
    /// <param name="model">The model.</param>
    /// <param name="frame">Where its data registers are read.</param>
    /// <param name="redirect">Another register for a data register; null for the same.</param>
    public MachineScope(MachineModel model, MachineFrame frame, Func<int, int>? redirect = null)
    {
        _model = model;
        _frame = frame;
        _redirect = redirect ?? (register => register);
    }

    /// <summary>The variable that stands for the rate of a state.</summary>
    public static Expr RateOf(string state) => Expr.Variable(VariableKind.Parameter, Prefix + state);

    /// <summary>Values with the states, the time and the rates of the states at some point.</summary>
    public Substitution At(Expr[] states, Expr time, Expr[]? rates = null) => new((kind, name) =>
    {
        switch (kind)
        {
            case VariableKind.Time:
                return time;
            case VariableKind.State:
                return states[_model.Compiled.Slots[kind, name]];
            case VariableKind.Parameter when name.StartsWith(Prefix, StringComparison.Ordinal):
                return rates![_model.Compiled.Slots[VariableKind.State, name[Prefix.Length..]]];
            default:
                return _model.TryGetData(kind, name, out int register) ? _frame[_redirect(register)] : null;
        }
    });
}
