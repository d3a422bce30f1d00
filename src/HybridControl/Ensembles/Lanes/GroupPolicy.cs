namespace HybridControl.Ensembles.Lanes;

/// <summary>When a group leaves a loop and moves trajectories. It changes the speed and never a result.</summary>
internal sealed record GroupPolicy
{
    /// <summary>How many lanes may wait while others loop, as a fraction; null for what the costs of the programs suggest.</summary>
    public double? Waiting { get; init; }

    /// <summary>Whether lanes of other modes change places with trajectories of the prevailing one.</summary>
    public bool Regroups { get; init; } = true;
}
