using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <summary>How a run is carried out. Immutable; every entry has a default that suits a first run.</summary>
public sealed record SimulationOptions
{
    /// <summary>The options of a run that is told nothing else: the defaults, with the solver that the model's experiment suggests.</summary>
    public static SimulationOptions For(HybridAutomaton model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Experiment?.Solver is { } solver ? new() { Solver = solver } : new();
    }

    /// <summary>Start time in seconds.</summary>
    public double StartTime { get; init; }

    /// <summary>Integration method and tolerances.</summary>
    public Solver Solver { get; init; } = new Auto();

    /// <summary>Values that replace those of the model: parameters, initial states, discrete variables, constant inputs.</summary>
    public ImmutableDictionary<string, double> Values { get; init; } = ImmutableDictionary<string, double>.Empty;

    /// <summary>
    /// Names of parameters, states or discrete variables (their initial values) and constant inputs with respect to which the run
    /// is differentiated: <see cref="Trajectory.Sensitivity"/> gives the result. None by default, which costs nothing.
    /// </summary>
    public ImmutableArray<string> Sensitivities { get; init; } = [];

    /// <summary>Seed of everything random in the run: the same seed and trajectory give the same run, bit for bit.</summary>
    public ulong Seed { get; init; }

    /// <summary>Which of the random runs of this seed it is: its number in an ensemble, from zero and below 2^48.</summary>
    public long Trajectory { get; init; }

    /// <summary>Name of the mode to start in; null for the model's.</summary>
    public string? InitialMode { get; init; }

    /// <summary>Conditions to watch; they never change the run.</summary>
    public ImmutableArray<EventMonitor> Monitors { get; init; } = [];

    /// <summary>Width in seconds to which an event is bracketed; zero for the resolution of time.</summary>
    public double EventTolerance { get; init; }

    /// <summary>What happens when events accumulate; null for what the model says, and <see cref="ZenoPolicy.Throw"/> if it says nothing.</summary>
    public ZenoPolicy? Zeno { get; init; }

    /// <summary>What happens when flows that point at their common surface hand over to each other without end.</summary>
    public ChatteringPolicy Chattering { get; init; } = ChatteringPolicy.Throw;

    /// <summary>What happens when an invariant is left and no transition is enabled.</summary>
    public InvariantPolicy Invariants { get; init; } = InvariantPolicy.Throw;

    /// <summary>The most jumps at one instant before the run ends as a livelock.</summary>
    public int MaxJumpsPerInstant { get; init; } = 100;

    /// <summary>The most accepted steps before the run ends.</summary>
    public long MaxSteps { get; init; } = 100_000_000;

    /// <summary>What the trajectory keeps.</summary>
    public Recording Recording { get; init; } = Recording.Everything;

    /// <summary>Receives snapshots between steps, for checkpoints; never changes the run.</summary>
    public ISnapshotSink? Snapshots { get; init; }

    /// <summary>Receives progress about ten times a second on long runs.</summary>
    public IProgress<SimulationProgress>? Progress { get; init; }
}
