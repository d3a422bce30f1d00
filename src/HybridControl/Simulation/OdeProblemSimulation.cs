using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <summary>Solves initial value problems with the engine that runs automata.</summary>
public static class OdeProblemSimulation
{
    /// <summary>Solves from the initial values at <paramref name="from"/> to <paramref name="to"/>, which may be earlier.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="from">Time of the initial values, in seconds.</param>
    /// <param name="to">End time in seconds; before <paramref name="from"/> to solve backward.</param>
    /// <param name="solver">Integration method; null for the default.</param>
    /// <param name="cancellation">Ends the solution early; what was computed is kept.</param>
    /// <returns>The solution; its status tells whether the end was reached.</returns>
    /// <exception cref="SimulationException">The solution ended in an error; <see cref="TrySolve"/> gives what was computed.</exception>
    /// <exception cref="ModelException">A name is unknown, a number is not finite, or sizes differ.</exception>
    /// <remarks>
    /// Watches never change the solution, they may end it. Backward, t = -s turns x' = f(t, x) into dx/ds = -f(-s, x); times and
    /// directions of roots are given back in t.
    /// </remarks>
    public static OdeSolution Solve(
        this OdeProblem problem, double from, double to, Solver? solver = null, CancellationToken cancellation = default) =>
        problem.Solve(from, to, [], solver, cancellation);

    /// <summary>Solves, and differentiates the solution with respect to parameters and initial values.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="from">Time of the initial values, in seconds.</param>
    /// <param name="to">End time in seconds; before <paramref name="from"/> to solve backward.</param>
    /// <param name="sensitivities">Names of parameters, and of states for their initial values; see <see cref="OdeSolution.Sensitivity"/>.</param>
    /// <param name="solver">Integration method; null for the default.</param>
    /// <param name="cancellation">Ends the solution early; what was computed is kept.</param>
    /// <returns>The solution; its status tells whether the end was reached.</returns>
    /// <exception cref="SimulationException">The solution ended in an error; the exception carries the partial run.</exception>
    /// <exception cref="ModelException">A name is unknown, a number is not finite, or the derivatives are a C# method.</exception>
    public static OdeSolution Solve(
        this OdeProblem problem,
        double from,
        double to,
        ImmutableArray<string> sensitivities,
        Solver? solver = null,
        CancellationToken cancellation = default)
    {
        OdeSolution solution = Run(problem, from, to, sensitivities, solver, cancellation);
        return solution.Run.IsError ? throw new SimulationException(solution.Run, solution.Reason) : solution;
    }

    /// <summary>Solves without throwing for what happens on the way: status and reason tell, and what was computed is there.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="from">Time of the initial values, in seconds.</param>
    /// <param name="to">End time in seconds; before <paramref name="from"/> to solve backward.</param>
    /// <param name="solver">Integration method; null for the default.</param>
    /// <param name="cancellation">Ends the solution early; what was computed is kept.</param>
    /// <exception cref="ModelException">A name is unknown, a number is not finite, or sizes differ.</exception>
    public static OdeSolution TrySolve(
        this OdeProblem problem, double from, double to, Solver? solver = null, CancellationToken cancellation = default) =>
        Run(problem, from, to, [], solver, cancellation);

    private static OdeSolution Run(
        OdeProblem problem, double from, double to, ImmutableArray<string> sensitivities, Solver? solver, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(problem);
        if (!double.IsFinite(from) || !double.IsFinite(to))
        {
            throw new ModelException("Solve", FormattableString.Invariant($"from {from} s to {to} s"), "Give finite times.");
        }

        bool backward = to < from;
        double sign = backward ? -1.0 : 1.0;
        (HybridAutomaton automaton, EventMonitor[] monitors) = OdeProblemModel.Of(problem, backward);
        var options = new SimulationOptions { StartTime = sign * from, Sensitivities = sensitivities, Monitors = [.. monitors] };
        options = solver is null ? options : options with { Solver = solver };
        var terminal = new TerminalWatch(problem.Watches);
        RunEngine engine = EngineOf(Scenario.For(automaton, useExperiment: false), options);
        engine.Watcher = problem.Watches.Any(watch => watch.IsTerminal) ? terminal : null;
        engine.Start();
        engine.Advance(sign * to, cancellation);
        return new OdeSolution(problem, engine.Finish(), backward, terminal.Root);
    }

    private static RunEngine EngineOf(Scenario scenario, SimulationOptions options)
    {
        try
        {
            return scenario.CreateEngine(options);
        }
        catch (ModelException error)
        {
            throw new ModelException([.. error.Findings.Select(OdeProblemModel.InTermsOf)]);
        }
    }
}
