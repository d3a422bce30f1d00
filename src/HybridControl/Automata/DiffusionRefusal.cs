using HybridControl.Diagnostics;

namespace HybridControl.Automata;

/// <summary>Findings of those who cannot run stochastic flows.</summary>
internal static class DiffusionRefusal
{
    /// <summary>A finding for each mode of a model with a diffusion; none for an ordinary model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="what">Why the diffusion is in the way.</param>
    /// <param name="mend">What to do instead.</param>
    public static IEnumerable<Finding> Of(HybridAutomaton model, string what, string mend) =>
        model.Modes.Where(mode => !mode.Diffusion.IsEmpty)
            .Select(mode => new Finding($"{model.Name}, modes.{mode.Name}.diffusion", what, mend));
}
