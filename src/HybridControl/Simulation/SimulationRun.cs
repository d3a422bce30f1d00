using System.Collections.Immutable;
using System.Diagnostics;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>A run that a program advances: for test harnesses, hardware in the loop and games.</summary>
/// <remarks>
/// Every call settles what is due at the time reached. Stopping at a time cuts a step there, so a run in many advances
/// equals a run in one within the tolerances, not bit for bit. Not thread-safe.
/// </remarks>
public sealed class SimulationRun
{
    private readonly Scenario _scenario;
    private readonly SimulationOptions _options;
    private RunEngine _engine;
    private long _wallStart;
    private double _paceStart;

    internal SimulationRun(Scenario scenario, SimulationOptions options, RunEngine engine)
    {
        _scenario = scenario;
        _options = options;
        _engine = engine;
    }

    /// <summary>Whether every step is recorded.</summary>
    internal bool KeepsSteps => _options.Recording == Recording.Everything;

    /// <summary>The engine as it stands.</summary>
    internal RunEngine Engine => _engine;

    /// <summary>Time reached, in seconds.</summary>
    public double Time => _engine.Time;

    /// <summary>Jump index j.</summary>
    public int JumpIndex => _engine.JumpIndex;

    /// <summary>Name of the active mode.</summary>
    public string Mode => _engine.ModeName;

    /// <summary>How the run stands; <see cref="RunStatus.Completed"/> while it can go on.</summary>
    public RunStatus Status => _engine.Status;

    /// <summary>Why the run ended, in words; empty while it can go on.</summary>
    public string Reason => _engine.Reason;

    /// <summary>Speed relative to real time: 1 paces the run by the clock, 2 runs twice as fast; zero, the default, does not wait.</summary>
    public double Pace { get; set; }

    /// <summary>The present value of a state, discrete variable, input, output or parameter.</summary>
    /// <exception cref="ModelException">The name is unknown.</exception>
    public double this[string name] =>
        VariableReader.For(_scenario.Model.Compiled).Read(name, _engine.ModeNumber, _engine.Time, _engine.States, _engine.Data);

    /// <summary>The n states, in the order of the model.</summary>
    public ImmutableArray<double> States => VariableReader.For(_scenario.Model.Compiled).Visible(_engine.ModeNumber, [.. _engine.VisibleStates]);

    /// <summary>Flows until <paramref name="time"/> and settles what is due there.</summary>
    /// <returns>True if the time was reached; false if the run ended before, see <see cref="Reason"/>.</returns>
    /// <exception cref="ModelException">The time is before the present, or not finite.</exception>
    public bool AdvanceTo(double time, CancellationToken cancellation = default)
    {
        if (!(time >= _engine.Time) || !double.IsFinite(time))
        {
            throw new ModelException(
                "AdvanceTo", FormattableString.Invariant($"time {time} s, but the run is at {_engine.Time} s"),
                "Give a finite time that is not before the present.");
        }

        if (Pace > 0.0)
        {
            AdvancePaced(time, cancellation);
        }
        else
        {
            _engine.Advance(time, cancellation);
        }

        return _engine.Status == RunStatus.Completed;
    }

    /// <summary>Gives a command now.</summary>
    /// <returns>Whether a transition took it.</returns>
    /// <exception cref="ModelException">No transition of the model listens to the label.</exception>
    public bool Command(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        string[] labels = [.. _scenario.Model.Transitions.Select(t => (t.Rule as CommandRule)?.Label).OfType<string>().Distinct()];
        if (!labels.Contains(label))
        {
            throw new ModelException("command", $"no transition listens to '{label}'", Suggestions.For(label, labels));
        }

        return _engine.Command(label);
    }

    /// <summary>Sets a parameter, input, discrete variable or state now.</summary>
    /// <exception cref="ModelException">The name is unknown, the value is not finite, or the run has ended.</exception>
    public void Set(string name, double value)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_engine.Status != RunStatus.Completed)
        {
            throw new ModelException(
                $"Set '{name}'", FormattableString.Invariant($"the run has ended at t = {_engine.Time:R} s ({_engine.Status})"),
                "Restore a snapshot from before, or start a new run.");
        }

        ImmutableArray<Finding> findings = ScenarioValidator.Validate(
            Scenario.For(_scenario.Model, useExperiment: false).At(_engine.Time, (name, value)), _options);
        if (findings.Length > 0)
        {
            throw new ModelException(findings);
        }

        _engine.Set(name, value);
    }

    /// <summary>The result up to now.</summary>
    public Trajectory ToTrajectory() => _engine.ToTrajectory();

    /// <summary>Everything about the present, to come back to with <see cref="Restore"/>.</summary>
    /// <remarks>In memory; costs a copy of the record so far.</remarks>
    public RunSnapshot Snapshot() => _engine.TakeSnapshot(shares: true);

    /// <summary>Goes back to a snapshot of this run; it can be restored any number of times, with the same future.</summary>
    public void Restore(RunSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (!ReferenceEquals(snapshot.Scenario, _scenario) || !ReferenceEquals(snapshot.Options, _options))
        {
            throw new ModelException(
                "Restore", "the snapshot belongs to another run", "Restore a snapshot that this run has taken.");
        }

        RunEngine engine = _engine.CreateTwin();
        snapshot.CopyTo(engine);
        engine.Watcher = _engine.Watcher;
        _engine = engine;
        _wallStart = 0;
    }

    // In slices of 10 ms of simulated time at pace 1, each waited for; a run that falls behind does not hurry ahead later.
    private void AdvancePaced(double time, CancellationToken cancellation)
    {
        _wallStart = Stopwatch.GetTimestamp();
        _paceStart = _engine.Time;
        while (_engine.Time < time && _engine.Status == RunStatus.Completed)
        {
            _engine.Advance(Math.Min(time, _engine.Time + (0.01 * Pace)), cancellation);
            double ahead = ((_engine.Time - _paceStart) / Pace) - Stopwatch.GetElapsedTime(_wallStart).TotalSeconds;
            if (ahead > 0.0)
            {
                cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(ahead));
            }
        }
    }
}
