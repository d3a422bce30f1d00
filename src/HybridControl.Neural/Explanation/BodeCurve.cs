using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;

namespace HybridControl.Neural.Explanation;

/// <summary>Frequency response of one input to one output, as plotted.</summary>
/// <param name="Frequencies">Angular frequencies in rad/s, rising.</param>
/// <param name="Gains">Gain at each, in decibels; minus infinity where nothing passes.</param>
/// <param name="Phases">Phase at each, in degrees, without jumps of 360.</param>
public sealed record BodeCurve(ImmutableArray<double> Frequencies, ImmutableArray<double> Gains, ImmutableArray<double> Phases)
{
    /// <summary>The curve of one input and output of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="frequencies">Angular frequencies in rad/s, rising; see <see cref="FrequenciesFor"/>.</param>
    /// <param name="input">Which input.</param>
    /// <param name="output">Which output.</param>
    /// <exception cref="ModelException">An undamped mode has one of the frequencies.</exception>
    public static BodeCurve Of(ModalModel model, ReadOnlySpan<double> frequencies, int input = 0, int output = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ModalModel channel = model.Channel(input, output);
        var gains = ImmutableArray.CreateBuilder<double>(frequencies.Length);
        var phases = ImmutableArray.CreateBuilder<double>(frequencies.Length);
        foreach (double omega in frequencies)
        {
            Complex response = channel.FrequencyResponse(omega)[0];
            double phase = response.Phase * 180.0 / Math.PI;
            if (phases.Count > 0)
            {
                phase += 360.0 * Math.Round((phases[^1] - phase) / 360.0);
            }

            gains.Add(20.0 * Math.Log10(response.Magnitude));
            phases.Add(phase);
        }

        return new([.. frequencies], gains.MoveToImmutable(), phases.MoveToImmutable());
    }

    /// <summary>Frequencies at equal ratios that cover the modes of a model: from a tenth of the slowest to ten times the fastest.</summary>
    /// <param name="model">The model.</param>
    /// <param name="count">How many, at least two.</param>
    public static double[] FrequenciesFor(ModalModel model, int count = 200)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        double[] natural = [.. model.Poles.Select(pole => pole.Magnitude).Where(magnitude => magnitude > 0.0)];
        double low = 0.1 * natural.DefaultIfEmpty(1.0).Min();
        double high = 10.0 * natural.DefaultIfEmpty(1.0).Max();
        return [.. Enumerable.Range(0, count).Select(k => low * Math.Pow(high / low, k / (count - 1.0)))];
    }
}
