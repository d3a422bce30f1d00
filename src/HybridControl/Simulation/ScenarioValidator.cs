using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>Checks what a run is asked to do against the model, and reports every finding at once.</summary>
internal static class ScenarioValidator
{
    public static ImmutableArray<Finding> Validate(Scenario scenario, SimulationOptions options)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        HybridAutomaton model = scenario.Model;
        findings.AddRange(options.Solver.Validate());
        if (options.Values.IsEmpty && options.InitialMode is null && scenario.Commands.IsEmpty && scenario.Blocks.IsEmpty)
        {
            return findings.ToImmutable(); // a plain run, perhaps one of many: no names to look up
        }

        string[] settable =
        [
            .. model.Parameters.Select(p => p.Name), .. model.States.Select(s => s.Name),
            .. model.Discretes.Select(d => d.Name), .. model.Inputs.Select(i => i.Name),
        ];
        string[] readable = [.. settable, .. model.Outputs.Select(o => o.Name)];
        string[] writable = [.. model.Inputs.Where(i => i.Signal is not DelegateSignal).Select(i => i.Name), .. model.Discretes.Select(d => d.Name)];
        string[] labels = [.. model.Transitions.Select(t => (t.Rule as CommandRule)?.Label).OfType<string>().Distinct()];

        foreach ((string name, double value) in options.Values)
        {
            CheckSetting(findings, $"values.{name}", name, value, settable, model);
        }

        if (options.InitialMode is { } mode && !model.Modes.Any(candidate => candidate.Name == mode))
        {
            findings.Add(new("initial mode", $"unknown mode '{mode}'", Suggestions.For(mode, model.Modes.Select(m => m.Name))));
        }

        foreach (TimedCommand command in scenario.Commands)
        {
            string where = FormattableString.Invariant($"command at {command.At} s");
            if (!double.IsFinite(command.At))
            {
                findings.Add(new(where, "the time is not a finite number", "Give the time in seconds."));
            }

            if (command.Label is { } label && !labels.Contains(label))
            {
                findings.Add(new(where, $"no transition listens to '{label}'", Suggestions.For(label, labels)));
            }

            if (command.Set is { } name)
            {
                CheckSetting(findings, where, name, command.Value, settable, model);
            }
        }

        foreach ((ISampledBlock block, ImmutableArray<string> from, ImmutableArray<string> to) in scenario.Blocks)
        {
            CheckBlock(findings, block, from, to, readable, writable);
        }

        return findings.ToImmutable();
    }

    private static void CheckSetting(
        ImmutableArray<Finding>.Builder findings, string where, string name, double value, string[] settable, HybridAutomaton model)
    {
        if (!settable.Contains(name))
        {
            findings.Add(new(where, $"unknown name '{name}'", Suggestions.For(name, settable)));
        }
        else if (model.Inputs.Any(input => input.Name == name && input.Signal is DelegateSignal))
        {
            findings.Add(new(where, $"the input '{name}' is a C# function", "Give it a constant signal to set it from outside."));
        }

        if (!double.IsFinite(value))
        {
            findings.Add(new(where, FormattableString.Invariant($"value {value} for '{name}'"), "Give a finite number."));
        }
    }

    private static void CheckBlock(
        ImmutableArray<Finding>.Builder findings,
        ISampledBlock block,
        ImmutableArray<string> from,
        ImmutableArray<string> to,
        string[] readable,
        string[] writable)
    {
        string where = $"block {block.GetType().Name}";
        if (!(block.Period > 0.0 && double.IsFinite(block.Period)))
        {
            findings.Add(new(where, FormattableString.Invariant($"period {block.Period} s"), "Give a positive number of seconds."));
        }

        if (from.Length != block.InputCount || to.Length != block.OutputCount)
        {
            findings.Add(new(
                where,
                $"{from.Length} variables for {block.InputCount} inputs and {to.Length} for {block.OutputCount} outputs",
                "Name one variable for each."));
        }

        findings.AddRange(from.Where(name => !readable.Contains(name))
            .Select(name => new Finding(where, $"cannot read '{name}'", Suggestions.For(name, readable))));
        findings.AddRange(to.Where(name => !writable.Contains(name))
            .Select(name => new Finding(where, $"cannot write '{name}'", Suggestions.For(name, writable))));
    }
}
