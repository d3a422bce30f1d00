using HybridControl.Numerics;
using HybridControl.Requirements;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <content>What is kept: samples, extrema, first times, requirements, the end.</content>
internal sealed partial class Lowering
{
    private void StoreSample(MachineFrame f, Substitution values, int mode)
    {
        int columns = _plan.Recording.Grid.Length + (_plan.Recording.GridMode ? 1 : 0);
        Expr first = columns * f[_r.GridIndex];
        for (int v = 0; v < _plan.Recording.Grid.Length; v++)
        {
            f.Store(_gridArray, first + v, values.Of(_model.Expand(_plan.Recording.Grid[v].Value)));
        }

        if (_plan.Recording.GridMode)
        {
            f.Store(_gridArray, first + (columns - 1.0), mode < 0 ? f[_r.Mode] : mode);
        }

        f[_r.GridIndex] += 1.0;
        f[_r.GridTime] = GridTimeAt(f[_r.GridIndex]);
    }

    // An even grid is a formula, if it gives every time exactly; else a tree of choices, or a table where that would be large.
    private Expr GridTimeAt(Expr index)
    {
        double[] times = [.. _plan.Recording.GridTimes];
        int last = times.Length - 1;
        Expr past = Flag.Of(index > last + 0.5);
        double step = last > 0 ? (times[last] - times[0]) / last : 1.0;
        foreach (double candidate in new[] { step, last > 0 ? times[1] - times[0] : 1.0 })
        {
            if (times.Select((time, k) => times[0] + (k * candidate) == time).All(equal => equal))
            {
                return Flag.Choose(past, double.PositiveInfinity, times[0] + (index * candidate));
            }
        }

        if (times.Length <= 64)
        {
            return Entry(index, times, double.PositiveInfinity);
        }

        var table = new LookupCurve(
            "grid times", [.. Enumerable.Range(0, times.Length + 1).Select(k => (double)k)], [.. times, times[last] + 1.0]);
        return Flag.Choose(past, double.PositiveInfinity, Expr.Lookup(table, index));
    }

    private void ObserveExtrema(MachineFrame f, Substitution values)
    {
        for (int i = 0; i < _extrema.Length; i++)
        {
            Expr value = values.Of(_model.Expand(_extrema[i].Value));
            f[_r.Minimum[i]] = Expr.Min(f[_r.Minimum[i]], value);
            f[_r.Maximum[i]] = Expr.Max(f[_r.Maximum[i]], value);
        }
    }

    // Whether a condition that is watched for the record holds here; its next threshold.
    private Expr RecordAtPoint(MachineFrame f, Watch watch, Point p)
    {
        Expr holds = watch.Kind == WatchKind.Breach ? p.Above : Flag.Of(p.Value >= 0.0);
        RecordCondition(f, watch, holds);
        Expr waits = watch.Kind == WatchKind.Breach
            ? Flag.Choose(p.Inside, Latch(p.Value, p.Band), Least)
            : Expr.Zero;
        return Flag.Choose(IsRecorded(f, watch), Never, waits);
    }

    private Expr IsRecorded(MachineFrame f, Watch watch) => Flag.Of(f[_r.First[watch.Owner]] >= -Largest);

    private void RecordCondition(MachineFrame f, Watch watch, Expr holds)
    {
        f.SetIf(Flag.And(holds, Flag.Not(IsRecorded(f, watch))), _r.First[watch.Owner], f[_r.Time]);
        if (watch.Kind == WatchKind.Stop)
        {
            SetStatus(f, holds, TrajectoryStatus.Stopped);
        }
    }

    private void WriteFinish(MachineFrame f)
    {
        Expr rejected = f[_r.Rejected];
        SetStatus(f, Flag.Of(rejected >= 1.5), TrajectoryStatus.NotFinite);
        SetStatus(f, Flag.Of(rejected >= 0.5), TrajectoryStatus.StepTooSmall);
        Expr sum = Expr.Zero;
        foreach (int register in _r.X)
        {
            sum += Expr.Abs(f[register]);
        }

        SetStatus(f, Flag.Not(Flag.Of(sum <= Largest)), TrajectoryStatus.NotFinite);
        SetStatus(
            f,
            Flag.And(Flag.Of(f[_r.Steps] >= _plan.MaxSteps), Flag.Of(f[_r.Time] < _plan.Until)),
            TrajectoryStatus.StepLimit);
        Substitution values = Here(f);
        ObserveExtrema(f, values);
        int place = 0;
        foreach (RecordedExpression final in _plan.Recording.Final)
        {
            f[_r.Final[place++]] = values.Of(_model.Expand(final.Value));
        }

        for (int i = 0; i < _plan.Requirements.Length; i++)
        {
            f[_r.Final[place++]] = IsMet(f, values, i);
        }

        foreach (Requirement requirement in Robust)
        {
            f[_r.Final[place++]] = RobustnessOf(f, values, requirement);
        }

        // A sample at the very end has no step that leaves it.
        if (HasGrid)
        {
            Expr due = Flag.Of(f[_r.GridTime] <= f[_r.Time]);
            int columns = _plan.Recording.Grid.Length + (_plan.Recording.GridMode ? 1 : 0);
            Expr first = Flag.Choose(due, columns * f[_r.GridIndex], -columns);
            for (int v = 0; v < _plan.Recording.Grid.Length; v++)
            {
                f.Store(_gridArray, first + v, values.Of(_model.Expand(_plan.Recording.Grid[v].Value)));
            }

            if (_plan.Recording.GridMode)
            {
                f.Store(_gridArray, first + (columns - 1.0), f[_r.Mode]);
            }
        }

        f[_r.Counter] = -1.0;
    }

    private IEnumerable<Requirement> Robust => _plan.Recording.Robustness ? _plan.Requirements : [];

    private Expr RobustnessOf(MachineFrame f, Substitution values, Requirement requirement)
    {
        int extremum = MachineExtrema.PlaceOf(_plan, requirement);
        return requirement.Kind switch
        {
            RequirementKind.Always => f[_r.Minimum[extremum]],
            RequirementKind.Eventually => f[_r.Maximum[extremum]],
            _ => values.Of(_model.Expand(requirement.Condition!.ToGuardFunction())),
        };
    }

    private Expr IsMet(MachineFrame f, Substitution values, int number)
    {
        Requirement requirement = _plan.Requirements[number];
        if (requirement.Kind == RequirementKind.AtEnd)
        {
            return Expr.Select(values.Of(_model.Expand(requirement.Condition!)), 1.0, 0.0);
        }

        bool always = requirement.Kind == RequirementKind.Always;
        int record = _model.Conditions.First(
            c => c.Owner == number && c.Kind != WatchKind.Stop && c.Record >= _plan.Recording.Passages.Length).Record;
        Expr happened = Flag.Of(f[_r.First[record]] >= -Largest);
        return Flag.Choose(happened, always ? 0.0 : 1.0, always ? 1.0 : 0.0);
    }

    private IEnumerable<int> ResultRegisters()
    {
        yield return _r.Status;
        yield return _r.Time;
        yield return _r.Mode;
        yield return _r.Jumps;
        yield return _r.Steps;
        foreach (int register in _r.X.Take(_declared.States.Length))
        {
            yield return register;
        }

        for (int i = 0; i < _declared.Discretes.Length; i++)
        {
            string name = _declared.Discretes[i].Name;
            int register = _model.Discretes[i];
            yield return register >= 0
                ? register
                : _file.Add(name, _model.Expand(Expr.Variable(VariableKind.Discrete, name)).Value);
        }

        for (int i = 0; i < _plan.Recording.Final.Length; i++)
        {
            yield return _r.Final[i];
        }

        for (int i = 0; i < _plan.Recording.Extrema.Length; i++)
        {
            yield return _r.Minimum[i];
            yield return _r.Maximum[i];
        }

        for (int i = 0; i < Robust.Count(); i++)
        {
            yield return _r.Final[_plan.Recording.Final.Length + _plan.Requirements.Length + i];
        }

        for (int i = 0; i < _plan.Recording.Passages.Length; i++)
        {
            yield return _r.First[i];
        }

        for (int i = 0; i < _plan.Requirements.Length; i++)
        {
            yield return _r.Final[_plan.Recording.Final.Length + i];
        }
    }
}
