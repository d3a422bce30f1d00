using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks what a model suggests for a first run.</summary>
internal sealed class ExperimentCheck
{
    private readonly HybridAutomaton _automaton;
    private readonly Declarations _declarations;
    private readonly FindingList _findings;
    private readonly FindingPlaces _places;

    public ExperimentCheck(
        HybridAutomaton automaton, Declarations declarations, FindingList findings, FindingPlaces places)
    {
        _automaton = automaton;
        _declarations = declarations;
        _findings = findings;
        _places = places;
    }

    public void Run()
    {
        if (_automaton.Experiment is not { } experiment)
        {
            return;
        }

        if (experiment.Until is { } until && !(until > 0.0 && double.IsFinite(until)))
        {
            _findings.Error("experiment.until", FormattableString.Invariant($"the end time is {until} s"), "Give a positive, finite time.");
        }

        foreach (Finding finding in experiment.Solver?.Validate() ?? [])
        {
            _findings.Error("experiment.solver", finding.What, finding.Mend);
        }

        for (int i = 0; i < experiment.Commands.Length; i++)
        {
            CheckCommand(_places.Command(i), experiment.Commands[i], experiment.Until);
        }

        for (int i = 0; i < experiment.Plot.Length; i++)
        {
            string name = experiment.Plot[i];
            if (_declarations.Find(name) is null or { Table: not null })
            {
                _findings.Error(FormattableString.Invariant($"experiment.plot[{i}]"), $"unknown name '{name}'",
                    Suggestions.For(name, _declarations.ValueNames));
            }
        }
    }

    private void CheckCommand(string where, TimedCommand command, double? until)
    {
        if (!(command.At >= 0.0 && double.IsFinite(command.At)))
        {
            _findings.Error($"{where}.at", FormattableString.Invariant($"the time is {command.At} s"), "Give a finite time that is not negative.");
        }
        else if (command.At > until)
        {
            _findings.Warn($"{where}.at", FormattableString.Invariant($"the time {command.At} s is after the end at {until} s"),
                "Let the experiment run longer, or remove it.");
        }

        if (command.Label is null == command.Set is null)
        {
            _findings.Error(where, "a timed command either gives a command or sets a variable", "Name exactly one of the two.");
        }
        else if (command.Label is { } label)
        {
            string[] labels = [.. _automaton.Transitions.Select(t => t.Rule).OfType<CommandRule>().Select(rule => rule.Label)];
            if (!labels.Contains(label, StringComparer.Ordinal))
            {
                _findings.Error($"{where}.command", $"no transition listens to the command '{label}'",
                    labels.Length == 0 ? "No transition of this model has a command." : Suggestions.For(label, labels));
            }
        }
        else
        {
            CheckSetting($"{where}.set.{command.Set}", command);
        }
    }

    private void CheckSetting(string where, TimedCommand command)
    {
        string name = command.Set!;
        Declarations.Declaration? found = _declarations.Find(name);
        if (found is null)
        {
            _findings.Error(where, $"unknown name '{name}'", Suggestions.For(name, _declarations.NamesOf(
                VariableKind.Parameter, VariableKind.Input, VariableKind.Discrete, VariableKind.State)));
        }
        else if (found.Kind is null)
        {
            _findings.Error(where, $"'{name}' is {(found.Output is null ? "a table" : "an output")} and cannot be set",
                "Set a parameter, an input, a discrete variable or a state.");
        }

        if (found?.Discrete is { } discrete && TypedValues.FaultOf(discrete, command.Value) is { } fault)
        {
            _findings.Error(where, fault.What, fault.Mend);
        }

        if (!double.IsFinite(command.Value))
        {
            _findings.Error(where, FormattableString.Invariant($"the value is {command.Value}"), "Write a finite number.");
        }
    }
}
