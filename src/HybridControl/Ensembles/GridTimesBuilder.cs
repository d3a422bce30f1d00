using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Ensembles;

/// <summary>Makes the grid times of a recording.</summary>
internal static class GridTimesBuilder
{
    /// <summary>More times than this are a mistake in the spacing.</summary>
    public const int Most = 10_000_000;

    /// <summary>Start, start + every, ... up to the end, the end included where it is a multiple but for rounding.</summary>
    /// <exception cref="ModelException">The spacing is not positive or gives too many times.</exception>
    public static ImmutableArray<double> Every(double every, double start, double until) => Problem(every, start, until) is { } problem
        ? throw new ModelException("record.every", problem, "Give a positive number of seconds between samples.")
        : Times(every, start, until);

    /// <summary>What is wrong with a spacing, without a full stop; null if nothing is.</summary>
    public static string? Problem(double every, double start, double until)
    {
        if (!(every > 0.0 && double.IsFinite(every)))
        {
            return FormattableString.Invariant($"the spacing is {every} s");
        }

        double count = (until - start) / every;
        return count <= Most ? null : FormattableString.Invariant($"a spacing of {every} s gives {count:0} times");
    }

    /// <summary>The times of a spacing without a problem.</summary>
    public static ImmutableArray<double> Times(double every, double start, double until)
    {
        int count = until >= start ? (int)Math.Floor(((until - start) / every) + 1e-9) : -1;
        var times = ImmutableArray.CreateBuilder<double>(count + 1);
        for (int k = 0; k <= count; k++)
        {
            times.Add(Math.Min(start + (k * every), until));
        }

        return times.MoveToImmutable();
    }

    /// <summary>Both lists of times in ascending order, each time once.</summary>
    public static ImmutableArray<double> Join(ImmutableArray<double> times, IEnumerable<double> more) => [.. times.Concat(more).Distinct().Order()];
}
