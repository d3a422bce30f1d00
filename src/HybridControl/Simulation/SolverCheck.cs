using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <summary>Whether a solver can run the flows of a model.</summary>
internal static class SolverCheck
{
    /// <summary>Every finding about a valid model and a solver.</summary>
    public static IEnumerable<Finding> Of(HybridAutomaton model, Solver solver)
    {
        foreach (Mode mode in model.Modes)
        {
            if (mode.Diffusion.IsEmpty)
            {
                if (solver is not StochasticSolver && RefusalOfFlow(model, mode, solver) is { } reason)
                {
                    yield return new($"{model.Name}, modes.{mode.Name}", $"{solver.Name}: {reason.What}", reason.Mend);
                }

                continue;
            }

            string where = $"{model.Name}, modes.{mode.Name}.diffusion";
            if (solver is not StochasticSolver stochastic)
            {
                yield return new(
                    where, $"the flow is stochastic, and '{solver.Name}' is a method for ordinary flows",
                    "Use euler-maruyama or milstein with a step: new EulerMaruyama { Step = 1e-3 }, or --solver euler-maruyama --step 1e-3.");
            }
            else if (Refusal(model.Compiled, mode, stochastic) is { } refusal)
            {
                yield return new(where, $"{solver.Name}: {refusal.What}", refusal.Mend);
            }
        }
    }

    private static (string What, string Mend)? RefusalOfFlow(HybridAutomaton model, Mode mode, Solver solver)
    {
        CompiledAutomaton compiled = model.Compiled;
        if (!solver.IsSelective)
        {
            return null;
        }

        if (model.IsNetwork)
        {
            return ("several modes are active at a time, and only flows that are known beforehand are followed", "Use auto.");
        }

        int number = compiled.NumberOf(mode.Name);
        return compiled.Derive(
            (typeof(SolverCheck), solver.Method, number), () => new Verdict(solver.Refuse(compiled.Mode(number).Ode))).Refusal;
    }

    private static (string What, string Mend)? Refusal(CompiledAutomaton compiled, Mode mode, StochasticSolver solver) =>
        compiled.Derive(
            (typeof(SolverCheck), solver.Method, mode.Name), () => new Verdict(solver.Refuse(compiled.Wiener.Compile(compiled, mode)!))).Refusal;

    // Kept with the compiled model: a sweep asks before every run.
    private sealed record Verdict((string What, string Mend)? Refusal);
}
