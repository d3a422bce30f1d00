namespace HybridControl.Automata;

/// <summary>Something a scenario does at a given time: give a command, or set a variable.</summary>
/// <param name="At">Time in seconds.</param>
/// <param name="Label">The command, for a command.</param>
/// <param name="Set">Name of a parameter, input, discrete variable or state, for a setting.</param>
/// <param name="Value">Its new value.</param>
public sealed record TimedCommand(double At, string? Label, string? Set = null, double Value = 0.0)
{
    /// <summary>A command by its label.</summary>
    public static TimedCommand Give(double at, string label) => new(at, label);

    /// <summary>A setting of a variable.</summary>
    public static TimedCommand Assign(double at, string name, double value) => new(at, null, name, value);
}
