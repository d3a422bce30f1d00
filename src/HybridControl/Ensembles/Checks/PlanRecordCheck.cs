using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Requirements;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Checks;

/// <summary>Checks what a plan watches: records, requirements and stop rules.</summary>
internal sealed class PlanRecordCheck
{
    private static readonly ExpressionRules Lasting = new(NoCrosses: "it is asked at every time, and a crossing lasts none");

    private readonly EnsemblePlan _plan;
    private readonly EnsembleRecording _recording;
    private readonly FindingList _findings;
    private readonly ExpressionCheck _expressions;

    public PlanRecordCheck(EnsemblePlan plan, FindingList findings)
    {
        _plan = plan;
        _recording = plan.Recording;
        _findings = findings;
        _expressions = new(plan.Model, new Declarations(plan.Model, new FindingList()), findings);
    }

    public void Run()
    {
        if (_plan.Model.Modes.FirstOrDefault(mode => mode.States is not null) is { } own)
        {
            _findings.Error($"model, modes.{own.Name}.states", $"the mode '{own.Name}' has states of its own, which ensembles do not record",
                "Let every state exist in every mode, or run trajectories one by one.");
        }

        CheckTimes();
        CheckNames();
        CheckExpressions("record.variables", _recording.Grid);
        CheckExpressions("record.final", _recording.Final);
        CheckExpressions("record.extrema", _recording.Extrema);
        foreach (FirstPassage passage in _recording.Passages)
        {
            _expressions.Check($"record.passages.{passage.Name}", passage.Condition, Lasting);
        }

        foreach (Requirement requirement in _plan.Requirements)
        {
            string where = $"require.{requirement.Name}";
            FormulaCheck.Check(where, requirement.Formula, _plan.Model, _expressions, _findings);
            double horizon = requirement.Formula.Horizon;
            if (double.IsFinite(horizon) && horizon > _plan.Until - _plan.StartTime)
            {
                _findings.Error(
                    where, FormattableString.Invariant($"its intervals reach over {horizon} s, but a trajectory lasts {_plan.Until - _plan.StartTime} s"),
                    "Run longer, or shorten the intervals: nothing would be decided.");
            }
        }

        foreach (StopRule stop in _plan.Stops)
        {
            _expressions.Check($"stop.{stop.Name}", stop.Condition, Lasting);
        }

        if (_recording.EventSlots < 0)
        {
            _findings.Error(
                "record.events", FormattableString.Invariant($"{_recording.EventSlots} events"), "Give the number of events to keep of each trajectory.");
        }
    }

    private void CheckTimes()
    {
        ImmutableArray<double> times = _recording.GridTimes;
        bool samples = !_recording.Grid.IsEmpty || _recording.GridMode;
        if (samples && times.IsEmpty)
        {
            _findings.Error("record", "something is to be sampled, but there are no times", "Give the times, or how many seconds lie between them.");
        }
        else if (!samples && !times.IsEmpty)
        {
            _findings.Warn("record", "there are times, but nothing is sampled at them", "Name the variables to be sampled, or the mode.");
        }

        for (int k = 0; k < times.Length; k++)
        {
            string where = FormattableString.Invariant($"record.times[{k}]");
            if (!(times[k] >= _plan.StartTime && times[k] <= _plan.Until))
            {
                _findings.Error(where, FormattableString.Invariant($"the time {times[k]} s is not in the run, from {_plan.StartTime} s to {_plan.Until} s"),
                    "Give times within the run.");
                return; // once is enough: the others are likely to be outside as well
            }

            if (k > 0 && !(times[k] > times[k - 1]))
            {
                _findings.Error(
                    where, FormattableString.Invariant($"the time {times[k]} s comes after {times[k - 1]} s"), "Give the times in ascending order, each once.");
                return;
            }
        }
    }

    // A column is found by its name, so no two may share one; those of the grid are apart.
    private void CheckNames()
    {
        var columns = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in new[] { "status", "time", "mode", "jumps", "steps" })
        {
            columns[name] = "the column that every result has";
        }

        foreach (string name in _plan.Model.States.Select(state => state.Name).Concat(_plan.Model.Discretes.Select(discrete => discrete.Name)))
        {
            if (!columns.TryAdd(name, "the final value that every result has"))
            {
                _findings.Warn("model", $"a variable is called '{name}', which is also {columns[name]}", "Record it under another name to find it in results.");
            }
        }

        CheckEach("record.extrema", _recording.Extrema, []);
        foreach (RecordedExpression extremum in _recording.Extrema)
        {
            columns.TryAdd($"min({extremum.Name})", "the smallest value that is recorded");
            columns.TryAdd($"max({extremum.Name})", "the largest value that is recorded");
        }

        foreach (Requirement requirement in _recording.Robustness ? _plan.Requirements : [])
        {
            columns.TryAdd(EnsembleLayout.RobustnessOf(requirement.Name), "the robustness that is recorded");
        }

        CheckEach("record.final", _recording.Final, columns);
        foreach (FirstPassage passage in _recording.Passages)
        {
            CheckName($"record.passages.{passage.Name}", passage.Name, "a passage before it", columns);
        }

        foreach (Requirement requirement in _plan.Requirements)
        {
            CheckName($"require.{requirement.Name}", requirement.Name, "a requirement before it", columns);
        }

        Dictionary<string, string> grid = new(StringComparer.Ordinal);
        if (_recording.GridMode)
        {
            grid["mode"] = "the mode at the same times";
        }

        CheckEach("record.variables", _recording.Grid, grid);
        Dictionary<string, string> stops = [];
        foreach (StopRule stop in _plan.Stops)
        {
            CheckName($"stop.{stop.Name}", stop.Name, "a stop rule before it", stops);
        }
    }

    private void CheckEach(string section, ImmutableArray<RecordedExpression> records, Dictionary<string, string> taken)
    {
        for (int i = 0; i < records.Length; i++)
        {
            CheckName(FormattableString.Invariant($"{section}[{i}]"), records[i].Name, "a record before it", taken);
        }
    }

    private void CheckName(string where, string name, string owner, Dictionary<string, string> taken)
    {
        if (Declarations.FaultOf(name) is { } fault)
        {
            _findings.Error(where, fault.What, fault.Mend);
        }
        else if (!taken.TryAdd(name, owner))
        {
            _findings.Error(where, $"the name '{name}' already belongs to {taken[name]}", "Give it another name, or remove it.");
        }
    }

    private void CheckExpressions(string section, ImmutableArray<RecordedExpression> records)
    {
        for (int i = 0; i < records.Length; i++)
        {
            _expressions.Check(FormattableString.Invariant($"{section}[{i}]"), records[i].Value);
        }
    }
}
