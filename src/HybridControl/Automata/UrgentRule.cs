namespace HybridControl.Automata;

/// <summary>Fires as soon as the guard is enabled, also on entry to the mode and at the start.</summary>
public sealed record UrgentRule : FiringRule;
