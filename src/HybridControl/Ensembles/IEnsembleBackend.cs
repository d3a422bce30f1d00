using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Ensembles;

/// <summary>Something that runs the trajectories of a plan. Thread-safe.</summary>
public interface IEnsembleBackend
{
    /// <summary>What runs there, in words: "CPU, AVX-512 lanes, 2 threads".</summary>
    string Name { get; }

    /// <summary>What keeps this back-end from running a valid plan, with what to change; empty if it runs it.</summary>
    ImmutableArray<Finding> Check(EnsemblePlan plan);

    /// <summary>Runs a range of blocks and delivers each of them once, in ascending order, on the calling thread.</summary>
    /// <param name="plan">A valid plan that <see cref="Check"/> has no findings for.</param>
    /// <param name="firstBlock">Number of the first block.</param>
    /// <param name="blockCount">The number of blocks.</param>
    /// <param name="completed">Receives each finished block; must not keep the back-end waiting for long.</param>
    /// <param name="cancellation">Ends the run after the blocks that are finished; what was delivered stays delivered.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    void Run(EnsemblePlan plan, long firstBlock, long blockCount, Action<EnsembleBlock> completed, CancellationToken cancellation);
}
