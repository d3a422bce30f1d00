namespace HybridControl.Ensembles.Simulated;

/// <summary>A block whose trajectories several threads run, in runs taken from one counter. Thread-safe.</summary>
/// <param name="block">The block, with its samples.</param>
internal sealed class SharedBlock(EnsembleBlock block)
{
    /// <summary>Trajectories of a run; the last of a block may have fewer.</summary>
    public const int RunLength = 16;

    private int _next;
    private int _left = block.Count;

    /// <summary>The block.</summary>
    public EnsembleBlock Block { get; } = block;

    /// <summary>Whether a run is left to be taken.</summary>
    public bool HasMore => Volatile.Read(ref _next) < Block.Count;

    /// <summary>Takes the next run of trajectories.</summary>
    public bool TryTake(out int first, out int count)
    {
        first = Interlocked.Add(ref _next, RunLength) - RunLength;
        count = Math.Min(RunLength, Block.Count - first);
        return count > 0;
    }

    /// <summary>Tells that trajectories have ended.</summary>
    /// <returns>Whether they were the last of the block, which is then the caller's to hand over.</returns>
    public bool Finish(int count) => Interlocked.Add(ref _left, -count) == 0;
}
