using System.Globalization;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Requirements;
using HybridControl.Requirements.Robustness;
using HybridControl.Simulation;

namespace HybridControl.Ensembles.Simulated;

/// <summary>Runs single trajectories on the simulator and writes their columns. One for each thread.</summary>
internal sealed class SimulatedColumns
{
    private readonly SimulatedPlan _code;
    private readonly EnsemblePlan _plan;
    private readonly EnsembleLayout _layout;
    private readonly SimulatedRun _run;
    private readonly SimulatedExtrema _extrema;
    private readonly double[] _values;
    private readonly bool[] _atStart;
    private readonly double[] _firstUp;

    public SimulatedColumns(SimulatedPlan code)
    {
        _code = code;
        _plan = code.Plan;
        _layout = code.Layout;
        _run = new SimulatedRun(code.Compiled);
        _extrema = new SimulatedExtrema(code.Extrema, _run);
        int conditions = code.Conditions.Length;
        _values = new double[Math.Max(
            Math.Max(code.Grid.OutputCount, code.Final.OutputCount), Math.Max(code.Extrema.OutputCount, conditions))];
        _atStart = new bool[conditions];
        _firstUp = new double[conditions];
    }

    /// <summary>Runs a trajectory of a block and writes its columns.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the trajectory is not finished.</exception>
    public void Run(EnsembleBlock block, int index, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        SimulationOptions options = _code.Options with
        {
            Values = _code.ValuesOf(block, index),
            Trajectory = _code.SampleOf(block.First + index),
        };
        if (options.Values.Any(entry => !double.IsFinite(entry.Value)))
        {
            Abandon(block, index);
            return;
        }

        var record = new TrajectoryRecorder(_code.Compiled.StateCount, _code.Compiled.DataCount, _code.DenseDegree);
        var engine = new RunEngine(_code.Compiled, options, _code.CommandsOf(block, index), [], record);
        try
        {
            engine.Start();
        }
        catch (ModelException)
        {
            Abandon(block, index); // a clock whose period the sample has made impossible
            return;
        }

        engine.Advance(_plan.Until, cancellation);
        if (engine.Status == RunStatus.Cancelled)
        {
            throw new OperationCanceledException(cancellation);
        }

        Trajectory trajectory = engine.Finish();
        _run.Bind(record);
        bool stopped = FindStop(record);
        Set(block, index, EnsembleLayout.Status, (int)(stopped ? TrajectoryStatus.Stopped : StatusOf(trajectory.Status)));
        Set(block, index, EnsembleLayout.Time, _run.End);
        Set(block, index, EnsembleLayout.Mode, ModeOf(_run.Mode));
        Set(block, index, EnsembleLayout.Jumps, _run.JumpIndex);
        Set(block, index, EnsembleLayout.Steps, stopped ? _run.StepsBeforeEnd() : trajectory.Statistics.Steps);
        WriteFinal(block, index);
        WriteExtrema(block, index);
        WriteConditions(block, index, record);
        WriteRequirements(block, index);
        WriteGrid(block, index);
        WriteEvents(block, index, record);
    }

    private static TrajectoryStatus StatusOf(RunStatus status) => status switch
    {
        RunStatus.Completed => TrajectoryStatus.Completed,
        RunStatus.Zeno => TrajectoryStatus.Zeno,
        RunStatus.Chattering => TrajectoryStatus.Chattering,
        RunStatus.InvariantViolated => TrajectoryStatus.InvariantViolated,
        RunStatus.Livelock => TrajectoryStatus.Livelock,
        RunStatus.StepTooSmall => TrajectoryStatus.StepTooSmall,
        RunStatus.StepLimit => TrajectoryStatus.StepLimit,
        RunStatus.SingularSystem => TrajectoryStatus.SingularSystem,
        RunStatus.NoConvergence => TrajectoryStatus.NoConvergence,
        RunStatus.InconsistentState => TrajectoryStatus.InconsistentState,
        _ => TrajectoryStatus.NotFinite,
    };

    // Modes of a network that has too many combinations are not told apart.
    private double ModeOf(int number) => _layout.Modes.IsEmpty ? double.NaN : number;

    private static void Set(EnsembleBlock block, int index, int column, double value) =>
        block.Scalars[(column * block.Count) + index] = value;

    private void Abandon(EnsembleBlock block, int index)
    {
        Set(block, index, EnsembleLayout.Status, (int)TrajectoryStatus.NotFinite);
        Set(block, index, EnsembleLayout.Time, _plan.StartTime);
        Set(block, index, EnsembleLayout.Mode, ModeOf(_code.Compiled.NumberOf(_plan.Model.InitialMode)));
        Set(block, index, EnsembleLayout.Jumps, 0.0);
        Set(block, index, EnsembleLayout.Steps, 0.0);
    }

    // The earliest point at which a stop rule holds ends the trajectory, whatever the run did later.
    private bool FindStop(TrajectoryRecorder record)
    {
        if (_code.Conditions.IsEmpty)
        {
            return false;
        }

        double start = _plan.StartTime;
        _run.Evaluate(_code.Guards, 0, start, _values);
        for (int i = 0; i < _atStart.Length; i++)
        {
            _atStart[i] = _values[i] >= 0.0;
        }

        if (_atStart.AsSpan(0, _plan.Stops.Length).Contains(true))
        {
            _run.CutAt(start, 0);
            return true;
        }

        foreach (LogRecord entry in record.Log)
        {
            if (entry.Kind == LogKind.Monitor && entry.Detail == "up" && MonitorOf(entry) < _plan.Stops.Length)
            {
                _run.CutAt(entry.Time, entry.JumpIndex);
                return true;
            }
        }

        return false;
    }

    private static int MonitorOf(LogRecord entry) => int.Parse(entry.Name, CultureInfo.InvariantCulture);

    private void WriteFinal(EnsembleBlock block, int index)
    {
        ReadOnlySpan<double> states = _run.StatesAt(_run.LastPiece, _run.End);
        for (int i = 0; i < _plan.Model.States.Length; i++)
        {
            Set(block, index, _layout.FirstState + i, states[i]);
        }

        ReadOnlySpan<double> data = _run.DataOf(_run.LastPiece);
        for (int i = 0; i < _plan.Model.Discretes.Length; i++)
        {
            Set(block, index, _layout.FirstDiscrete + i, data[_code.Compiled.FirstDiscrete + i]);
        }

        _run.Evaluate(_code.Final, _run.LastPiece, _run.End, _values);
        for (int i = 0; i < _code.Final.OutputCount; i++)
        {
            Set(block, index, _layout.FirstFinal + i, _values[i]);
        }
    }

    private void WriteExtrema(EnsembleBlock block, int index)
    {
        if (_code.Extrema.OutputCount == 0)
        {
            return;
        }

        _extrema.Search();
        for (int i = 0; i < _code.Extrema.OutputCount; i++)
        {
            Set(block, index, _layout.FirstExtremum + (2 * i), _extrema.Minimum(i));
            Set(block, index, _layout.FirstExtremum + (2 * i) + 1, _extrema.Maximum(i));
        }
    }

    private void WriteConditions(EnsembleBlock block, int index, TrajectoryRecorder record)
    {
        if (_code.Conditions.IsEmpty)
        {
            return;
        }

        Array.Fill(_firstUp, double.NaN);
        foreach (LogRecord entry in record.Log)
        {
            if (entry.Kind != LogKind.Monitor || !_run.Covers(Math.Min(entry.Time, _plan.Until), entry.JumpIndex))
            {
                continue;
            }

            int i = MonitorOf(entry);
            if (entry.Detail == "up")
            {
                _firstUp[i] = double.IsNaN(_firstUp[i]) ? entry.Time : _firstUp[i];
            }
        }

        int first = _plan.Stops.Length;
        for (int i = 0; i < _plan.Recording.Passages.Length; i++)
        {
            Set(block, index, _layout.FirstPassage + i, _atStart[first + i] ? _plan.StartTime : _firstUp[first + i]);
        }

    }

    private void WriteRequirements(EnsembleBlock block, int index)
    {
        if (_plan.Requirements.IsEmpty)
        {
            return;
        }

        TraceArc trace = _run.ToArc();
        for (int i = 0; i < _plan.Requirements.Length; i++)
        {
            RequirementResult result = TrajectoryRequirements.Evaluate(
                trace, _plan.Requirements[i], _code.Requirements[i], TrajectoryRequirements.DefaultTolerance);
            Set(block, index, _layout.FirstRequirement + i, MetOf(result.Verdict));
            if (_plan.Recording.Robustness)
            {
                Set(block, index, _layout.FirstRobustness + i, result.Robustness);
            }
        }
    }

    private static double MetOf(Verdict verdict) => verdict switch
    {
        Verdict.Satisfied => 1.0,
        Verdict.Violated => 0.0,
        _ => double.NaN,
    };

    private void WriteGrid(EnsembleBlock block, int index)
    {
        int width = _layout.Grid.Length;
        for (int k = 0; k < _layout.GridTimes.Length; k++)
        {
            double time = _layout.GridTimes[k];
            if (!(time >= _plan.StartTime && time <= _run.End))
            {
                continue;
            }

            int piece = _run.PieceAt(time);
            _run.Evaluate(_code.Grid, piece, time, _values);
            for (int v = 0; v < _code.Grid.OutputCount; v++)
            {
                block.Grid[(((k * width) + v) * block.Count) + index] = _values[v];
            }

            if (_layout.GridMode >= 0)
            {
                block.Grid[(((k * width) + _layout.GridMode) * block.Count) + index] = ModeOf(_run.ModeOf(piece));
            }
        }
    }

    private void WriteEvents(EnsembleBlock block, int index, TrajectoryRecorder record)
    {
        for (int s = 0; s < Math.Min(_layout.EventSlots, _run.JumpIndex); s++)
        {
            block.EventTimes[(s * block.Count) + index] = record.Jumps.TimeOf(s);
            block.EventTransitions[(s * block.Count) + index] = _code.NumberOfTransition(record.Jumps.TransitionOf(s));
        }
    }
}
