namespace HybridControl.Ensembles.Lanes;

/// <summary>A table of a block that programs store into.</summary>
internal enum LaneTable
{
    /// <summary>The grid samples.</summary>
    Grid,

    /// <summary>The times of the events.</summary>
    EventTimes,

    /// <summary>The transitions of the events.</summary>
    EventTransitions,
}
