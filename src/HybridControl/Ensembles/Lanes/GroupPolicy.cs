namespace HybridControl.Ensembles.Lanes;

/// <summary>When a group leaves a loop and moves trajectories. It changes the speed and never a result.</summary>
internal sealed record GroupPolicy
{
    /// <summary>A loop is left when no more than this fraction of the lanes that entered it still loop.</summary>
    public double LeaveBelow { get; init; } = 0.5;

    /// <summary>Whether lanes of other modes change places with trajectories of the prevailing one.</summary>
    public bool Regroups { get; init; } = true;
}
