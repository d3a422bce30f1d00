namespace HybridControl.Simulation;

/// <summary>Which changes of a guard end a step.</summary>
[Flags]
internal enum EventDirections
{
    /// <summary>None: the guard is followed, and nothing fires.</summary>
    None = 0,

    /// <summary>Disabled to enabled.</summary>
    Up = 1,

    /// <summary>Enabled to disabled.</summary>
    Down = 2,

    /// <summary>Either.</summary>
    Both = Up | Down,

    /// <summary>A visit to the surface that does not cross it.</summary>
    Touch = 4,
}
