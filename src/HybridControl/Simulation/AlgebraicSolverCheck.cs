using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <summary>Whether a solver can run the algebraic equations and mass matrices of a model.</summary>
internal static class AlgebraicSolverCheck
{
    /// <summary>Every finding about a valid model and a solver.</summary>
    public static IEnumerable<Finding> Of(HybridAutomaton model, Solver solver) =>
        !model.IsImplicit || solver.SolvesAlgebraicEquations ? [] : AlgebraicRefusal.Of(
            model, $"'{solver.Name}' is a method for explicit derivatives", $"Use a method for algebraic equations: {SolverCatalog.AlgebraicNames}.");
}
