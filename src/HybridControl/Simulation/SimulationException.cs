namespace HybridControl.Simulation;

/// <summary>A run ended in an error. Carries what was computed up to then.</summary>
public sealed class SimulationException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="trajectory">The partial result; its status and reason say what happened.</param>
    public SimulationException(Trajectory trajectory)
        : this(trajectory, trajectory?.Reason)
    {
    }

    internal SimulationException(Trajectory trajectory, string? message)
        : base(message) => Trajectory = trajectory;

    /// <summary>The run up to the error.</summary>
    public Trajectory Trajectory { get; }
}
