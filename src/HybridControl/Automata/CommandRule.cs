namespace HybridControl.Automata;

/// <summary>Fires on a command of a scenario or a harness, if the guard is then enabled.</summary>
/// <param name="Label">The command.</param>
public sealed record CommandRule(string Label) : FiringRule;
