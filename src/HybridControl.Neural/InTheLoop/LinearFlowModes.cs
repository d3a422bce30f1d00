using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Symbolics;

namespace HybridControl.Neural.InTheLoop;

/// <summary>Puts layers into the flows of modes.</summary>
public static class LinearFlowModes
{
    /// <summary>Lets a layer run in a mode.</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="layer">The layer, declared in the same automaton.</param>
    /// <param name="inputs">What it reads in this mode, one expression for each input.</param>
    /// <exception cref="ModelException">There is another number of inputs.</exception>
    public static ModeBuilder Flow(this ModeBuilder mode, LinearFlow layer, params ReadOnlySpan<Expr> inputs)
    {
        ArgumentNullException.ThrowIfNull(mode);
        ArgumentNullException.ThrowIfNull(layer);
        for (int i = 0; i < layer.States.Length; i++)
        {
            mode.Flow(layer.States[i], layer.Derivative(i, inputs));
        }

        return mode;
    }
}
