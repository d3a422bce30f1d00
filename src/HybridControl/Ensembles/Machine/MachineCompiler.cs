using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Requirements;
using HybridControl.Solvers;

namespace HybridControl.Ensembles.Machine;

/// <summary>Turns plans into machines.</summary>
internal static class MachineCompiler
{
    private const int MostStiffStates = 8;

    private const string Remedy = "Or run it on SimulatorEnsembleBackend (--on simulator), which runs every model.";

    /// <summary>The machine of a plan.</summary>
    /// <param name="plan">A valid plan that <see cref="Check"/> has no findings for.</param>
    /// <param name="alternative">Number of the alternative; 0 if there is only one.</param>
    /// <exception cref="ModelException">The model or the plan asks for more than a machine can do.</exception>
    public static TrajectoryMachine Compile(EnsemblePlan plan, int alternative)
    {
        AutomatonValidator.ThrowIfInvalid(plan.Model);
        ImmutableArray<Finding> findings = Check(plan);
        return findings.IsEmpty ? new Lowering(plan, alternative).Compile() : throw new ModelException(findings);
    }

    /// <summary>What keeps a plan from being a machine, with the remedy; empty if nothing does.</summary>
    public static ImmutableArray<Finding> Check(EnsemblePlan plan)
    {
        ImmutableArray<Finding>.Builder findings = ImmutableArray.CreateBuilder<Finding>();
        void Add(string where, string what, string mend) => findings.Add(new(where, what, $"{mend} {Remedy}"));
        HybridAutomaton model = plan.Model;
        if (model.IsNetwork)
        {
            Add($"{model.Name}, modes", $"the modes form {model.Regions.Length} regions, and lanes follow one mode at a time",
                "Make one automaton of the product of the regions.");
        }

        Finding[] noisy = [.. DiffusionRefusal.Of(model, "lanes run ordinary flows, this one is stochastic", Remedy)];
        findings.AddRange(noisy);
        findings.AddRange(AlgebraicRefusal.Of(model, "lanes and kernels run explicit derivatives", Remedy));
        if (plan.Solver is not (IRungeKuttaMethod or RosenbrockMethod) && noisy.Length == 0)
        {
            Add("solver", $"'{plan.Solver.Name}' is neither an explicit Runge-Kutta method nor a Rosenbrock method",
                "Use DormandPrince5, Tsitouras5 or RungeKutta4, or Rodas5P for a stiff flow.");
        }

        if (plan.Solver is RosenbrockMethod && model.States.Length > MostStiffStates)
        {
            Add("solver", $"'{plan.Solver.Name}' writes the factors of {model.States.Length} states out, and lanes have room for {MostStiffStates}",
                "Use an explicit method, or a smaller model.");
        }

        if (plan.Solver is IRungeKuttaMethod { Tableau: { ExtendsDense: true } })
        {
            Add("solver", $"the dense output of '{plan.Solver.Name}' needs stages of its own, which lanes do not have", "Use DormandPrince5 or Tsitouras5.");
        }

        foreach (Requirement requirement in plan.Requirements.Where(requirement => requirement.Kind is null))
        {
            Add($"require.{requirement.Name}", $"lanes judge always, eventually and atEnd of a condition, not '{requirement.Formula}'",
                "Ask for those.");
        }

        foreach (Mode mode in model.Modes.Where(mode => mode.Flow is DelegateFlow))
        {
            Add($"{model.Name}, modes.{mode.Name}.flow", "a delegate flow cannot be compiled for lanes", "Write the flow with Expr.");
        }

        foreach (Mode mode in model.Modes.Where(mode => mode.States is not null))
        {
            findings.Add(new($"{model.Name}, modes.{mode.Name}.states", "lanes have all states in every mode", "Let every state exist in every mode."));
        }

        if (model.Zeno is { Action: ZenoAction.Continue or ZenoAction.GoTo })
        {
            Add($"{model.Name}, zeno", "lanes end a trajectory whose events accumulate", "Drop the policy, or use stop.");
        }

        foreach ((string where, string name) in TypedCheck.Unproved(plan))
        {
            Add(where, $"lanes do not check the values of '{name}', which must stay {(TypedCheck.IsBoolean(model, name) ? "true or false" : "whole")}",
                "Assign what is whole by itself: sums, differences and products of integers, floor(...), conditions.");
        }

        foreach (InputVariable input in model.Inputs.Where(input => input.Signal is DelegateSignal))
        {
            Add($"{model.Name}, inputs.{input.Name}", "a delegate signal cannot be compiled for lanes", "Use a table, ramp, step or sine.");
        }

        foreach (Transition transition in model.Transitions)
        {
            string where = $"{model.Name}, transitions.{transition.Name}";
            if (transition.FireOnTouch)
            {
                Add(where, "lanes look for crossings, not for touches", "Watch the slope of the guard with crosses(...) instead of fireOnTouch.");
            }

            if (transition is { Values: ResetValues.AtTrigger, Rule: AfterRule { Instances: > 1 } })
            {
                Add(where, "lanes keep the values of one trigger, not of several timers that run out together", "Take the values at execution.");
            }
        }

        return findings.ToImmutable();
    }
}
