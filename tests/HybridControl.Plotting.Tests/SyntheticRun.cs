using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Plotting.Tests;

/// <summary>Writes trajectories by hand: segments of functions of time, with jumps between them.</summary>
internal sealed class SyntheticRun
{
    private readonly CompiledAutomaton _compiled;
    private readonly TrajectoryRecorder _recorder;
    private readonly double[] _data;
    private readonly int _stepsPerSegment;
    private double[]? _before;
    private int _lastMode;
    private int _segment;

    public SyntheticRun(HybridAutomaton model, int stepsPerSegment = 40)
    {
        _compiled = new CompiledAutomaton(model);
        _data = new double[_compiled.Slots.DataCount];
        foreach (Parameter parameter in model.Parameters)
        {
            _data[_compiled.Slots[VariableKind.Parameter, parameter.Name]] = parameter.Value;
        }

        _recorder = new TrajectoryRecorder(model.States.Length, _data.Length, degree: 1);
        _stepsPerSegment = stepsPerSegment;
    }

    /// <summary>Adds a segment; a jump joins it to the one before.</summary>
    public SyntheticRun Segment(string mode, double start, double end, params Func<double, double>[] states)
    {
        ImmutableArray<Mode> modes = _compiled.Automaton.Modes;
        int number = modes.IndexOf(modes.First(m => m.Name == mode));
        double[] x = Array.ConvertAll(states, f => f(start));
        if (_before is not null)
        {
            _segment++;
            _recorder.Jumps.Add(new Jump(
                _segment, start, modes[_lastMode].Name, mode, "jump", 0, 0, [.. _before], [.. x], [], []));
        }

        _recorder.BeginPiece(start, _segment, number, x, _data);
        double h = (end - start) / _stepsPerSegment;
        for (int s = 0; s < _stepsPerSegment && h > 0; s++)
        {
            double t = start + (s * h);
            _recorder.AddStep(t, h, [.. states.SelectMany(f => new[] { f(t), f(t + h) - f(t) })]);
        }

        _before = Array.ConvertAll(states, f => f(end));
        _lastMode = number;
        _recorder.EndPiece(end, _before);
        return this;
    }

    public Trajectory ToTrajectory() => new(_compiled, _recorder, RunStatus.Completed, "", new RunStatistics());
}
