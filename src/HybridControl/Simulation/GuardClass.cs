namespace HybridControl.Simulation;

/// <summary>What a guard is right after a jump.</summary>
internal enum GuardClass
{
    /// <summary>Disabled, waits for an up event.</summary>
    Armed,

    /// <summary>Enabled: an urgent transition is due; an edge is due if it was disabled before.</summary>
    Enabled,

    /// <summary>On its surface because the flow brought it there: neither, until it leaves the band.</summary>
    Latched,

    /// <summary>Its own transition has just executed and the flow goes through: enabled, and already fired.</summary>
    Served,
}
