using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <summary>Makes a trajectory by hand: motions given as polynomials, and jumps between them.</summary>
/// <remarks>
/// For recorded data and for tests of what reads trajectories. Nothing is integrated and no guard is asked: what is told is what the
/// trajectory says. Starts in the initial mode of the model with its initial values. Not thread-safe.
/// </remarks>
public sealed class TrajectoryBuilder
{
    private const int Width = 5;

    private readonly CompiledAutomaton _compiled;
    private readonly TrajectoryRecorder _record;
    private readonly double[] _states;
    private readonly double[] _data;
    private double _time;
    private int _mode;
    private int _jumpIndex;

    /// <summary>Begins a trajectory of a model.</summary>
    /// <exception cref="ModelException">The model has errors or several regions, or the time is not finite.</exception>
    public TrajectoryBuilder(HybridAutomaton model, double startTime = 0.0)
    {
        ArgumentNullException.ThrowIfNull(model);
        _compiled = model.Compiled.Modes.RegionCount == 1
            ? model.Compiled
            : throw new ModelException(model.Name, "it has several regions", "Build trajectories of models of one region.");
        _time = double.IsFinite(startTime)
            ? startTime
            : throw new ModelException("start", FormattableString.Invariant($"the time {startTime} s"), "Give a finite time.");
        _record = new TrajectoryRecorder(_compiled.StateCount, _compiled.DataCount, Width - 1);
        _states = new double[_compiled.StateCount];
        _data = new double[_compiled.DataCount];
        for (int i = 0; i < model.Parameters.Length; i++)
        {
            _data[i] = model.Parameters[i].Value;
        }

        var initial = new Real64[_compiled.InitialValues.OutputCount];
        _compiled.InitialValues.Evaluate(default, [], _data, new Real64[_compiled.InitialValues.RegisterCount], initial);
        for (int i = 0; i < initial.Length; i++)
        {
            (i < _states.Length ? ref _states[i] : ref _data[_compiled.FirstDiscrete + i - _states.Length]) = initial[i].Value;
        }

        WriteInputs();
        _mode = _compiled.NumberOf(model.InitialMode);
        _record.BeginPiece(_time, 0, _mode, _states, _data);
    }

    /// <summary>Time reached, in seconds.</summary>
    public double Time => _time;

    /// <summary>Goes on for a while.</summary>
    /// <param name="duration">Length in seconds, positive.</param>
    /// <param name="motions">
    /// For each state that moves, rates c1 to c4: x(t + s) = x(t) + c1 s + c2 s^2 + c3 s^3 + c4 s^4. Other states rest.
    /// </param>
    /// <exception cref="ModelException">The duration is not positive, a name is no state, or there are more than four rates.</exception>
    public TrajectoryBuilder Flow(double duration, params ReadOnlySpan<(string State, double[] Rates)> motions)
    {
        if (!(duration > 0.0) || !double.IsFinite(duration))
        {
            throw new ModelException("flow", FormattableString.Invariant($"a duration of {duration} s"), "Give a positive, finite duration.");
        }

        double[] dense = new double[Math.Max(1, _states.Length * Width)];
        for (int i = 0; i < _states.Length; i++)
        {
            dense[i * Width] = _states[i];
        }

        foreach ((string state, double[] rates) in motions)
        {
            if (!_compiled.Slots.TryGetSlot(VariableKind.State, state, out int i) || rates.Length >= Width)
            {
                throw new ModelException("flow", $"'{state}' with {rates.Length} rates", "Name a state, and give at most four rates.");
            }

            double scale = 1.0;
            double end = _states[i];
            for (int k = 0; k < rates.Length; k++)
            {
                scale *= duration;
                dense[(i * Width) + k + 1] = rates[k] * scale;
                end += rates[k] * scale;
            }

            _states[i] = end;
        }

        _record.AddStep(_time, duration, dense.AsSpan(0, _states.Length * Width));
        _time += duration;
        _record.EndPiece(_time, _states);
        return this;
    }

    /// <summary>Executes a transition, whatever its guard says, with the values that are given instead of its resets.</summary>
    /// <exception cref="ModelException">The model has no such transition from the present mode, or a name is unknown.</exception>
    public TrajectoryBuilder Jump(string transition, params ReadOnlySpan<(string Name, double Value)> resets)
    {
        CompiledTransition? found = Array.Find(_compiled.Transitions, t => t.Source.Name == transition && t.From == _mode);
        if (found is null)
        {
            throw new ModelException(
                "jump", $"no transition '{transition}' leaves the mode '{_compiled.Modes.NameOf(_mode)}'",
                Suggestions.For(transition, _compiled.Transitions.Where(t => t.From == _mode).Select(t => t.Source.Name)));
        }

        (double[] states, double[] data) = ([.. _states], [.. _data]);
        Assign(resets);
        _jumpIndex++;
        var reader = VariableReader.For(_compiled);
        _record.Jumps.Add(new(
            _jumpIndex, _time, _compiled.Modes.NameOf(_mode), _compiled.Modes.NameOf(found.To), transition, double.NaN, double.NaN,
            [.. states], [.. _states], reader.DiscretesOf(data), reader.DiscretesOf(_data)));
        _mode = found.To;
        Begin();
        return this;
    }

    /// <summary>Sets states, discrete variables or parameters without a jump.</summary>
    /// <exception cref="ModelException">A name is unknown.</exception>
    public TrajectoryBuilder Set(params ReadOnlySpan<(string Name, double Value)> values)
    {
        Assign(values);
        Begin();
        return this;
    }

    /// <summary>The trajectory so far; the builder can go on.</summary>
    public Trajectory ToTrajectory() => new(_compiled, _record.Clone(), RunStatus.Completed, "", new RunStatistics { Jumps = _jumpIndex });

    private void Begin()
    {
        WriteInputs();
        _record.BeginPiece(_time, _jumpIndex, _mode, _states, _data);
    }

    private void WriteInputs()
    {
        foreach (InputSlots input in _compiled.Inputs)
        {
            input.Write(_time, _data);
        }
    }

    private void Assign(ReadOnlySpan<(string Name, double Value)> values)
    {
        foreach ((string name, double value) in values)
        {
            if (_compiled.Slots.TryGetSlot(VariableKind.State, name, out int slot))
            {
                _states[slot] = value;
            }
            else if (_compiled.Slots.TryGetSlot(VariableKind.Discrete, name, out slot) ||
                _compiled.Slots.TryGetSlot(VariableKind.Parameter, name, out slot))
            {
                _data[slot] = value;
            }
            else
            {
                throw new ModelException(
                    "set", $"'{name}' is no state, discrete variable or parameter",
                    Suggestions.For(name, VariableReader.For(_compiled).Names));
            }
        }
    }
}
