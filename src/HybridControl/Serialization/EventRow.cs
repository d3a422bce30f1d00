namespace HybridControl.Serialization;

/// <summary>One executed transition of an event list.</summary>
/// <param name="Time">Time in seconds.</param>
/// <param name="JumpIndex">Jump index after the jump.</param>
/// <param name="From">Mode left.</param>
/// <param name="To">Mode entered.</param>
/// <param name="Transition">Name of the transition.</param>
public sealed record EventRow(double Time, int JumpIndex, string From, string To, string Transition);
