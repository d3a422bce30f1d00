using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <summary>Runs an automaton.</summary>
public static class AutomatonSimulation
{
    /// <summary>Simulates from the start time to <paramref name="until"/>.</summary>
    /// <param name="automaton">The model.</param>
    /// <param name="until">End time in seconds.</param>
    /// <param name="solver">Integration method; null for that of the options.</param>
    /// <param name="options">How the run is carried out; null for the defaults.</param>
    /// <param name="cancellation">Ends the run early; what was computed is kept.</param>
    /// <returns>The trajectory; its status tells whether the end was reached.</returns>
    /// <exception cref="SimulationException">The run ended in an error; the exception carries the partial trajectory.</exception>
    /// <exception cref="ModelException">The options do not fit the model.</exception>
    public static Trajectory Simulate(
        this HybridAutomaton automaton,
        double until,
        Solver? solver = null,
        SimulationOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(automaton);
        options ??= SimulationOptions.For(automaton);
        return ThrowIfError(automaton.TrySimulate(
            until, solver is null ? options : options with { Solver = solver }, cancellation));
    }

    /// <summary>Simulates without throwing for what happens in the run: the status and the reason tell.</summary>
    /// <exception cref="ModelException">The options do not fit the model.</exception>
    public static Trajectory TrySimulate(
        this HybridAutomaton automaton,
        double until,
        SimulationOptions? options = null,
        CancellationToken cancellation = default) =>
        Scenario.For(automaton, useExperiment: false).TrySimulate(until, options, cancellation);

    internal static Trajectory ThrowIfError(Trajectory trajectory) =>
        trajectory.IsError ? throw new SimulationException(trajectory) : trajectory;
}
