using HybridControl.Diagnostics;

namespace HybridControl.Automata;

/// <summary>Findings of those who need every flow as explicit derivatives.</summary>
internal static class AlgebraicRefusal
{
    /// <summary>A finding for each algebraic variable, and for each mode with a mass matrix; none for an ordinary model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="what">Who cannot run it, as the second half of a sentence.</param>
    /// <param name="mend">What to do instead.</param>
    public static IEnumerable<Finding> Of(HybridAutomaton model, string what, string mend) =>
    [
        .. model.States.Where(state => state.IsAlgebraic)
            .Select(state => new Finding($"{model.Name}, algebraic.{state.Name}", $"the variable is algebraic, and {what}", mend)),
        .. model.Modes.Where(mode => !mode.Mass.IsEmpty)
            .Select(mode => new Finding($"{model.Name}, modes.{mode.Name}.mass", $"the mode has a mass matrix, and {what}", mend)),
    ];
}
