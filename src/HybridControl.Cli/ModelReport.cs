using System.Globalization;
using HybridControl.Automata;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using Spectre.Console;

namespace HybridControl.Cli;

/// <summary>A model in words and formulas.</summary>
internal static class ModelReport
{
    public static void Write(HybridAutomaton model, Terminal terminal)
    {
        TextWriter output = terminal.Output;
        output.WriteLine(model.Name);
        foreach (string line in new[] { model.Description, model.Source }.Where(line => line.Length > 0))
        {
            output.WriteLine(line);
        }

        output.WriteLine();
        var table = new Table().AddColumns("name", "kind", "value", "unit");
        void Row(string name, string kind, string value, string unit) => table.AddRow(new Text(name), new Text(kind), new Text(value), new Text(unit));
        foreach (StateVariable state in model.States)
        {
            Row(state.Name, state.IsAlgebraic ? "algebraic" : "state", state.Initial.ToString(), state.Unit);
        }

        foreach (DiscreteVariable discrete in model.Discretes)
        {
            Row(discrete.Name, discrete.Type == DiscreteType.Real ? "discrete" : discrete.Type.ToString().ToLowerInvariant(), discrete.Initial.ToString(), discrete.Unit);
        }

        foreach (Parameter parameter in model.Parameters)
        {
            Row(parameter.Name, "parameter", parameter.Value.ToString("R", CultureInfo.InvariantCulture), parameter.Unit);
        }

        foreach (InputVariable input in model.Inputs)
        {
            Row(input.Name, "input", input.Signal.GetType().Name.Replace("Signal", "", StringComparison.Ordinal).ToLowerInvariant(), input.Unit);
        }

        foreach (LookupTable lookup in model.Tables)
        {
            string size = lookup is LookupSurface surface
                ? FormattableString.Invariant($"{surface.X.Length} by {surface.Y.Length} points")
                : FormattableString.Invariant($"{((LookupCurve)lookup).X.Length} points");
            Row(lookup.Name, "table", size, "");
        }

        foreach (Output result in model.Outputs)
        {
            Row(result.Name, "output", result.Definition.ToString(), result.Unit);
        }

        terminal.WriteTable(table);
        output.WriteLine($"Starts in mode {model.InitialMode}.");
        foreach (Mode mode in model.Modes)
        {
            output.WriteLine($"mode {mode.Name}");
            foreach (Assignment derivative in (mode.Flow as ExprFlow)?.Derivatives ?? [])
            {
                output.WriteLine($"  {derivative.Target}' = {derivative.Value}");
            }

            foreach (IGrouping<string, MassEntry> row in mode.Mass.GroupBy(entry => entry.Row))
            {
                output.WriteLine($"  {row.Key}' stands for {string.Join(" + ", row.Select(entry => $"{entry.Value} {entry.Column}'"))}");
            }

            foreach (AlgebraicEquation equation in mode.Equations)
            {
                output.WriteLine($"  {equation}");
            }

            foreach (DiffusionTerm term in mode.Diffusion)
            {
                output.WriteLine($"  d{term.State} += {term.Value} dW({term.Process})");
            }

            foreach (Invariant invariant in mode.Invariants)
            {
                output.WriteLine($"  while {invariant.Condition}");
            }
        }

        foreach (Transition transition in model.Transitions)
        {
            string guard = transition.Guard.Equals(Condition.True) ? "" : $" when {transition.Guard}";
            string priority = transition.Priority.Equals(Expr.Zero) ? "" : $" with priority {transition.Priority}";
            string reset = string.Concat(transition.Resets.Select(r => $"; {r.Target} := {r.Value}"));
            string label = transition.Label is null ? "" : $" with all of label '{transition.Label}'";
            output.WriteLine($"{transition.Name}: {transition.From} to {transition.To}{label}{Rule(transition.Rule)}{guard}{priority}{reset}");
        }

        foreach (SampledUpdate update in model.SampledUpdates)
        {
            output.WriteLine($"every {update.Period} s: {string.Join("; ", update.Assignments.Select(a => $"{a.Target} := {a.Value}"))}");
        }

        foreach (TimedCommand command in model.Experiment?.Commands ?? [])
        {
            string what = command.Label is { } label ? $"command '{label}'" : FormattableString.Invariant($"{command.Set} := {command.Value}");
            output.WriteLine(FormattableString.Invariant($"at {command.At} s: {what}"));
        }

        if (model.Experiment?.Until is { } until)
        {
            output.WriteLine(FormattableString.Invariant($"Runs until {until} s unless told otherwise."));
        }
    }

    private static string Rule(FiringRule rule) => rule switch
    {
        EdgeRule edge => $" on the {edge.Direction.ToString().ToLowerInvariant()} edge",
        AfterRule after => $" after {after.Delay} s",
        PermissiveRule { Policy: PermissivePolicy.Random, Mean: var mean } => $" some time, {mean} s on average",
        PermissiveRule { Policy: PermissivePolicy.Alap } => " as late as possible",
        PermissiveRule => " as soon as possible",
        SampledRule sampled => $" at ticks every {sampled.Period} s",
        RateRule rate => $" by chance, {rate.Rate} times per second",
        CommandRule command => $" on command '{command.Label}'",
        _ => "",
    };
}
