using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>What a learned correction may do to a filter, and how much of it: the bounds hold for any network.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record KpinDesign
{
    /// <summary>Creates a design.</summary>
    /// <param name="level">What may be corrected.</param>
    /// <param name="features">What the correction sees.</param>
    /// <param name="influence">
    /// G, n by p: how each of p residuals drives the states, per second. A residual of one acceleration has a 1 in the row of
    /// the speed.
    /// </param>
    /// <param name="bounds">The largest absolute value of each residual, p positive numbers in units of a state per second.</param>
    /// <exception cref="ModelException">Sizes differ, or a bound is not positive.</exception>
    public KpinDesign(KpinLevel level, KpinFeatures features, double[,] influence, params ReadOnlySpan<double> bounds)
    {
        ArgumentNullException.ThrowIfNull(features);
        Level = level;
        Features = features;
        Residuals = bounds.Length;
        Matrices.CheckSize("kpin.influence", influence, features.States, bounds.Length);
        Influence = [.. Matrices.Flatten(influence, "kpin.influence")];
        Bounds = [.. bounds];
        if (Bounds.Any(bound => !(bound > 0.0 && double.IsFinite(bound))))
        {
            throw new ModelException("kpin.bounds", "a bound is not a positive number", "Say how large each residual may become.");
        }
    }

    /// <summary>What may be corrected.</summary>
    public KpinLevel Level { get; }

    /// <summary>What the correction sees.</summary>
    public KpinFeatures Features { get; init; }

    /// <summary>The number p of residuals.</summary>
    public int Residuals { get; }

    /// <summary>G, n by p, row-major, per second.</summary>
    public ImmutableArray<double> Influence { get; }

    /// <summary>The largest absolute value of each residual.</summary>
    public ImmutableArray<double> Bounds { get; }

    /// <summary>The largest absolute logarithm of a factor of process noise.</summary>
    public double ProcessClip { get; init; } = 3.0;

    /// <summary>The largest absolute logarithm of a factor of measurement noise.</summary>
    public double MeasurementClip { get; init; } = 2.0;

    /// <summary>The largest change of a state by the learned gain, in its standard deviations per standard deviation of innovation.</summary>
    public double GainBound { get; init; } = 0.5;

    /// <summary>Factor of all process noise deviations, from calibration.</summary>
    public double ProcessFactor { get; init; } = 1.0;

    /// <summary>Factor of all measurement noise deviations, from calibration.</summary>
    public double MeasurementFactor { get; init; } = 1.0;

    /// <summary>Where the correction has been trained; null if that is not known.</summary>
    public KpinEnvelope? Envelope { get; init; }

    /// <summary>Refuses a model that the design was not made for.</summary>
    /// <exception cref="ModelException">The sizes differ or a setting is out of range; with every finding.</exception>
    public void Check(TransitionModel transition, MeasurementModel sensor)
    {
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentNullException.ThrowIfNull(sensor);
        var findings = new FindingList();
        Check(transition, sensor, findings);
        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }

    /// <summary>Adds to a list what does not fit a model.</summary>
    internal void Check(TransitionModel transition, MeasurementModel sensor, FindingList findings)
    {
        Features.Check(transition.StateCount, transition.InputCount, sensor.Count, findings);
        Positive("processClip", ProcessClip, findings);
        Positive("measurementClip", MeasurementClip, findings);
        Positive("gainBound", GainBound, findings);
        Positive("processFactor", ProcessFactor, findings);
        Positive("measurementFactor", MeasurementFactor, findings);
        if (Envelope is { } envelope && envelope.Center.Length != Features.Count)
        {
            findings.Error(
                "kpin.envelope", $"{envelope.Center.Length} features where {Features.Count} are seen", "Take the envelope of the same features.");
        }
    }

    private static void Positive(string what, double value, FindingList findings)
    {
        if (!(value > 0.0 && double.IsFinite(value)))
        {
            findings.Error($"kpin.{what}", FormattableString.Invariant($"{value} is not a positive number"), "Give a positive number.");
        }
    }
}
