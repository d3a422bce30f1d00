namespace HeartSurface;

/// <summary>The sizes of a study.</summary>
/// <param name="Nodes">Nodes on the heart.</param>
/// <param name="ElectrodeCount">Electrodes on the skin.</param>
/// <param name="TrainingBeats">Beats to learn from.</param>
/// <param name="TestBeats">Beats to judge by.</param>
/// <param name="Iterations">Steps of training.</param>
public sealed record HeartStudy(int Nodes, int ElectrodeCount, int TrainingBeats, int TestBeats, int Iterations)
{
    /// <summary>Seconds on a laptop.</summary>
    public static HeartStudy Small { get; } = new(32, 16, 3, 3, 120);

    /// <summary>What docs/benchmarks/heart-surface.md shows.</summary>
    public static HeartStudy Full { get; } = new(64, 24, 10, 10, 400);

    /// <summary>Radius of the heart over that of the skin.</summary>
    public double Ratio { get; init; } = 0.35;

    /// <summary>Standard deviation of the electrodes' noise; potentials on the heart go from 0 to 1.</summary>
    public double Noise { get; init; } = 0.01;

    /// <summary>Time between samples, in the units of the tissue.</summary>
    public double Step { get; init; } = 0.5;

    /// <summary>Samples of a beat: until the fronts have met.</summary>
    public int Samples => (Nodes * 3 / 4) + 4;
}
