using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Neural.Sequences.Mixers;

namespace HybridControl.Neural.Explanation;

/// <summary>A modal model stepped at a fixed time: <c>x[k] = F x[k-1] + G u[k]</c>, <c>y[k] = 2 Re(C x[k]) + D u[k]</c>.</summary>
/// <remarks>
/// As in the layers, u[k] is the input over the step that ends at k. Immutable, safe on any thread; a step allocates nothing and costs
/// N (m + p) complex multiplications.
/// </remarks>
public sealed class ModalRecurrence
{
    private readonly Complex[] _factors;
    private readonly Complex[] _gains;

    internal ModalRecurrence(ModalModel model, double step, LinearRule rule)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(step);
        if (!double.IsFinite(step))
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, "Give a finite step.");
        }

        (Model, Step, Rule) = (model, step, rule);
        _factors = new Complex[model.Modes];
        _gains = new Complex[model.B.Length];
        for (int mode = 0; mode < model.Modes; mode++)
        {
            (Complex factor, Complex gain) = ModeStep.Of(model.Poles[mode], step, rule);
            _factors[mode] = factor;
            for (int i = 0; i < model.Inputs; i++)
            {
                int entry = (mode * model.Inputs) + i;
                _gains[entry] = gain * model.B[entry];
            }
        }
    }

    /// <summary>The continuous system.</summary>
    public ModalModel Model { get; }

    /// <summary>Step in seconds.</summary>
    public double Step { get; }

    /// <summary>How the input runs over a step.</summary>
    public LinearRule Rule { get; }

    /// <summary>F, one factor for each mode.</summary>
    public ImmutableArray<Complex> Factors => [.. _factors];

    /// <summary>G, N by m, row-major.</summary>
    public ImmutableArray<Complex> Gains => [.. _gains];

    /// <summary>One step.</summary>
    /// <param name="input">u, m numbers.</param>
    /// <param name="state">x, N numbers, before and after.</param>
    /// <param name="output">Receives y, p numbers.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Apply(ReadOnlySpan<double> input, Span<Complex> state, Span<double> output)
    {
        Advance(input, state);
        CheckLength(output.Length, Model.Outputs, nameof(output));
        ReadOnlySpan<Complex> c = Model.C.AsSpan();
        ReadOnlySpan<double> d = Model.D.AsSpan();
        for (int o = 0; o < output.Length; o++)
        {
            double sum = 0.0;
            for (int mode = 0; mode < state.Length; mode++)
            {
                sum += Attribution.Of(c[(o * state.Length) + mode], state[mode]);
            }

            output[o] = sum + Attribution.Direct(d.Slice(o * input.Length, input.Length), input);
        }
    }

    /// <summary>One step of the state alone.</summary>
    /// <param name="input">u, m numbers.</param>
    /// <param name="state">x, N numbers, before and after.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Advance(ReadOnlySpan<double> input, Span<Complex> state)
    {
        CheckLength(input.Length, Model.Inputs, nameof(input));
        CheckLength(state.Length, Model.Modes, nameof(state));
        for (int mode = 0; mode < state.Length; mode++)
        {
            Complex sum = _factors[mode] * state[mode];
            ReadOnlySpan<Complex> gains = _gains.AsSpan(mode * input.Length, input.Length);
            for (int i = 0; i < gains.Length; i++)
            {
                sum += gains[i] * input[i];
            }

            state[mode] = sum;
        }
    }

    /// <summary>A whole sequence from rest.</summary>
    /// <param name="inputs">L by m, row-major.</param>
    /// <returns>L by p, row-major.</returns>
    public double[] Run(ReadOnlySpan<double> inputs)
    {
        int length = inputs.Length / Model.Inputs;
        var state = new Complex[Model.Modes];
        var outputs = new double[length * Model.Outputs];
        for (int k = 0; k < length; k++)
        {
            Apply(inputs.Slice(k * Model.Inputs, Model.Inputs), state, outputs.AsSpan(k * Model.Outputs, Model.Outputs));
        }

        return outputs;
    }

    private static void CheckLength(int found, int expected, string name)
    {
        if (found != expected)
        {
            throw new ArgumentException($"{found} numbers where the model has {expected}.", name);
        }
    }
}
