using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Estimation;

namespace HybridControl.Neural.Kpin;

/// <summary>Sizes and settings of a KPIN file.</summary>
internal sealed record KpinHeader
{
    private const int Largest = 1 << 16;

    public required int Version { get; init; }

    public required KpinLevel Level { get; init; }

    public required KpinInputs Use { get; init; }

    public required int States { get; init; }

    public required int Inputs { get; init; }

    public required int Measurements { get; init; }

    public required int Modes { get; init; }

    public required int Noises { get; init; }

    public required int Residuals { get; init; }

    public required ImmutableArray<int> Hidden { get; init; }

    public required double StepScale { get; init; }

    public required double ProcessClip { get; init; }

    public required double MeasurementClip { get; init; }

    public required double GainBound { get; init; }

    public required double ProcessFactor { get; init; }

    public required double MeasurementFactor { get; init; }

    /// <summary>Null where no envelope is known.</summary>
    public double? EnvelopeLimit { get; init; }

    public static KpinHeader Of(KpinNetwork network, int version)
    {
        KpinDesign design = network.Design;
        KpinFeatures features = design.Features;
        return new()
        {
            Version = version,
            Level = design.Level,
            Use = features.Use,
            States = features.States,
            Inputs = features.Inputs,
            Measurements = features.Measurements,
            Modes = features.Modes,
            Noises = network.Noises,
            Residuals = design.Residuals,
            Hidden = network.Hidden,
            StepScale = features.StepScale,
            ProcessClip = design.ProcessClip,
            MeasurementClip = design.MeasurementClip,
            GainBound = design.GainBound,
            ProcessFactor = design.ProcessFactor,
            MeasurementFactor = design.MeasurementFactor,
            EnvelopeLimit = design.Envelope?.Limit,
        };
    }

    /// <summary>How many weights the network of a design has at least.</summary>
    public long WeightsOf(KpinDesign design)
    {
        long weights = 0;
        long width = design.Features.Count;
        foreach (int next in Hidden)
        {
            weights += width * next;
            width = next;
        }

        long heads = Residuals + (Level >= KpinLevel.ResidualAndNoise ? Noises + Measurements : 0) +
            (Level == KpinLevel.Gain ? (long)States * Measurements : 0);
        return weights + (width * heads);
    }

    /// <summary>What cannot be, before anything is made of it.</summary>
    public ImmutableArray<Finding> Check(string where, int version)
    {
        var findings = new FindingList();
        if (Version != version)
        {
            findings.Error($"{where}.version", $"{Version} is unknown; this reader knows {version}", "Train the network anew.");
        }

        foreach ((string name, int size, int least) in new[]
        {
            ("states", States, 1), ("inputs", Inputs, 0), ("measurements", Measurements, 1), ("modes", Modes, 1), ("noises", Noises, 1),
            ("residuals", Residuals, 1),
        })
        {
            if (size < least || size > Largest)
            {
                findings.Error($"{where}.{name}", $"{size} is not between {least} and {Largest}", "The file is damaged.");
            }
        }

        if (Hidden.IsDefaultOrEmpty || Hidden.Any(width => width is < 1 or > Largest))
        {
            findings.Error($"{where}.hidden", $"widths must be from 1 to {Largest}, and one at least", "The file is damaged.");
        }

        if (!Enum.IsDefined(Level) || ((int)Use & ~31) != 0)
        {
            findings.Error($"{where}.level", $"level {Level} or inputs {Use} are unknown", "The file is damaged.");
        }

        return findings.ToImmutable();
    }
}
