using HybridControl.Dynamics;

namespace HybridControl.Automata;

/// <summary>An input: a given function of time, or a value that a sampled block or a harness writes.</summary>
/// <param name="Name">Name, unique in the model.</param>
/// <param name="Signal">Its course over time; the breakpoints of the signal are time events.</param>
/// <param name="Unit">Unit as text; empty for none.</param>
public sealed record InputVariable(string Name, Signal Signal, string Unit = "");
