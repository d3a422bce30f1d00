using System.Collections.Immutable;
using HybridControl.Simulation;

namespace HybridControl.Serialization;

/// <summary>A run that is known to be good, and how far another may be from it.</summary>
/// <remarks>
/// A point (t, j) of the golden run is compared with the same segment j of the other, at the nearest time that this segment has; so a
/// jump that comes a little earlier or later spoils nothing if its time is within <see cref="JumpTime"/>. Immutable and thread-safe.
/// </remarks>
/// <param name="Table">The golden run.</param>
public sealed record GoldenRun(TrajectoryTable Table)
{
    /// <summary>Half width of the band, absolute.</summary>
    public double Absolute { get; init; } = 1e-9;

    /// <summary>Half width of the band, relative to the golden value.</summary>
    public double Relative { get; init; } = 1e-6;

    /// <summary>How far a jump may be from that of the golden run, in seconds.</summary>
    public double JumpTime { get; init; } = 1e-6;

    /// <summary>The variables that are compared; empty for all of the table.</summary>
    public ImmutableArray<string> Only { get; init; } = [];

    /// <summary>The first point outside the band; null if there is none.</summary>
    /// <exception cref="Diagnostics.ModelException">A variable is unknown to the table or to the run.</exception>
    public GoldenDifference? FirstDifference(Trajectory run)
    {
        ArgumentNullException.ThrowIfNull(run);
        string[] names = [.. Only.IsEmpty ? Table.Variables : Only];
        double[][] columns = [.. names.Select(Table.Column)];
        double[] values = new double[names.Length];
        int first = 0;
        for (int row = 0; row < Table.RowCount; row++)
        {
            (double time, int jump, string mode) = (Table.Times[row], Table.JumpIndices[row], Table.Modes[row]);
            while (first < run.PieceCount && (run.PieceOf(first).JumpIndex < jump || run.PieceOf(first).End < time - JumpTime) &&
                run.PieceOf(first).JumpIndex <= jump)
            {
                first++;
            }

            (string Signal, string What)? outside = ("", "");
            bool found = false;
            for (int near = first; outside is not null && near < run.PieceCount; near++)
            {
                (double start, double end, int index, string its) = run.PieceOf(near);
                if (index != jump || its != mode || start > time + JumpTime)
                {
                    break;
                }

                run.ReadIn(near, Math.Clamp(time, start, end), names, values);
                outside = Outside(names, columns, row, values);
                found = true;
            }

            if (outside is { } difference)
            {
                return new(time, jump, mode, difference.Signal, found ? difference.What : Missing(run, time, jump, mode));
            }
        }

        return null;
    }

    private (string Signal, string What)? Outside(string[] names, double[][] columns, int row, double[] values)
    {
        for (int i = 0; i < names.Length; i++)
        {
            double golden = columns[i][row];
            double allowed = Absolute + (Relative * Math.Abs(golden));
            bool same = values[i].Equals(golden) || Math.Abs(values[i] - golden) <= allowed;
            if (!same)
            {
                return (names[i], FormattableString.Invariant(
                    $"{names[i]} = {values[i]:G9} instead of {golden:G9}, off by {Math.Abs(values[i] - golden):G3} where {allowed:G3} is allowed,"));
            }
        }

        return null;
    }

    private static string Missing(Trajectory run, double time, int jump, string mode)
    {
        if (time > run.EndTime)
        {
            return FormattableString.Invariant($"the run ended at {run.EndTime:G9} s and has nothing to compare");
        }

        string next = jump <= run.Jumps.Length && jump > 0
            ? FormattableString.Invariant($"its jump {jump} was at {run.Jumps[jump - 1].Time:G9} s to '{run.Jumps[jump - 1].To}'")
            : FormattableString.Invariant($"it has {run.Jumps.Length} jumps");
        return $"the run is in mode '{run.At(time).Mode}' instead of '{mode}' ({next})";
    }
}
