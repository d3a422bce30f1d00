using HybridControl.Symbolics;

namespace HybridControl.Ensembles;

/// <summary>What a trajectory must meet.</summary>
/// <param name="Name">Its name in results.</param>
/// <param name="Condition">The condition.</param>
/// <param name="Kind">Whether it must hold at all times or at some time.</param>
public sealed record Requirement(string Name, Condition Condition, RequirementKind Kind);
