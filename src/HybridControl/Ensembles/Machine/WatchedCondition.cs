using System.Collections.Immutable;
using HybridControl.Requirements;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <summary>A condition of the plan that is watched along a trajectory.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Owner">Number of the passage, requirement or stop rule.</param>
/// <param name="Name">Its name.</param>
/// <param name="Condition">What is watched for.</param>
/// <param name="Record">Number of the register that keeps whether or when it became true, among those of all conditions.</param>
internal sealed record WatchedCondition(WatchKind Kind, int Owner, string Name, Condition Condition, int Record);

/// <summary>The conditions of a plan in the order in which they are watched.</summary>
internal static class MachineConditions
{
    /// <summary>Passages, then requirements but those at the end, then stop rules.</summary>
    public static ImmutableArray<WatchedCondition> Of(EnsemblePlan plan)
    {
        ImmutableArray<WatchedCondition>.Builder all = ImmutableArray.CreateBuilder<WatchedCondition>();
        for (int i = 0; i < plan.Recording.Passages.Length; i++)
        {
            FirstPassage passage = plan.Recording.Passages[i];
            all.Add(new(WatchKind.Passage, i, passage.Name, passage.Condition, all.Count));
        }

        for (int i = 0; i < plan.Requirements.Length; i++)
        {
            Requirement requirement = plan.Requirements[i];
            if (requirement.Kind == RequirementKind.Always)
            {
                WatchKind kind = requirement.IsStrict ? WatchKind.Reach : WatchKind.Breach;
                all.Add(new(kind, i, requirement.Name, !requirement.Condition!, all.Count));
            }
            else if (requirement.Kind == RequirementKind.Eventually)
            {
                all.Add(new(WatchKind.Passage, i, requirement.Name, requirement.Condition!, all.Count));
            }
        }

        for (int i = 0; i < plan.Stops.Length; i++)
        {
            all.Add(new(WatchKind.Stop, i, plan.Stops[i].Name, plan.Stops[i].Condition, all.Count));
        }

        return all.ToImmutable();
    }
}
