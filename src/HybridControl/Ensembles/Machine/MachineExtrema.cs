using System.Collections.Immutable;
using HybridControl.Requirements;

namespace HybridControl.Ensembles.Machine;

/// <summary>Whose extrema a machine follows: recorded expressions, then guard functions of requirements whose robustness is recorded.</summary>
internal static class MachineExtrema
{
    /// <summary>The expressions, in order.</summary>
    public static ImmutableArray<RecordedExpression> Of(EnsemblePlan plan) =>
        [.. plan.Recording.Extrema, .. Followed(plan).Select(requirement => new RecordedExpression(requirement.Name, requirement.Condition!.ToGuardFunction()))];

    /// <summary>The place of a requirement among them; -1 if only its value at the end counts.</summary>
    public static int PlaceOf(EnsemblePlan plan, Requirement requirement) => requirement.Kind == RequirementKind.AtEnd
        ? -1
        : plan.Recording.Extrema.Length + Followed(plan).ToList().IndexOf(requirement);

    private static IEnumerable<Requirement> Followed(EnsemblePlan plan) =>
        plan.Recording.Robustness ? plan.Requirements.Where(requirement => requirement.Kind != RequirementKind.AtEnd) : [];
}
