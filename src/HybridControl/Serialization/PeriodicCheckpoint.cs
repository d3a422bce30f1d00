using System.Diagnostics;
using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Serialization;

/// <summary>Writes checkpoints of a run to one file from time to time, and the last one when the run is cancelled.</summary>
/// <remarks>
/// The clock decides when a file is written and nothing else: the run is bit-identical to one without. Writing takes at most a fifth
/// of the time: a record that takes long to write is written more seldom. A file that cannot be written does not end the run;
/// <see cref="Fault"/> says why, and the next time is another attempt. For one run at a time.
/// </remarks>
public sealed class PeriodicCheckpoint : ISnapshotSink
{
    private const long LeastShare = 4;

    private readonly string _path;
    private readonly long _every;
    private long _next;
    private Scenario? _scenario;
    private SimulationOptions? _options;
    private RunFingerprint? _fingerprint;

    /// <summary>Checkpoints of a run.</summary>
    /// <param name="path">The file, replaced in one go each time.</param>
    /// <param name="every">Time of the clock between two files.</param>
    /// <exception cref="ModelException">The interval is negative.</exception>
    /// <remarks>Removes what processes that were killed while they wrote have left in the folder.</remarks>
    public PeriodicCheckpoint(string path, TimeSpan every)
    {
        ArgumentNullException.ThrowIfNull(path);
        _path = path;
        _every = every >= TimeSpan.Zero
            ? (long)every.TotalMilliseconds
            : throw new ModelException("every", $"an interval of {every}", "Give one that is not negative.");
        _next = Environment.TickCount64 + _every;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && Directory.Exists(folder))
        {
            DurableFile.RemoveLeftovers(folder);
        }
    }

    /// <summary>Files written.</summary>
    public int Written { get; private set; }

    /// <summary>Time of the run in the last file, in seconds; NaN if there is none.</summary>
    public double LastTime { get; private set; } = double.NaN;

    /// <summary>Why the last file could not be written; null if it could.</summary>
    public ModelException? Fault { get; private set; }

    /// <summary>Is told of every file, and of every <see cref="Fault"/>.</summary>
    public Action<PeriodicCheckpoint>? Report { get; init; }

    /// <inheritdoc/>
    public bool Wants(in SimulationProgress progress) => Environment.TickCount64 >= _next;

    /// <inheritdoc/>
    public void Take(RunSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        long start = Stopwatch.GetTimestamp();
        try
        {
            if (!ReferenceEquals(snapshot.Scenario, _scenario) || !ReferenceEquals(snapshot.Options, _options))
            {
                (_scenario, _options) = (snapshot.Scenario, snapshot.Options);
                _fingerprint = RunFingerprint.Of(snapshot.Scenario, snapshot.Options);
            }

            RunCheckpoint.From(snapshot, _fingerprint!).Save(_path);
            Written++;
            LastTime = snapshot.Time;
            Fault = null;
        }
        catch (ModelException fault)
        {
            Fault = fault;
        }

        _next = Environment.TickCount64 + Math.Max(_every, LeastShare * (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        Report?.Invoke(this);
    }
}
