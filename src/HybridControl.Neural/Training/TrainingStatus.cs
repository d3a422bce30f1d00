namespace HybridControl.Neural.Training;

/// <summary>How a training ended.</summary>
public enum TrainingStatus
{
    /// <summary>All iterations ran.</summary>
    Completed,

    /// <summary>The loss did not improve for as many iterations as patience allows.</summary>
    StoppedEarly,

    /// <summary>A loss or a gradient was not a finite number.</summary>
    Diverged,

    /// <summary>The caller asked to stop.</summary>
    Canceled,
}
