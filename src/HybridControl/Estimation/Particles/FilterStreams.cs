namespace HybridControl.Estimation;

/// <summary>Who uses which random numbers of a step: users in the sense of <see cref="Simulation.EnsembleNoise.For"/>.</summary>
/// <remarks>A propagator has those below; mode m has number m + 1.</remarks>
internal static class FilterStreams
{
    /// <summary>First members.</summary>
    public const int Initial = 1 << 14;

    /// <summary>Resampling.</summary>
    public const int Resampling = Initial + 1;

    /// <summary>Regularisation of a resampled cloud.</summary>
    public const int Regularization = Initial + 2;

    /// <summary>Perturbations of measurements.</summary>
    public const int Perturbations = Initial + 3;

    /// <summary>Rotations of ensembles.</summary>
    public const int Rotations = Initial + 4;

    /// <summary>Modes of particles that carry filters.</summary>
    public const int Modes = Initial + 5;
}
