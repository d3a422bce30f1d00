using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>Whether a run can be differentiated as asked.</summary>
internal static class SensitivityCheck
{
    /// <summary>Every finding about a scenario and the sensitivities that are asked for.</summary>
    public static IEnumerable<Finding> Of(Scenario scenario, SimulationOptions options) =>
        options.Sensitivities.IsDefaultOrEmpty
            ? []
            : [.. OfNames(scenario.Model, options), .. OfModel(scenario.Model), .. OfRun(scenario, options)];

    private static IEnumerable<Finding> OfNames(HybridAutomaton model, SimulationOptions options)
    {
        string[] known =
        [
            .. model.Parameters.Select(p => p.Name), .. model.States.Select(s => s.Name),
            .. model.Discretes.Select(d => d.Name), .. model.Inputs.Select(i => i.Name),
        ];
        foreach (string name in options.Sensitivities)
        {
            const string Where = "sensitivities";
            if (!known.Contains(name))
            {
                yield return new(Where, $"unknown name '{name}'", Suggestions.For(name, known));
            }
            else if (options.Sensitivities.Count(other => other == name) > 1)
            {
                yield return new(Where, $"'{name}' stands there twice", "Name it once.");
            }
            else if (model.States.FirstOrDefault(state => state.Name == name) is { IsAlgebraic: true })
            {
                yield return new(Where, $"'{name}' is algebraic: where the search for its values starts does not move them",
                    "Name what its equations contain: a parameter, an input, or a state for its initial value.");
            }
            else if (model.Discretes.FirstOrDefault(discrete => discrete.Name == name) is { Type: not DiscreteType.Real } whole)
            {
                yield return new(Where, $"'{name}' is of type {whole.Type}, which has no derivatives", "Name a real variable.");
            }
            else if (model.Inputs.FirstOrDefault(input => input.Name == name) is { Signal: not ConstantSignal } && !options.Values.ContainsKey(name))
            {
                yield return new(Where, $"the input '{name}' moves with time", "Give it a constant signal or a value, or name a parameter.");
            }
        }
    }

    private static IEnumerable<Finding> OfModel(HybridAutomaton model)
    {
        foreach (Mode mode in model.Modes)
        {
            string where = $"{model.Name}, modes.{mode.Name}";
            if (mode.Flow is DelegateFlow)
            {
                yield return new($"{where}.flow", "a C# function has no exact derivative for sensitivities", "Write the flow with Expr.");
            }

            if (!mode.Diffusion.IsEmpty)
            {
                yield return new($"{where}.diffusion", "a path driven by noise is not differentiated", "Run without sensitivities, or without the diffusion.");
            }
        }

        foreach (InputVariable input in model.Inputs.Where(input => input.Signal is DelegateSignal))
        {
            yield return new($"{model.Name}, inputs.{input.Name}", "a C# function has no exact derivative for sensitivities",
                "Use a signal of the library, or an expression of t.");
        }
    }

    private static IEnumerable<Finding> OfRun(Scenario scenario, SimulationOptions options)
    {
        foreach ((ISampledBlock block, _, _) in scenario.Blocks)
        {
            yield return new($"block {block.GetType().Name}", "a sampled block has no derivative for sensitivities",
                "Write it as a sampled update of the model.");
        }

        if ((options.Zeno ?? scenario.Model.Zeno) is { Action: ZenoAction.GoTo })
        {
            yield return new("zeno", "the time at which events accumulate is predicted, and has no exact derivative for sensitivities",
                "Use ZenoPolicy.Stop, or a transition that leaves before the limit.");
        }
    }
}
