using HybridControl.Symbolics;

namespace HybridControl.Ensembles;

/// <summary>A condition whose first time of being true is recorded.</summary>
/// <param name="Name">Its name in results.</param>
/// <param name="Condition">The condition.</param>
public sealed record FirstPassage(string Name, Condition Condition);
