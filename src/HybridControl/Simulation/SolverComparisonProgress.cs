namespace HybridControl.Simulation;

/// <summary>How far a comparison of solvers has come.</summary>
/// <param name="Solver">Name of the method that runs next.</param>
/// <param name="Tolerance">Its relative tolerance, or its step in seconds.</param>
/// <param name="Done">Runs done.</param>
/// <param name="Total">Runs in all, as far as is known.</param>
public readonly record struct SolverComparisonProgress(string Solver, double Tolerance, int Done, int Total);
