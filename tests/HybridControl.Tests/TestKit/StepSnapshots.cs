using HybridControl.Simulation;

namespace HybridControl.Tests.TestKit;

/// <summary>Takes snapshots when a run has made given numbers of steps.</summary>
internal sealed class StepSnapshots(params long[] steps) : ISnapshotSink
{
    private int _next;

    public List<RunSnapshot> Taken { get; } = [];

    public bool Wants(in SimulationProgress progress) => _next < steps.Length && progress.Steps >= steps[_next];

    public void Take(RunSnapshot snapshot)
    {
        Taken.Add(snapshot);
        _next++;
    }
}
