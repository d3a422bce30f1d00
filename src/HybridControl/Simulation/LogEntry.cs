namespace HybridControl.Simulation;

/// <summary>A <see cref="LogRecord"/> to be: its detail is a text, or the number of which the text is made.</summary>
internal readonly record struct LogEntry(double Time, int JumpIndex, LogKind Kind, string Name, string? Detail = "", double Number = 0.0)
{
    /// <summary>The entry of a timer that has started.</summary>
    /// <param name="time">Time in seconds.</param>
    /// <param name="jumpIndex">Jump index.</param>
    /// <param name="name">The transition.</param>
    /// <param name="firesAt">When it fires, in seconds.</param>
    public static LogEntry Timer(double time, int jumpIndex, string name, double firesAt) =>
        new(time, jumpIndex, LogKind.TimerStarted, name, null, firesAt);

    /// <summary>The detail as text.</summary>
    public string DetailText => Detail ?? FormattableString.Invariant($"fires at {Number:R}");
}
