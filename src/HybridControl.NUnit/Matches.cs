using HybridControl.Serialization;
using HybridControl.Simulation;

namespace HybridControl.NUnit;

/// <summary>Constraints that compare a run with one that is known to be good.</summary>
public static class Matches
{
    /// <summary>The run stays within a band around another one.</summary>
    public static GoldenRunConstraint GoldenRun(Trajectory golden) => new(new GoldenRun(TrajectoryTable.From(golden)));

    /// <summary>The run stays within a band around one that was saved as comma-separated values.</summary>
    /// <exception cref="Diagnostics.ModelException">The file cannot be read or is no table of a run.</exception>
    public static GoldenRunConstraint GoldenRun(string csv) => new(new GoldenRun(TrajectoryTable.LoadCsv(csv)));
}
