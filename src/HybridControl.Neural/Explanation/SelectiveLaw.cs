using System.Collections.Immutable;
using HybridControl.Neural.Backends.Cpu;

namespace HybridControl.Neural.Explanation;

/// <summary>What a selective layer (Mamba, SSD) does not choose anew for every token: its rates, and how step sizes are made.</summary>
/// <remarks>
/// State j of a channel: <c>h+ = exp(dt A) h + dt x B</c>, <c>y = C h + D x</c>, with dt, B and C chosen by the token. Rates A are fixed, so a
/// layer is a linear system whose clock and whose input and output weights are scheduled by what it reads.
/// </remarks>
public sealed record SelectiveLaw
{
    /// <summary>Channels of the scan.</summary>
    public required int Channels { get; init; }

    /// <summary>States of a channel.</summary>
    public required int StateSize { get; init; }

    /// <summary>Step sizes of a token: one for each channel, or one for each head.</summary>
    public required int Steps { get; init; }

    /// <summary>Groups of channels that share B and C.</summary>
    public required int Groups { get; init; }

    /// <summary>A, channels by states: negative in a stable layer.</summary>
    public required ImmutableArray<double> Rates { get; init; }

    /// <summary>Added to raw step sizes before the softplus, one for each; empty if that was done.</summary>
    public ImmutableArray<double> StepBias { get; init; } = [];

    /// <summary>Least step size.</summary>
    public double LeastStep { get; init; }

    /// <summary>Greatest step size; 0 for no bound.</summary>
    public double GreatestStep { get; init; }

    /// <summary>D, one for each channel.</summary>
    public required ImmutableArray<double> Direct { get; init; }

    /// <summary>Whether no state can grow by itself: then |exp(dt A)| is at most 1, whatever the token says.</summary>
    public bool IsStable => Rates.All(rate => rate <= 0.0);

    /// <summary>Which step size a channel uses.</summary>
    public int StepOf(int channel) => (int)((long)channel * Steps / Channels);

    /// <summary>Which B and C a channel uses.</summary>
    public int GroupOf(int channel) => (int)((long)channel * Groups / Channels);

    /// <summary>The step size of a raw number that a token gave.</summary>
    internal double StepSizeOf(double raw, int step)
    {
        double size = Math.Max(Activations.Softplus(raw + (StepBias.IsEmpty ? 0.0 : StepBias[step])), LeastStep);
        return GreatestStep > 0.0 ? Math.Min(size, GreatestStep) : size;
    }
}
