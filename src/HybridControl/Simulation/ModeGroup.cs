using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <summary>Modes that a run makes room for at once, and how much. Immutable; shared between runs.</summary>
internal sealed class ModeGroup(ModeRuntime[] modes)
{
    /// <summary>The modes.</summary>
    public ModeRuntime[] Modes => modes;

    /// <summary>The flow of each, prepared for the method.</summary>
    public MethodCode[] Codes { get; } = [.. modes.Select(mode => mode.Code)];

    /// <summary>The watched functions of each.</summary>
    public GuardSet[] Guards { get; } = [.. modes.Select(mode => mode.Guards)];

    /// <summary>The most functions that any of them watches.</summary>
    public int MostWatched { get; } = modes.Max(mode => mode.Watched.Length);

    /// <summary>The most guards and invariants of any of them that change at instants only.</summary>
    public int MostStatic { get; } = modes.Max(mode => mode.Static.Length);
}
