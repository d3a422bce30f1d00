namespace HybridControl.Estimation;

/// <summary>How a supervisor weighs a network against the plain filter.</summary>
public sealed record KpinSupervision
{
    /// <summary>Probability at the start that the network is valid.</summary>
    public double InitialTrust { get; init; } = 0.5;

    /// <summary>Probability at each update that validity changes.</summary>
    public double SwitchProbability { get; init; } = 0.01;

    /// <summary>Probability with which a right filter stays below the veto on surprise at one update.</summary>
    public double VetoProbability { get; init; } = 0.999;

    /// <summary>Surprises in a row that veto the network.</summary>
    public int VetoCount { get; init; } = 3;
}
