using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Identification;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Explanation;

/// <summary>Trained time-invariant layers as continuous systems.</summary>
/// <remarks>
/// With a sample time Ts, mode i of a layer has the pole <c>a = Lambda Delta / Ts</c> and the input row <c>b = Delta B / Ts</c>: steps differ
/// from state to state, so Lambda alone is not the pole. Stepping the result at Ts under the layer's own rule is the layer.
/// </remarks>
public static class LayerExport
{
    /// <summary>The continuous system of an S5 layer, before its gate.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="sampleTime">Seconds between the tokens of training, positive.</param>
    /// <returns>P modes, H inputs, H outputs.</returns>
    /// <exception cref="ModelException">The numbers do not fit together, or the layer looks at later tokens.</exception>
    public static ModalModel ToModal(this S5Parameters layer, double sampleTime)
    {
        Check(layer);
        return Build(layer, sampleTime, mode => (layer.EigenvalueOf(mode) * Step(layer, mode) / sampleTime, Step(layer, mode) / sampleTime));
    }

    /// <summary>The continuous system that, with inputs held over a step, gives the states of the layer at every token, whatever its rule.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="sampleTime">Seconds between the tokens of training, positive.</param>
    /// <returns>P modes, H inputs, H outputs.</returns>
    /// <exception cref="ModelException">A bilinear mode forgets everything in one step, which no flow does; or as for <see cref="ToModal(S5Parameters, double)"/>.</exception>
    /// <remarks>
    /// For a layer of the zero-order hold this is <see cref="ToModal(S5Parameters, double)"/>. For a bilinear one <c>a = log(F) / Ts</c>; its
    /// own system, by Tustin's rule <c>a = (2 / Ts) (F - 1) / (F + 1)</c>, would need an input that is averaged over two steps.
    /// </remarks>
    public static ModalModel ToHeldInput(this S5Parameters layer, double sampleTime)
    {
        Check(layer);
        if (layer.Rule == LinearRule.ZeroOrderHold)
        {
            return layer.ToModal(sampleTime);
        }

        return Build(layer, sampleTime, mode => Hold(layer.StepOf(mode), sampleTime, $"S5, mode {mode}"));
    }

    /// <summary>The continuous system of an S4D layer, before its activation: all channels side by side.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="sampleTime">Seconds between the tokens of training, positive.</param>
    /// <returns>H N modes, those of a channel together, H inputs, H outputs.</returns>
    /// <exception cref="ModelException">The numbers do not fit together.</exception>
    public static ModalModel ToModal(this S4dParameters layer, double sampleTime)
    {
        Check(layer);
        return Build(layer, sampleTime, (channel, mode) =>
        {
            double rate = Math.Exp(layer.LogStep[channel]) / sampleTime;
            return (layer.EigenvalueOf(channel, mode) * rate, rate);
        });
    }

    /// <summary>As <see cref="ToHeldInput(S5Parameters, double)"/>, for an S4D layer.</summary>
    /// <inheritdoc cref="ToHeldInput(S5Parameters, double)"/>
    public static ModalModel ToHeldInput(this S4dParameters layer, double sampleTime)
    {
        Check(layer);
        if (layer.Rule == LinearRule.ZeroOrderHold)
        {
            return layer.ToModal(sampleTime);
        }

        return Build(layer, sampleTime, (channel, mode) => Hold(layer.StepOf(channel, mode), sampleTime, $"S4D, channel {channel}, mode {mode}"));
    }

    /// <summary>The continuous system that was identified, from deviations of inputs to deviations of outputs.</summary>
    /// <param name="model">The identified system; what corrects its state by measurements is left out.</param>
    /// <returns>As many modes, inputs and outputs; stepped at the sample period under the hold it is the identified system.</returns>
    public static ModalModel ToModal(this SsmModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ModalSystem system = model.System;
        double period = model.SamplePeriod;
        var b = new Complex[system.B.Length];
        for (int i = 0; i < b.Length; i++)
        {
            b[i] = system.B[i] / (period * ModeStep.Phi(system.Exponents[i / system.Inputs]));
        }

        return new([.. system.Exponents.Select(exponent => exponent / period)], [.. b], [.. system.C], [.. system.D], system.Inputs, system.Outputs);
    }

    private static double Step(S5Parameters layer, int mode) => Math.Exp(layer.LogStep[mode]);

    private static void Check(S5Parameters layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        layer.Check("S5");
        if (layer.IsBidirectional)
        {
            throw new ModelException("S5", "the layer looks at later tokens, which no system in time does", "Train it with one direction.");
        }
    }

    private static void Check(S4dParameters layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        layer.Check("S4D");
    }

    // The pole and the rate of a flow whose held step is a given one: exp(a Ts) = F, Ts phi(a Ts) rate = G.
    private static (Complex Pole, Complex Rate) Hold(ModeStep step, double sampleTime, string where)
    {
        if (step.Factor == Complex.Zero)
        {
            throw new ModelException(where, "the mode forgets its state within one step, which no flow does", "Run the layer as a sampled block.");
        }

        Complex z = Complex.Log(step.Factor);
        return (z / sampleTime, step.Gain / (sampleTime * ModeStep.Phi(z)));
    }

    private static ModalModel Build(S5Parameters layer, double sampleTime, Func<int, (Complex Pole, Complex Rate)> ofMode)
    {
        CheckSampleTime(sampleTime);
        int channels = layer.Channels;
        double weight = layer.ConjugatePairs ? 1.0 : 0.5;
        var poles = new Complex[layer.Modes];
        var b = new Complex[layer.B.Length];
        var d = new double[channels * channels];
        for (int mode = 0; mode < poles.Length; mode++)
        {
            (poles[mode], Complex rate) = ofMode(mode);
            for (int i = 0; i < channels; i++)
            {
                b[(mode * channels) + i] = rate * layer.B[(mode * channels) + i];
            }
        }

        for (int i = 0; i < channels; i++)
        {
            d[i * (channels + 1)] = layer.D[i];
        }

        return new([.. poles], [.. b], [.. layer.C.Select(c => weight * c)], [.. d], channels, channels);
    }

    private static ModalModel Build(S4dParameters layer, double sampleTime, Func<int, int, (Complex Pole, Complex Rate)> ofMode)
    {
        CheckSampleTime(sampleTime);
        (int channels, int modes) = (layer.Channels, layer.Modes);
        int all = channels * modes;
        var poles = new Complex[all];
        var b = new Complex[all * channels];
        var c = new Complex[channels * all];
        var d = new double[channels * channels];
        for (int channel = 0; channel < channels; channel++)
        {
            d[channel * (channels + 1)] = layer.D[channel];
            for (int mode = 0; mode < modes; mode++)
            {
                int i = (channel * modes) + mode;
                (poles[i], b[(i * channels) + channel]) = ofMode(channel, mode);
                c[(channel * all) + i] = layer.C[i];
            }
        }

        return new([.. poles], [.. b], [.. c], [.. d], channels, channels);
    }

    private static void CheckSampleTime(double sampleTime)
    {
        if (!(sampleTime > 0.0) || !double.IsFinite(sampleTime))
        {
            throw new ModelException("sampleTime", FormattableString.Invariant($"{sampleTime} s between tokens"), "Give a positive, finite time.");
        }
    }
}
