namespace HybridControl.Estimation.Diagnostics;

/// <summary>When a run counts as diverged.</summary>
public sealed record DivergenceOptions
{
    /// <summary>Probability of the gate that NIS of a right filter stays below.</summary>
    public double Gate { get; init; } = 0.999;

    /// <summary>How many innovations in a row must be beyond the gate. A right filter has ten in a row once in 10^30.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>A deviation below this share of the one at the start of the run is a collapse, if NIS is beyond its gate as well.</summary>
    public double Collapse { get; init; } = 1e-6;

    /// <summary>A deviation above this multiple of the one at the start of the run is an explosion.</summary>
    public double Explosion { get; init; } = 1e6;
}
