using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Ensembles.Statistics;

/// <summary>Which modes the trajectories are in at the grid times. Immutable and thread-safe.</summary>
public sealed class ModeOccupancy
{
    private readonly ImmutableArray<long> _counts;

    internal ModeOccupancy(ImmutableArray<double> times, ImmutableArray<string> modes, ImmutableArray<long> counts) =>
        (Times, Modes, _counts) = (times, modes, counts);

    /// <summary>The grid times, in seconds.</summary>
    public ImmutableArray<double> Times { get; }

    /// <summary>Names of the modes by number.</summary>
    public ImmutableArray<string> Modes { get; }

    /// <summary>Trajectories in a mode at grid time k.</summary>
    public long Count(int k, int mode) => _counts[(k * Modes.Length) + mode];

    /// <summary>Trajectories that have not ended before grid time k.</summary>
    public long Total(int k) => _counts.AsSpan(k * Modes.Length, Modes.Length).ToArray().Sum();

    /// <summary>The fraction of those trajectories that is in a mode; NaN if none is left.</summary>
    public double Fraction(int k, int mode) => (double)Count(k, mode) / Total(k);

    /// <summary>The fraction by name of the mode.</summary>
    /// <exception cref="ModelException">There is no such mode.</exception>
    public double Fraction(int k, string mode)
    {
        int number = Modes.IndexOf(mode);
        return number >= 0
            ? Fraction(k, number)
            : throw new ModelException("mode occupancy", $"no mode '{mode}'", Suggestions.For(mode, Modes));
    }

    /// <summary>The fraction as a proportion, for its intervals.</summary>
    public Proportion Proportion(int k, int mode) => new(Count(k, mode), Total(k));
}
