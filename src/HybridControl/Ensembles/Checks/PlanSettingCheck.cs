using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Checks;

/// <summary>Checks what a plan sets in its model: values, variations, noise, alternatives and commands.</summary>
internal sealed class PlanSettingCheck
{
    private readonly EnsemblePlan _plan;
    private readonly FindingList _findings;
    private readonly Declarations _declarations;
    private readonly string[] _settable;

    public PlanSettingCheck(EnsemblePlan plan, FindingList findings)
    {
        _plan = plan;
        _findings = findings;
        _declarations = new(plan.Model, new FindingList());
        _settable =
        [
            .. _declarations.NamesOf(VariableKind.Parameter, VariableKind.State, VariableKind.Discrete, VariableKind.Input),
        ];
    }

    public void Run()
    {
        foreach ((string name, double value) in _plan.Values.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            CheckSettable($"values.{name}", name);
            CheckFinite($"values.{name}", value);
        }

        CheckVariations();
        CheckNoise();
        CheckAlternatives();
        for (int i = 0; i < _plan.Commands.Length; i++)
        {
            CheckCommand(FormattableString.Invariant($"commands[{i}]"), _plan.Commands[i]);
        }
    }

    private void CheckVariations()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (Variation variation in _plan.Variations)
        {
            string where = $"vary.{variation.Name}";
            CheckSettable(where, variation.Name);
            if (!seen.Add(variation.Name))
            {
                _findings.Error(where, $"'{variation.Name}' varies twice", "Keep one of the two distributions.");
            }
            else if (_plan.Values.ContainsKey(variation.Name))
            {
                _findings.Error(where, $"'{variation.Name}' varies, but is also given a value", "Remove one of the two.");
            }
        }
    }

    private void CheckNoise()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (NoiseInput noise in _plan.Noise)
        {
            string where = $"noise.{noise.Input}";
            if (_declarations.Find(noise.Input)?.Kind is not VariableKind.Input)
            {
                (string what, string mend) = _declarations.Find(noise.Input) is { } found
                    ? ($"'{noise.Input}' is {Declarations.Article(found.Word)}", "Only an input can be noise: declare it as one.")
                    : ($"unknown input '{noise.Input}'", Suggestions.For(noise.Input, _declarations.NamesOf(VariableKind.Input)));
                _findings.Error(where, what, mend);
            }
            else
            {
                CheckSettable(where, noise.Input);
            }

            if (!(noise.Period > 0.0 && double.IsFinite(noise.Period)))
            {
                _findings.Error(where, FormattableString.Invariant($"the period is {noise.Period} s"), "Give a positive, finite number of seconds.");
            }

            if (!seen.Add(noise.Input))
            {
                _findings.Error(where, $"'{noise.Input}' is noise twice", "Keep one of the two.");
            }
            else if (_plan.Variations.Any(variation => variation.Name == noise.Input) || _plan.Values.ContainsKey(noise.Input))
            {
                _findings.Error(where, $"'{noise.Input}' is noise, but is also given a value", "Remove one of the two.");
            }
        }
    }

    private void CheckAlternatives()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (Alternative alternative in _plan.Alternatives)
        {
            string where = $"alternatives.{alternative.Name}";
            if (Declarations.FaultOf(alternative.Name) is { } fault)
            {
                _findings.Error(where, fault.What, fault.Mend);
            }
            else if (!seen.Add(alternative.Name))
            {
                _findings.Error(where, $"two alternatives are called '{alternative.Name}'", "Rename one.");
            }

            foreach ((string name, double value) in alternative.Values.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                CheckSettable($"{where}.{name}", name);
                CheckFinite($"{where}.{name}", value);
                if (_plan.Variations.Any(variation => variation.Name == name) || _plan.Noise.Any(noise => noise.Input == name))
                {
                    _findings.Error($"{where}.{name}", $"'{name}' varies from trajectory to trajectory, so it cannot be held here",
                        "Remove it from the alternative or from what varies.");
                }
            }
        }
    }

    private void CheckCommand(string where, TimedCommand command)
    {
        if (!double.IsFinite(command.At) || command.At < _plan.StartTime)
        {
            _findings.Error(
                where, FormattableString.Invariant($"the time is {command.At} s, but the run starts at {_plan.StartTime} s"), "Give a time within the run.");
        }
        else if (command.At > _plan.Until)
        {
            _findings.Warn(
                where, FormattableString.Invariant($"the time {command.At} s is after the end at {_plan.Until} s"), "Let the plan run longer, or remove it.");
        }

        if (command.Label is null == command.Set is null)
        {
            _findings.Error(where, "a timed command either gives a command or sets a variable", "Name exactly one of the two.");
        }
        else if (command.Label is { } label)
        {
            string[] labels = [.. _plan.Model.Transitions.Select(transition => transition.Rule).OfType<CommandRule>().Select(rule => rule.Label)];
            if (!labels.Contains(label, StringComparer.Ordinal))
            {
                _findings.Error(where, $"no transition listens to the command '{label}'",
                    labels.Length == 0 ? "No transition of this model has a command." : Suggestions.For(label, labels));
            }
        }
        else
        {
            CheckName(where, command.Set!);
            CheckFinite(where, command.Value);
        }
    }

    // A value from the start on: an input that moves by itself would not keep it.
    private void CheckSettable(string where, string name)
    {
        InputVariable? input = _plan.Model.Inputs.FirstOrDefault(candidate => candidate.Name == name);
        if (CheckName(where, name) && input is { Signal: not ConstantSignal })
        {
            _findings.Error(where, $"the input '{name}' changes over time by itself",
                "Give it a constant signal in the model, or write its signal with parameters and set those.");
        }
    }

    private bool CheckName(string where, string name)
    {
        if (_settable.Contains(name, StringComparer.Ordinal))
        {
            return true;
        }

        (string what, string mend) = _declarations.Find(name) is { } found
            ? ($"'{name}' is {Declarations.Article(found.Word)} and cannot be set", "Set a parameter, an initial state, a discrete variable or an input.")
            : ($"unknown name '{name}'", Suggestions.For(name, _settable));
        _findings.Error(where, what, mend);
        return false;
    }

    private void CheckFinite(string where, double value)
    {
        if (!double.IsFinite(value))
        {
            _findings.Error(where, FormattableString.Invariant($"the value is {value}"), "Give a finite number.");
        }
    }
}
