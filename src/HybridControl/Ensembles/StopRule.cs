using HybridControl.Symbolics;

namespace HybridControl.Ensembles;

/// <summary>A condition that ends a trajectory when it becomes true.</summary>
/// <param name="Name">Its name in results.</param>
/// <param name="Condition">The condition.</param>
public sealed record StopRule(string Name, Condition Condition);
