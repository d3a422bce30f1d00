using System.Collections.Immutable;

namespace HybridControl.Automata;

/// <summary>What an estimator needs to know beyond the model: what is measured, and what is uncertain and by how much.</summary>
/// <remarks>Immutable; equality is structural. A simulation does not look at it.</remarks>
public sealed record EstimationSetup
{
    /// <summary>The sensors, in the order of a measurement.</summary>
    public ImmutableArray<Sensor> Sensors { get; init; } = [];

    /// <summary>Correlations between the noises of sensors; those not named are independent.</summary>
    public ImmutableArray<SensorCorrelation> Correlations { get; init; } = [];

    /// <summary>
    /// Process noise: for a state its diffusion, the square root of the spectral density, in units of the state per square
    /// root of a second; an expression of the model's variables. States not named move without noise.
    /// </summary>
    public ImmutableArray<Assignment> ProcessNoise { get; init; } = [];

    /// <summary>For a state the standard deviation of its initial value, an expression of parameters; states not named are known exactly.</summary>
    public ImmutableArray<Assignment> InitialDeviations { get; init; } = [];

    /// <summary>For a mode its probability at the start, up to a common factor; empty for certainty of the model's initial mode.</summary>
    public ImmutableArray<Assignment> InitialModes { get; init; } = [];

    /// <summary>
    /// For a transition the standard deviation of its threshold, in units of its guard function: each time it fires somewhere
    /// else. Transitions not named fire exactly at their guard.
    /// </summary>
    public ImmutableArray<Assignment> GuardWidths { get; init; } = [];

    /// <summary>Changes of mode by chance.</summary>
    public ImmutableArray<SwitchingRate> Switching { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(EstimationSetup? other) =>
        other is not null && Same(Sensors, other.Sensors) && Same(Correlations, other.Correlations) &&
        Same(ProcessNoise, other.ProcessNoise) && Same(InitialDeviations, other.InitialDeviations) &&
        Same(InitialModes, other.InitialModes) && Same(GuardWidths, other.GuardWidths) && Same(Switching, other.Switching);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Sensors.Length, ProcessNoise.Length, Switching.Length);

    private static bool Same<T>(ImmutableArray<T> a, ImmutableArray<T> b) => a.AsSpan().SequenceEqual(b.AsSpan());
}
