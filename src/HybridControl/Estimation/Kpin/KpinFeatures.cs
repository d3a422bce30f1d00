using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>The dimensionless numbers that a learned correction sees, and their order. No absolute time is among them.</summary>
/// <remarks>
/// First the n states, then what <see cref="Use"/> asks for, in the order of its flags. States and inputs are centred and
/// divided by their scale. Immutable and thread-safe.
/// </remarks>
public sealed record KpinFeatures
{
    /// <summary>Creates a layout with centres 0 and scales 1.</summary>
    /// <param name="states">The number n of states.</param>
    /// <param name="inputs">The number of inputs of the model.</param>
    /// <param name="measurements">The number m of components of the sensor.</param>
    /// <param name="use">What is seen besides the states.</param>
    /// <param name="modes">The number of modes.</param>
    /// <exception cref="ModelException">There is no state or no mode, or a number is negative.</exception>
    public KpinFeatures(int states, int inputs, int measurements, KpinInputs use = KpinInputs.None, int modes = 1)
    {
        if (states < 1 || inputs < 0 || measurements < 0 || modes < 1)
        {
            throw new ModelException(
                "kpin.features", $"{states} states, {inputs} inputs, {measurements} measurements, {modes} modes", "Give at least one state and one mode.");
        }

        (States, Inputs, Measurements, Modes, Use) = (states, inputs, measurements, modes, use);
        StateCenter = [.. new double[states]];
        StateScale = [.. Enumerable.Repeat(1.0, states)];
        InputCenter = [.. new double[inputs]];
        InputScale = [.. Enumerable.Repeat(1.0, inputs)];
    }

    /// <summary>The number n of states.</summary>
    public int States { get; }

    /// <summary>The number of inputs of the model.</summary>
    public int Inputs { get; }

    /// <summary>The number m of components of the sensor.</summary>
    public int Measurements { get; }

    /// <summary>The number of modes.</summary>
    public int Modes { get; }

    /// <summary>What is seen besides the states.</summary>
    public KpinInputs Use { get; }

    /// <summary>Centre of each state, in its unit.</summary>
    public ImmutableArray<double> StateCenter { get; init; }

    /// <summary>Scale of each state, in its unit; positive.</summary>
    public ImmutableArray<double> StateScale { get; init; }

    /// <summary>Centre of each input, in its unit.</summary>
    public ImmutableArray<double> InputCenter { get; init; }

    /// <summary>Scale of each input, in its unit; positive.</summary>
    public ImmutableArray<double> InputScale { get; init; }

    /// <summary>Scale of the length of a step, in seconds.</summary>
    public double StepScale { get; init; } = 1.0;

    /// <summary>Number of features.</summary>
    public int Count => States + Take(KpinInputs.Input, Inputs) + Take(KpinInputs.Innovation, Measurements) +
        Take(KpinInputs.Correction, States) + Take(KpinInputs.Step, 1) + Take(KpinInputs.Mode, Modes);

    /// <summary>Whether something is seen.</summary>
    public bool Uses(KpinInputs what) => (Use & what) != 0;

    /// <summary>Writes the features of a step.</summary>
    /// <param name="x">The states at its beginning.</param>
    /// <param name="input">The inputs during the step.</param>
    /// <param name="whitened">The whitened innovation, one number for each component.</param>
    /// <param name="correction">How far updates moved the states, in standard deviations.</param>
    /// <param name="step">Length of the step in seconds.</param>
    /// <param name="mode">Number of the mode.</param>
    /// <param name="features">Receives <see cref="Count"/> numbers.</param>
    public void Write(
        ReadOnlySpan<double> x, ReadOnlySpan<double> input, ReadOnlySpan<double> whitened, ReadOnlySpan<double> correction, double step,
        int mode, Span<double> features)
    {
        int at = Standardize(x, StateCenter, StateScale, features, 0);
        if (Uses(KpinInputs.Input))
        {
            at = Standardize(input, InputCenter, InputScale, features, at);
        }

        if (Uses(KpinInputs.Innovation))
        {
            whitened.CopyTo(features[at..]);
            at += Measurements;
        }

        if (Uses(KpinInputs.Correction))
        {
            correction.CopyTo(features[at..]);
            at += States;
        }

        if (Uses(KpinInputs.Step))
        {
            features[at++] = step / StepScale;
        }

        if (Uses(KpinInputs.Mode))
        {
            features.Slice(at, Modes).Clear();
            features[at + mode] = 1.0;
        }
    }

    /// <summary>Adds to a list what does not fit a model.</summary>
    internal void Check(int states, int inputs, int measurements, FindingList findings)
    {
        Compare("states", States, states, findings);
        Compare("inputs", Inputs, inputs, findings);
        Compare("measurements", Measurements, measurements, findings);
        CheckScales("stateScale", StateScale, States, findings);
        CheckScales("inputScale", InputScale, Inputs, findings);
        CheckCenters("stateCenter", StateCenter, States, findings);
        CheckCenters("inputCenter", InputCenter, Inputs, findings);
        CheckScales("stepScale", [StepScale], 1, findings);
    }

    private static int Standardize(
        ReadOnlySpan<double> values, ImmutableArray<double> center, ImmutableArray<double> scale, Span<double> features, int at)
    {
        for (int i = 0; i < values.Length; i++)
        {
            features[at + i] = (values[i] - center[i]) / scale[i];
        }

        return at + values.Length;
    }

    private static void Compare(string what, int own, int model, FindingList findings)
    {
        if (own != model)
        {
            findings.Error($"kpin.features.{what}", $"{own} here, {model} in the model", "Use the model that the correction was made for.");
        }
    }

    private static void CheckScales(string what, ImmutableArray<double> scales, int count, FindingList findings)
    {
        if (scales.Length != count || scales.Any(scale => !(scale > 0.0 && double.IsFinite(scale))))
        {
            findings.Error($"kpin.features.{what}", $"not {count} positive numbers", "Give one positive scale for each.");
        }
    }

    private static void CheckCenters(string what, ImmutableArray<double> centers, int count, FindingList findings)
    {
        if (centers.Length != count || centers.Any(center => !double.IsFinite(center)))
        {
            findings.Error($"kpin.features.{what}", $"not {count} finite numbers", "Give one centre for each.");
        }
    }

    private int Take(KpinInputs what, int count) => Uses(what) ? count : 0;
}
