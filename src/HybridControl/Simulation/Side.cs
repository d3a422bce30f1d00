namespace HybridControl.Simulation;

/// <summary>Which side of an instant is meant when several values belong to one time.</summary>
public enum Side
{
    /// <summary>The value just before the first jump of the instant.</summary>
    Left,

    /// <summary>The value after the last jump of the instant.</summary>
    Right,
}
