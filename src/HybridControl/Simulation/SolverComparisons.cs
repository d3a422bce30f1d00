using HybridControl.Automata;
using HybridControl.Diagnostics;

namespace HybridControl.Simulation;

/// <summary>Compares solvers on a model.</summary>
public static class SolverComparisons
{
    /// <summary>Runs several solvers over a ladder of tolerances, and measures their errors against a reference of its own.</summary>
    /// <param name="automaton">The model, with the commands that it suggests.</param>
    /// <param name="until">End time in seconds.</param>
    /// <param name="options">How runs are carried out; null for the defaults. Its solver gives the ratio of tolerances and the longest step.</param>
    /// <param name="comparison">What is compared; null for the defaults.</param>
    /// <param name="cancellation">Ends the comparison early; what was computed is kept.</param>
    /// <exception cref="ModelException">The options do not fit; every finding at once.</exception>
    /// <inheritdoc cref="CompareSolvers(Scenario, double, SimulationOptions?, SolverComparisonOptions?, CancellationToken)" path="/remarks"/>
    public static SolverComparison CompareSolvers(
        this HybridAutomaton automaton,
        double until,
        SimulationOptions? options = null,
        SolverComparisonOptions? comparison = null,
        CancellationToken cancellation = default) =>
        Scenario.For(automaton).CompareSolvers(until, options, comparison, cancellation);

    /// <summary>Runs several solvers over a ladder of tolerances, and measures their errors against a reference of its own.</summary>
    /// <param name="scenario">The model and what is done to it.</param>
    /// <param name="until">End time in seconds.</param>
    /// <param name="options">How runs are carried out; null for the defaults. Its solver gives the ratio of tolerances and the longest step.</param>
    /// <param name="comparison">What is compared; null for the defaults.</param>
    /// <param name="cancellation">Ends the comparison early; what was computed is kept.</param>
    /// <exception cref="ModelException">The options do not fit; every finding at once.</exception>
    /// <remarks>
    /// The reference is a run at a hundredth of the tightest tolerance (not below 1e-13; 1e-12 beside methods of fixed step), of the fastest methods that get there: two of
    /// them, so that their difference tells how far either can be trusted. Runs that fail are rows with their reason; methods that the
    /// model refuses are listed apart.
    /// </remarks>
    public static SolverComparison CompareSolvers(
        this Scenario scenario,
        double until,
        SimulationOptions? options = null,
        SolverComparisonOptions? comparison = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        return new SolverComparer(scenario, until, options ?? SimulationOptions.For(scenario.Model), comparison ?? new(), cancellation).Run();
    }
}
