using System.Collections.Immutable;

namespace HybridControl.Neural.Kpin;

/// <summary>A run of measurements to learn from.</summary>
/// <remarks>Immutable. The initial belief of a training holds at <see cref="Start"/>, which is before the first measurement.</remarks>
public sealed record KpinTrajectory
{
    /// <summary>What messages call it.</summary>
    public string Name { get; init; } = "a trajectory";

    /// <summary>Time of the initial belief, in seconds.</summary>
    public double Start { get; init; }

    /// <summary>Times of the T measurements, in seconds, each after the one before.</summary>
    public required ImmutableArray<double> Times { get; init; }

    /// <summary>Measurements, T by m, row-major; NaN where one is missing.</summary>
    public required ImmutableArray<double> Measurements { get; init; }

    /// <summary>Inputs during the step that ends at each time, T by k, row-major; empty where the model has none.</summary>
    public ImmutableArray<double> Inputs { get; init; } = [];

    /// <summary>True states at each time, T by n, row-major, where they are known; else empty.</summary>
    public ImmutableArray<double> States { get; init; } = [];

    /// <summary>Number T of measurements.</summary>
    public int Count => Times.Length;

    /// <summary>Time at the beginning of the step that ends at a measurement.</summary>
    internal double Before(int step) => step == 0 ? Start : Times[step - 1];
}
