using System.Collections.Immutable;
using System.Numerics;

namespace HybridControl.Neural.Explanation;

/// <summary>What each mode, and the direct path, adds to the outputs over a sequence.</summary>
/// <param name="Length">Tokens, L.</param>
/// <param name="Outputs">Outputs, p.</param>
/// <param name="Parts">Modes and, as the last part, the direct path: N + 1.</param>
/// <param name="Values">L by p by N + 1, row-major. A mode adds <c>2 Re(c x)</c>.</param>
/// <param name="Totals">The outputs, L by p: the sum of the parts in their order, to the last bit.</param>
/// <param name="States">States after each token, L by N.</param>
public sealed record Attribution(
    int Length, int Outputs, int Parts, ImmutableArray<double> Values, ImmutableArray<double> Totals, ImmutableArray<Complex> States)
{
    /// <summary>Runs a sequence through a model from rest and keeps the parts.</summary>
    /// <param name="recurrence">The model at its step.</param>
    /// <param name="inputs">L by m, row-major.</param>
    /// <exception cref="ArgumentException">The inputs do not fill whole rows.</exception>
    public static Attribution Run(ModalRecurrence recurrence, ReadOnlySpan<double> inputs)
    {
        ArgumentNullException.ThrowIfNull(recurrence);
        ModalModel model = recurrence.Model;
        if (inputs.Length % model.Inputs != 0)
        {
            throw new ArgumentException($"{inputs.Length} numbers are no whole rows of {model.Inputs} inputs.", nameof(inputs));
        }

        int length = inputs.Length / model.Inputs;
        int parts = model.Modes + 1;
        var values = new double[length * model.Outputs * parts];
        var totals = new double[length * model.Outputs];
        var states = new Complex[length * model.Modes];
        var state = new Complex[model.Modes];
        for (int k = 0; k < length; k++)
        {
            ReadOnlySpan<double> input = inputs.Slice(k * model.Inputs, model.Inputs);
            recurrence.Advance(input, state);
            state.CopyTo(states, k * model.Modes);
            for (int o = 0; o < model.Outputs; o++)
            {
                int row = (k * model.Outputs) + o;
                totals[row] = Split(model, o, input, state, values.AsSpan(row * parts, parts));
            }
        }

        return new(length, model.Outputs, parts, [.. values], [.. totals], [.. states]);
    }

    /// <summary>What a part added to an output at a token.</summary>
    public double this[int token, int output, int part] => Values[(((token * Outputs) + output) * Parts) + part];

    /// <summary>What a mode adds to an output.</summary>
    internal static double Of(Complex weight, Complex state) => 2.0 * ((weight.Real * state.Real) - (weight.Imaginary * state.Imaginary));

    /// <summary>What the direct path adds to an output.</summary>
    internal static double Direct(ReadOnlySpan<double> weights, ReadOnlySpan<double> input)
    {
        double sum = 0.0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * input[i];
        }

        return sum;
    }

    private static double Split(ModalModel model, int output, ReadOnlySpan<double> input, ReadOnlySpan<Complex> state, Span<double> parts)
    {
        double total = 0.0;
        for (int mode = 0; mode < state.Length; mode++)
        {
            parts[mode] = Of(model.C[(output * model.Modes) + mode], state[mode]);
            total += parts[mode];
        }

        parts[^1] = Direct(model.D.AsSpan(output * input.Length, input.Length), input);
        return total + parts[^1];
    }
}
