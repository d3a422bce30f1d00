using HybridControl.Automata;

namespace HybridControl.Ensembles.Machine;

/// <summary>Typed discrete variables of which only a run could tell whether their values fit.</summary>
internal static class TypedCheck
{
    /// <summary>Places where a typed variable gets a value that is not proved to be one of its type.</summary>
    public static IEnumerable<(string Where, string Name)> Unproved(EnsemblePlan plan)
    {
        HybridAutomaton model = plan.Model;
        foreach (DiscreteVariable variable in model.Discretes.Where(variable => variable.Type != DiscreteType.Real))
        {
            bool Fits(Assignment assignment) => assignment.Target != variable.Name || TypedValues.IsWhole(assignment.Value, model.Discretes);
            if (!TypedValues.IsWhole(variable.Initial, model.Discretes) || plan.Variations.Any(variation => variation.Name == variable.Name))
            {
                yield return ($"{model.Name}, discrete.{variable.Name}", variable.Name);
            }

            foreach (Transition transition in model.Transitions.Where(transition => !transition.Resets.All(Fits)))
            {
                yield return ($"{model.Name}, transitions.{transition.Name}.reset.{variable.Name}", variable.Name);
            }

            foreach (SampledUpdate update in model.SampledUpdates.Where(update => !update.Assignments.All(Fits)))
            {
                yield return ($"{model.Name}, sampled.{update.Name}.set.{variable.Name}", variable.Name);
            }
        }
    }

    /// <summary>Whether a variable is boolean.</summary>
    public static bool IsBoolean(HybridAutomaton model, string name) =>
        model.Discretes.Any(variable => variable.Name == name && variable.Type == DiscreteType.Boolean);
}
