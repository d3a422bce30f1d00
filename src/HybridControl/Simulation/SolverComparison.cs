using System.Collections.Immutable;

namespace HybridControl.Simulation;

/// <summary>Work and precision of several solvers on one model.</summary>
/// <remarks>Immutable and thread-safe. Times are those of this machine at that hour; errors and counts are reproducible.</remarks>
public sealed record SolverComparison
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The runs: methods in the order asked for, tolerances from loose to tight.</summary>
    public required ImmutableArray<SolverRun> Runs { get; init; }

    /// <summary>Methods that cannot run the model.</summary>
    public required ImmutableArray<RefusedSolver> Refused { get; init; }

    /// <summary>What errors were measured against; null where no method reached the end.</summary>
    public required SolverReference? Reference { get; init; }

    /// <summary>Whether it was cancelled; runs done before are kept.</summary>
    public bool Cancelled { get; init; }

    /// <summary>The fastest run whose error is at most a bound.</summary>
    /// <returns>The run; null where none is that accurate.</returns>
    public SolverRun? Fastest(double error) =>
        Runs.Where(run => run.IsComparable && run.Error <= error).MinBy(run => run.Seconds);
}
