namespace HybridControl.Simulation;

/// <summary>Something that happened in a run without being a jump.</summary>
/// <param name="Time">Time in seconds.</param>
/// <param name="JumpIndex">Jump index j at that moment.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Name">The monitor, command, variable, block or transition concerned.</param>
/// <param name="Detail">A value or a direction as text; may be empty.</param>
public sealed record LogRecord(double Time, int JumpIndex, LogKind Kind, string Name, string Detail = "");
