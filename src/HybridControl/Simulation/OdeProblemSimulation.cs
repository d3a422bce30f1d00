using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Solvers;
using HybridControl.Symbolics;

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
    /// <exception cref="SimulationException">The solution ended in an error; the exception carries the partial run.</exception>
    /// <exception cref="ModelException">A name is unknown, or a number is not finite.</exception>
    /// <remarks>
    /// Watches never change the solution. Backward, t = -s turns x' = f(t, x) into dx/ds = -f(-s, x); times and directions
    /// of roots are given back in t.
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
    /// <exception cref="ModelException">A name is unknown, or a number is not finite.</exception>
    public static OdeSolution Solve(
        this OdeProblem problem,
        double from,
        double to,
        ImmutableArray<string> sensitivities,
        Solver? solver = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        if (!double.IsFinite(from) || !double.IsFinite(to))
        {
            throw new ModelException("Solve", FormattableString.Invariant($"from {from} s to {to} s"), "Give finite times.");
        }

        bool backward = to < from;
        double sign = backward ? -1.0 : 1.0;
        var substitution = new Replacement(e => e is { Operation: Operation.Variable, Kind: VariableKind.Time } ? -Expr.Time : null);
        Expr Flow(Expr f) => backward ? -substitution.Of(f) : f;
        Expr Mirrored(Expr e) => backward ? substitution.Of(e) : e;
        Condition Watched(Condition c) => backward ? substitution.Of(c) : c;
        var automaton = new HybridAutomaton
        {
            Name = "problem",
            States =
            [
                .. problem.States.Select(state => new StateVariable(state.Name, state.Initial)),
                .. problem.Algebraic.Select(variable => new StateVariable(variable.Name, variable.Start) { IsAlgebraic = true }),
            ],
            Parameters = [.. problem.Parameters.Select(parameter => new Parameter(parameter.Name, parameter.Value))],
            Modes =
            [
                new Mode("flow", new ExprFlow([.. problem.States.Select(state => new Assignment(state.Name, Flow(state.Derivative)))]), [])
                {
                    Equations = [.. problem.Algebraic.Select(variable => new AlgebraicEquation(variable.Name, Mirrored(variable.Residual), Expr.Zero))],
                    Mass = [.. problem.Mass.Select(entry => new MassEntry(entry.Row, entry.Column, entry.Value))],
                },
            ],
            InitialMode = "flow",
        };
        var options = new SimulationOptions
        {
            StartTime = sign * from,
            Sensitivities = sensitivities,
            Monitors = [.. problem.Watches.Select(watch => new EventMonitor(
                watch.Name, Watched(watch.Condition), DirectionOf(watch.Direction, backward)))],
        };
        Trajectory run = automaton.Simulate(sign * to, solver, options, cancellation);
        return new OdeSolution(problem, run, backward);
    }

    private static EdgeDirection DirectionOf(RootDirection direction, bool backward) => direction switch
    {
        RootDirection.Both => EdgeDirection.Both,
        RootDirection.Up => backward ? EdgeDirection.Down : EdgeDirection.Up,
        _ => backward ? EdgeDirection.Up : EdgeDirection.Down,
    };
}
