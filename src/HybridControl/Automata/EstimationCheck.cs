using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks what a model says about its estimation.</summary>
internal sealed class EstimationCheck
{
    private readonly HybridAutomaton _automaton;
    private readonly Declarations _declarations;
    private readonly ExpressionCheck _expressions;
    private readonly FindingList _findings;
    private readonly HashSet<string> _modes;

    public EstimationCheck(
        HybridAutomaton automaton, Declarations declarations, ExpressionCheck expressions, FindingList findings)
    {
        _automaton = automaton;
        _declarations = declarations;
        _expressions = expressions;
        _findings = findings;
        _modes = new(automaton.Modes.Select(mode => mode.Name), StringComparer.Ordinal);
    }

    public void Run()
    {
        if (_automaton.Estimation is not { } setup)
        {
            return;
        }

        CheckSensors(setup.Sensors);
        CheckCorrelations(setup);
        AssignmentCheck.Check(
            "estimation.processNoise", setup.ProcessNoise, "the process noise", [VariableKind.State], _declarations, _expressions, _findings);
        AssignmentCheck.Check(
            "estimation.initialDeviations", setup.InitialDeviations, "the initial belief", [VariableKind.State], _declarations, _expressions, _findings);
        foreach (Assignment deviation in setup.InitialDeviations)
        {
            CheckNumber($"estimation.initialDeviations.{deviation.Target}", deviation.Value, "a standard deviation");
        }

        CheckNamed("estimation.initialModes", setup.InitialModes, "mode", _modes, "a probability");
        if (setup.InitialModes.Length > 0 && setup.InitialModes.All(mode => _expressions.ValueOf(mode.Value) == 0.0))
        {
            _findings.Error("estimation.initialModes", "no mode has a positive probability", "Give at least one of them a positive number.");
        }

        CheckNamed("estimation.guardWidths", setup.GuardWidths, "transition",
            [.. _automaton.Transitions.Select(transition => transition.Name)], "a standard deviation");
        CheckSwitching(setup.Switching);
    }

    private void CheckSensors(ImmutableArray<Sensor> sensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (Sensor sensor in sensors)
        {
            string where = $"estimation.sensors.{sensor.Name}";
            if (Declarations.FaultOf(sensor.Name) is { } fault)
            {
                _findings.Error(where, fault.What, fault.Mend);
            }
            else if (sensor.Name == "t" || !names.Add(sensor.Name))
            {
                _findings.Error(where, sensor.Name == "t" ? "'t' means time" : $"two sensors are called '{sensor.Name}'", "Rename it.");
            }

            _expressions.Check($"{where}.expr", sensor.Value);
            CheckNumber($"{where}.deviation", sensor.Deviation, "a standard deviation");
        }
    }

    private void CheckCorrelations(EstimationSetup setup)
    {
        string[] sensors = [.. setup.Sensors.Select(sensor => sensor.Name)];
        for (int i = 0; i < setup.Correlations.Length; i++)
        {
            SensorCorrelation correlation = setup.Correlations[i];
            string where = FormattableString.Invariant($"estimation.correlations[{i}]");
            foreach (string name in new[] { correlation.First, correlation.Second }.Where(name => !sensors.Contains(name)))
            {
                _findings.Error(where, $"no sensor '{name}'", Suggestions.For(name, sensors));
            }

            if (correlation.First == correlation.Second)
            {
                _findings.Error(where, "a sensor is correlated with itself", "Name two sensors.");
            }

            if (!(Math.Abs(correlation.Value) <= 1.0))
            {
                _findings.Error(where, FormattableString.Invariant($"the correlation is {correlation.Value}"), "Give a number between -1 and 1.");
            }
        }
    }

    private void CheckSwitching(ImmutableArray<SwitchingRate> rates)
    {
        for (int i = 0; i < rates.Length; i++)
        {
            string where = FormattableString.Invariant($"estimation.switching[{i}]");
            foreach ((string part, string mode) in new[] { ("from", rates[i].From), ("to", rates[i].To) }.Where(end => !_modes.Contains(end.Item2)))
            {
                _findings.Error($"{where}.{part}", $"unknown mode '{mode}'", Suggestions.For(mode, _modes));
            }

            if (rates[i].From == rates[i].To)
            {
                _findings.Error(where, "the mode changes to itself", "Name two modes.");
            }

            CheckNumber($"{where}.rate", rates[i].Rate, "a rate");
        }
    }

    private void CheckNamed(string where, ImmutableArray<Assignment> entries, string word, IReadOnlyCollection<string> known, string number)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (Assignment entry in entries)
        {
            string place = $"{where}.{entry.Target}";
            if (!known.Contains(entry.Target))
            {
                _findings.Error(place, $"unknown {word} '{entry.Target}'", Suggestions.For(entry.Target, known));
            }
            else if (!named.Add(entry.Target))
            {
                _findings.Error(place, $"the {word} '{entry.Target}' is given twice", "Keep one.");
            }

            CheckNumber(place, entry.Value, number);
        }
    }

    private void CheckNumber(string where, Expr value, string word)
    {
        if (_expressions.Check(where, value, new ExpressionRules(ParametersOnly: word)) &&
            _expressions.ValueOf(value) is { } number && !(number >= 0.0 && double.IsFinite(number)))
        {
            _findings.Error(where, FormattableString.Invariant($"the value is {number} at the default parameters"),
                "Give a finite number that is not negative.");
        }
    }
}
