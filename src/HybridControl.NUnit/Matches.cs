using HybridControl.Serialization;
using HybridControl.Simulation;

namespace HybridControl.NUnit;

/// <summary>Constraints that compare a run with one that is known to be good.</summary>
public static class Matches
{
    private const int Instants = 256;

    /// <summary>The run stays within a band around another one, at 256 instants and on both sides of every jump.</summary>
    public static GoldenRunConstraint GoldenRun(Trajectory golden)
    {
        ArgumentNullException.ThrowIfNull(golden);
        double length = golden.EndTime - golden.StartTime;
        double[] grid = length > 0.0 ? [.. Enumerable.Range(1, Instants - 1).Select(k => golden.StartTime + (length * k / Instants))] : [];
        return new(new GoldenRun(TrajectoryTable.From(golden, grid: grid)));
    }

    /// <summary>The run stays within a band around one that was saved as comma-separated values.</summary>
    /// <exception cref="Diagnostics.ModelException">The file cannot be read or is no table of a run.</exception>
    public static GoldenRunConstraint GoldenRun(string csv) => new(new GoldenRun(TrajectoryTable.LoadCsv(csv)));
}
