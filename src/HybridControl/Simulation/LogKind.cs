namespace HybridControl.Simulation;

/// <summary>What a log record reports.</summary>
public enum LogKind
{
    /// <summary>A tick of a sampled block.</summary>
    Tick,

    /// <summary>A command, and whether a transition took it.</summary>
    Command,

    /// <summary>A variable was set from outside.</summary>
    Setting,

    /// <summary>A breakpoint of an input signal.</summary>
    Breakpoint,

    /// <summary>A branch of a flow switched.</summary>
    Branch,

    /// <summary>A guard touched zero without crossing it.</summary>
    Grazing,

    /// <summary>A monitor's condition changed.</summary>
    Monitor,

    /// <summary>A timer was started.</summary>
    TimerStarted,

    /// <summary>A timer was cancelled.</summary>
    TimerCancelled,

    /// <summary>Something that deserves attention but does not end the run.</summary>
    Warning,

    /// <summary>Sensitivities that hold on one side only, hold for small changes only, or end: the detail says which.</summary>
    Sensitivity,
}
