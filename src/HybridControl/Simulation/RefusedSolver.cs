using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Simulation;

/// <summary>A method that cannot run a model.</summary>
/// <param name="Solver">Name of the method.</param>
/// <param name="Findings">Why.</param>
public sealed record RefusedSolver(string Solver, ImmutableArray<Finding> Findings);
