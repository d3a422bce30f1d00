using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <summary>Checks what a run is asked to do against the model, and reports every finding at once.</summary>
internal static class ScenarioValidator
{
    /// <summary>Every finding about a scenario and the options of its run.</summary>
    /// <param name="scenario">What is run.</param>
    /// <param name="options">How.</param>
    /// <param name="isKnownSolver">Whether the settings of the solver are known to be right.</param>
    public static ImmutableArray<Finding> Validate(Scenario scenario, SimulationOptions options, bool isKnownSolver = false)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>(0);
        HybridAutomaton model = scenario.Model;
        if (!isKnownSolver)
        {
            findings.AddRange(options.Solver.Validate());
        }

        if (!options.Values.IsEmpty)
        {
            CheckValues(findings, options.Values, model);
        }

        if (options.InitialMode is { } mode && model.Compiled.NumberOf(mode) < 0)
        {
            findings.Add(new("initial mode", $"unknown mode '{mode}'", model.IsNetwork
                ? $"Join a mode of each region, as in '{model.InitialMode}'."
                : Suggestions.For(mode, model.Modes.Select(m => m.Name))));
        }

        if (options.Trajectory is < 0 or >= Philox4x32.Limit)
        {
            findings.Add(new("trajectory", FormattableString.Invariant($"the number is {options.Trajectory}"),
                FormattableString.Invariant($"Count trajectories from zero, below {Philox4x32.Limit}.")));
        }

        if (options.Zeno is { Action: ZenoAction.GoTo } policy)
        {
            findings.AddRange(ZenoCheck.Check(model, policy));
        }

        if (model.Modes.Any(own => own.States is not null))
        {
            CheckPartialStates(findings, scenario, options);
        }

        if (!options.Monitors.IsEmpty)
        {
            CheckMonitors(findings, options.Monitors, model);
        }

        if (!scenario.Commands.IsEmpty)
        {
            CheckCommands(findings, scenario.Commands, model, options.StartTime);
        }

        if (!scenario.Blocks.IsEmpty)
        {
            CheckBlocks(findings, scenario);
        }

        return findings.ToImmutable();
    }

    private static void CheckValues(
        ImmutableArray<Finding>.Builder findings, ImmutableDictionary<string, double> values, HybridAutomaton model)
    {
        foreach ((string name, double value) in values)
        {
            CheckSetting(findings, $"values.{name}", name, value, model);
        }
    }

    private static void CheckMonitors(
        ImmutableArray<Finding>.Builder findings, ImmutableArray<EventMonitor> monitors, HybridAutomaton model)
    {
        var found = new FindingList();
        var expressions = new ExpressionCheck(model, new Declarations(model, new FindingList()), found);
        foreach (EventMonitor monitor in monitors)
        {
            expressions.Check($"monitor {monitor.Name}", monitor.Condition, new ExpressionRules(NoCrosses: null));
        }

        findings.AddRange(found.ToImmutable().Where(finding => finding.Severity == Severity.Error));
    }

    // A block and a monitor read in every mode.
    private static void CheckPartialStates(ImmutableArray<Finding>.Builder findings, Scenario scenario, SimulationOptions options)
    {
        HybridAutomaton model = scenario.Model;
        HashSet<string> partial = [.. model.States.Select(state => state.Name).Where(state => model.Modes.Any(mode => !mode.Has(state)))];
        foreach ((string where, Expr read) in scenario.Blocks
            .SelectMany(bound => bound.From.Select(name => ($"block {bound.Block.GetType().Name}", Expr.Variable(VariableKind.State, name))))
            .Concat(options.Monitors.Select(monitor => ($"monitor {monitor.Name}", monitor.Condition.ToGuardFunction()))))
        {
            findings.AddRange(ModeStatesCheck.StatesOf(read).Where(partial.Contains).Select(state => new Finding(
                where, $"reads the state '{state}', which does not exist in every mode", "Read what exists in every mode.")));
        }
    }

    private static void CheckCommands(
        ImmutableArray<Finding>.Builder findings, ImmutableArray<TimedCommand> commands, HybridAutomaton model, double start)
    {
        string[] labels = [.. model.Transitions.Select(t => (t.Rule as CommandRule)?.Label).OfType<string>().Distinct()];
        foreach (TimedCommand command in commands)
        {
            string where = FormattableString.Invariant($"command at {command.At} s");
            if (!double.IsFinite(command.At))
            {
                findings.Add(new(where, "the time is not a finite number", "Give the time in seconds."));
            }

            if (command.At < start)
            {
                findings.Add(new(
                    where, FormattableString.Invariant($"the run starts at {start} s"), "Give a time within the run."));
            }

            if (command.Label is { } label && !labels.Contains(label))
            {
                findings.Add(new(where, $"no transition listens to '{label}'", Suggestions.For(label, labels)));
            }

            if (command.Set is { } name)
            {
                CheckSetting(findings, where, name, command.Value, model);
            }
        }
    }

    private static void CheckBlocks(ImmutableArray<Finding>.Builder findings, Scenario scenario)
    {
        HybridAutomaton model = scenario.Model;
        string[] readable = [.. SettableOf(model), .. model.Outputs.Select(o => o.Name)];
        string[] writable = [.. model.Inputs.Where(i => i.Signal is not DelegateSignal).Select(i => i.Name), .. model.Discretes.Select(d => d.Name)];
        foreach (IGrouping<string, string> written in scenario.Blocks.SelectMany(bound => bound.To).GroupBy(name => name))
        {
            if (written.Count() > 1)
            {
                findings.Add(new("blocks", $"{written.Count()} block outputs write '{written.Key}'", "Let one block write it."));
            }
        }

        foreach ((ISampledBlock block, ImmutableArray<string> from, ImmutableArray<string> to) in scenario.Blocks)
        {
            CheckBlock(findings, block, from, to, readable, writable);
        }
    }

    private static string[] SettableOf(HybridAutomaton model) =>
    [
        .. model.Parameters.Select(p => p.Name), .. model.States.Select(s => s.Name),
        .. model.Discretes.Select(d => d.Name), .. model.Inputs.Select(i => i.Name),
    ];

    // A sweep sets parameters before each of many short runs, so there are no lists unless something is wrong.
    private static bool CanSet(HybridAutomaton model, string name)
    {
        SlotMap slots = model.Compiled.Slots;
        bool isSlot = !name.StartsWith('#') && // slots of the compiler's own
            (slots.TryGetSlot(VariableKind.Parameter, name, out _) || slots.TryGetSlot(VariableKind.State, name, out _) ||
                slots.TryGetSlot(VariableKind.Discrete, name, out _));
        return isSlot || model.Inputs.Any(input => input.Name == name);
    }

    private static void CheckSetting(
        ImmutableArray<Finding>.Builder findings, string where, string name, double value, HybridAutomaton model)
    {
        if (!CanSet(model, name))
        {
            findings.Add(new(where, $"unknown name '{name}'", Suggestions.For(name, SettableOf(model))));
        }
        else if (model.Inputs.Any(input => input.Name == name && input.Signal is DelegateSignal))
        {
            findings.Add(new(where, $"the input '{name}' is a C# function", "Give it a constant signal to set it from outside."));
        }

        if (!double.IsFinite(value))
        {
            findings.Add(new(where, FormattableString.Invariant($"value {value} for '{name}'"), "Give a finite number."));
        }
        else if (model.Discretes.FirstOrDefault(discrete => discrete.Name == name) is { Type: not DiscreteType.Real } typed &&
            TypedValues.FaultOf(typed, value) is { } fault)
        {
            findings.Add(new(where, fault.What, fault.Mend));
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
