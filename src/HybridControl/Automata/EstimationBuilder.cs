using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Describes what is measured of a model and what is uncertain, while the model is built.</summary>
public sealed class EstimationBuilder
{
    private readonly ImmutableArray<Sensor>.Builder _sensors = ImmutableArray.CreateBuilder<Sensor>();
    private readonly ImmutableArray<SensorCorrelation>.Builder _correlations = ImmutableArray.CreateBuilder<SensorCorrelation>();
    private readonly ImmutableArray<Assignment>.Builder _noise = ImmutableArray.CreateBuilder<Assignment>();
    private readonly ImmutableArray<Assignment>.Builder _deviations = ImmutableArray.CreateBuilder<Assignment>();
    private readonly ImmutableArray<Assignment>.Builder _modes = ImmutableArray.CreateBuilder<Assignment>();
    private readonly ImmutableArray<Assignment>.Builder _widths = ImmutableArray.CreateBuilder<Assignment>();
    private readonly ImmutableArray<SwitchingRate>.Builder _switching = ImmutableArray.CreateBuilder<SwitchingRate>();

    internal EstimationBuilder()
    {
    }

    /// <summary>Measures a state or an output, under its name.</summary>
    /// <param name="variable">What a declaration returned.</param>
    /// <param name="deviation">Standard deviation of the noise.</param>
    public EstimationBuilder Measure(Expr variable, Expr deviation)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return Measure(variable.Name ?? variable.ToString(), variable, deviation);
    }

    /// <summary>Measures an expression.</summary>
    /// <param name="name">Name of the sensor.</param>
    /// <param name="value">What it measures.</param>
    /// <param name="deviation">Standard deviation of the noise.</param>
    public EstimationBuilder Measure(string name, Expr value, Expr deviation)
    {
        _sensors.Add(new(name, value, deviation));
        return this;
    }

    /// <summary>Correlates the noises of two sensors.</summary>
    public EstimationBuilder Correlate(string first, string second, double value)
    {
        _correlations.Add(new(first, second, value));
        return this;
    }

    /// <summary>Disturbs a state: its diffusion, in units of the state per square root of a second.</summary>
    public EstimationBuilder ProcessNoise(Expr state, Expr diffusion)
    {
        _noise.Add(new(ModeBuilder.NameOf(state), diffusion));
        return this;
    }

    /// <summary>Makes the initial value of a state uncertain.</summary>
    public EstimationBuilder InitialDeviation(Expr state, Expr deviation)
    {
        _deviations.Add(new(ModeBuilder.NameOf(state), deviation));
        return this;
    }

    /// <summary>Gives a mode a probability at the start, up to a common factor.</summary>
    public EstimationBuilder InitialMode(ModeBuilder mode, Expr probability)
    {
        ArgumentNullException.ThrowIfNull(mode);
        _modes.Add(new(mode.Name, probability));
        return this;
    }

    /// <summary>Makes the threshold of a transition uncertain.</summary>
    /// <param name="transition">Name of the transition.</param>
    /// <param name="deviation">Standard deviation, in units of the guard function.</param>
    public EstimationBuilder GuardWidth(string transition, Expr deviation)
    {
        _widths.Add(new(transition, deviation));
        return this;
    }

    /// <summary>Lets the mode change by chance.</summary>
    /// <param name="from">The mode that is left.</param>
    /// <param name="to">The mode that is entered.</param>
    /// <param name="rate">Expected number of changes per second.</param>
    public EstimationBuilder Switching(ModeBuilder from, ModeBuilder to, Expr rate)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        _switching.Add(new(from.Name, to.Name, rate));
        return this;
    }

    internal EstimationSetup ToSetup() => new()
    {
        Sensors = _sensors.ToImmutable(),
        Correlations = _correlations.ToImmutable(),
        ProcessNoise = _noise.ToImmutable(),
        InitialDeviations = _deviations.ToImmutable(),
        InitialModes = _modes.ToImmutable(),
        GuardWidths = _widths.ToImmutable(),
        Switching = _switching.ToImmutable(),
    };
}
