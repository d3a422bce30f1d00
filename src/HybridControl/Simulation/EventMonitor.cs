using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <summary>A condition to watch: its changes are located and logged, and the run is bit for bit the same without it.</summary>
/// <param name="Name">Name for the log.</param>
/// <param name="Condition">The condition.</param>
/// <param name="Direction">Which change is logged.</param>
public sealed record EventMonitor(string Name, Condition Condition, EdgeDirection Direction = EdgeDirection.Both);
