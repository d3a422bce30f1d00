using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Explanation;

/// <summary>What a selective layer chose at each token of a sequence, and what follows from it. L tokens.</summary>
/// <remarks>
/// A short step holds the state and ignores the token; a long one forgets the state and takes the token in. There is no one linear system
/// for all inputs: <see cref="Freeze"/> gives the one of a token, with the range over which the choice moved. In double precision;
/// immutable.
/// </remarks>
public sealed class SelectiveTrace
{
    private readonly double[] _steps;
    private readonly double[] _inputs;
    private readonly double[] _b;
    private readonly double[] _c;
    private readonly double[] _gates;

    internal SelectiveTrace(SelectiveLaw law, double[] delta, double[] inputs, double[] b, double[] c, double[] gates)
    {
        (Law, _inputs, _b, _c) = (law, inputs, b, c);
        Tokens = inputs.Length / law.Channels;
        _steps = [.. delta.Select((raw, i) => law.StepSizeOf(raw, i % law.Steps))];
        _gates = [.. gates.Select(gate => Activations.Of(Backends.Activation.Silu, gate))];
    }

    /// <summary>What does not depend on the token.</summary>
    public SelectiveLaw Law { get; }

    /// <summary>Tokens, L.</summary>
    public int Tokens { get; }

    /// <summary>Step sizes of a channel, L numbers: how much of the token is taken in, and how fast the past fades.</summary>
    public ImmutableArray<double> StepsOf(int channel) => [.. Column(_steps, Law.Steps, Law.StepOf(channel))];

    /// <summary>Inputs of a channel to the scan, after the convolution, L numbers.</summary>
    public ImmutableArray<double> InputsOf(int channel) => [.. Column(_inputs, Law.Channels, channel)];

    /// <summary>What multiplies the output of a channel, the gate after its silu, L numbers; ones for a layer without a gate.</summary>
    public ImmutableArray<double> GatesOf(int channel) =>
        _gates.Length == 0 ? [.. Enumerable.Repeat(1.0, Tokens)] : [.. Column(_gates, Law.Channels, channel)];

    /// <summary>The share of a state that is left after each token, <c>exp(dt A)</c>, L numbers.</summary>
    public ImmutableArray<double> RetentionOf(int channel, int state) =>
        [.. StepsOf(channel).Select(step => Math.Exp(step * Law.Rates[(channel * Law.StateSize) + state]))];

    /// <summary>Least and greatest step size of a channel over the sequence.</summary>
    public (double Least, double Greatest) StepRangeOf(int channel)
    {
        ImmutableArray<double> steps = StepsOf(channel);
        return (steps.Min(), steps.Max());
    }

    /// <summary>What each state, and the direct path, adds to the output of a channel before the gate.</summary>
    /// <param name="channel">Which.</param>
    /// <param name="start">States before the first token, n numbers; empty for zeros.</param>
    public Attribution AttributionOf(int channel, ReadOnlySpan<double> start = default)
    {
        int n = Law.StateSize;
        var values = new double[Tokens * (n + 1)];
        var totals = new double[Tokens];
        var states = new Complex[Tokens * n];
        var h = new double[n];
        start.CopyTo(h);
        for (int t = 0; t < Tokens; t++)
        {
            Advance(t, channel, h);
            Span<double> parts = values.AsSpan(t * (n + 1), n + 1);
            for (int j = 0; j < n; j++)
            {
                states[(t * n) + j] = h[j];
                parts[j] = h[j] * Shared(_c, t, channel, j);
                totals[t] += parts[j];
            }

            parts[n] = Law.Direct[channel] * _inputs[(t * Law.Channels) + channel];
            totals[t] += parts[n];
        }

        return new(Tokens, 1, n + 1, [.. values], [.. totals], [.. states]);
    }

    /// <summary>A bound of each state of a channel after each token, <c>|h| &lt;= sum of dt |x| |B|</c>: L by n.</summary>
    /// <exception cref="ModelException">A rate is positive: then there is no such bound.</exception>
    /// <remarks>Holds for every sequence of steps that is not longer, because a stable state only fades between tokens.</remarks>
    public ImmutableArray<double> BoundsOf(int channel)
    {
        if (!Law.IsStable)
        {
            throw new ModelException("SelectiveTrace", "a rate is positive, so that a state may grow by itself", "Train the layer with negative rates.");
        }

        int n = Law.StateSize;
        var bounds = new double[Tokens * n];
        for (int t = 0; t < Tokens; t++)
        {
            for (int j = 0; j < n; j++)
            {
                double before = t == 0 ? 0.0 : bounds[((t - 1) * n) + j];
                bounds[(t * n) + j] = before + Math.Abs(Drive(t, channel, j));
            }
        }

        return [.. bounds];
    }

    /// <summary>The linear system that a channel is while it goes on choosing what it chose at a token.</summary>
    /// <param name="token">The operating point.</param>
    /// <param name="channel">Which channel.</param>
    /// <param name="sampleTime">Seconds between tokens, positive.</param>
    /// <remarks>
    /// Poles <c>A dt / Ts</c>; the input weights are such that an input held over a step adds the layer's <c>dt x B</c>, which is Euler's rule
    /// where the poles move by the exact one. One input, one output, before the gate.
    /// </remarks>
    public FrozenChannel Freeze(int token, int channel, double sampleTime)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, Tokens);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleTime);
        int n = Law.StateSize;
        double step = _steps[(token * Law.Steps) + Law.StepOf(channel)];
        var poles = new Complex[n];
        var b = new Complex[n];
        var c = new Complex[n];
        for (int j = 0; j < n; j++)
        {
            double z = step * Law.Rates[(channel * n) + j];
            poles[j] = z / sampleTime;
            b[j] = step * Shared(_b, token, channel, j) / (sampleTime * ModeStep.Phi(z).Real);
            c[j] = 0.5 * Shared(_c, token, channel, j); // a mode of the model counts twice
        }

        (double least, double greatest) = StepRangeOf(channel);
        return new(token, channel, new([.. poles], [.. b], [.. c], [Law.Direct[channel]], 1, 1), step, least, greatest);
    }

    private void Advance(int token, int channel, Span<double> h)
    {
        double step = _steps[(token * Law.Steps) + Law.StepOf(channel)];
        for (int j = 0; j < h.Length; j++)
        {
            h[j] = (Math.Exp(step * Law.Rates[(channel * h.Length) + j]) * h[j]) + Drive(token, channel, j);
        }
    }

    private double Drive(int token, int channel, int state) => _steps[(token * Law.Steps) + Law.StepOf(channel)] *
        _inputs[(token * Law.Channels) + channel] * Shared(_b, token, channel, state);

    private double Shared(double[] values, int token, int channel, int state) =>
        values[(((token * Law.Groups) + Law.GroupOf(channel)) * Law.StateSize) + state];

    private IEnumerable<double> Column(double[] values, int width, int column)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, width);
        return Enumerable.Range(0, Tokens).Select(t => values[(t * width) + column]);
    }
}
