using HybridControl.Dynamics;

namespace HybridControl.Simulation;

/// <summary>A located change of a watched condition.</summary>
/// <param name="Time">Time in seconds.</param>
/// <param name="Name">Name of the watch.</param>
/// <param name="Direction">Up or down, as time increases.</param>
public sealed record OdeRoot(double Time, string Name, RootDirection Direction);
