using System.Collections.Immutable;

namespace HybridControl.Simulation;

/// <summary>Which solvers are compared, and how. Immutable; every entry has a default.</summary>
public sealed record SolverComparisonOptions
{
    /// <summary>Names of <see cref="Solvers.SolverCatalog"/>; empty, the default, for every method that chooses its steps.</summary>
    public ImmutableArray<string> Solvers { get; init; } = [];

    /// <summary>Relative tolerances, each from 1e-13 up to 0.1; any order.</summary>
    /// <remarks>
    /// The absolute tolerance keeps its ratio to the relative one in the solver of the run's options, 1e-3 by default. A method of fixed
    /// step gets as many steps instead: a hundredth of the run, and a quarter of that each time.
    /// </remarks>
    public ImmutableArray<double> Tolerances { get; init; } = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10];

    /// <summary>Instants at which runs are compared, equally far apart, the last at the end; at least one. One for the end only.</summary>
    public int Points { get; init; } = 200;

    /// <summary>How often a run is repeated for its time, which is the least of all; at least one.</summary>
    public int Repeats { get; init; } = 3;

    /// <summary>The longest that one run may take; a method that exceeds it is not tried at tighter tolerances.</summary>
    public TimeSpan LongestRun { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Receives progress before each run.</summary>
    public IProgress<SolverComparisonProgress>? Progress { get; init; }
}
