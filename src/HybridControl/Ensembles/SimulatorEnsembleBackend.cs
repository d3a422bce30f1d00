using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Ensembles.Simulated;

namespace HybridControl.Ensembles;

/// <summary>Runs the ordinary simulator once for each trajectory: slow, and able to run every model.</summary>
/// <remarks>
/// The reference that faster back-ends are compared with, and what runs the models that they refuse, such as those with
/// delegate flows (which must be safe to call from several threads). Located events, passages and requirements are as
/// exact as those of a single run; extrema are sampled on the dense output and refined. Threads that find no more blocks
/// help with those that others have begun, which changes no result. Thread-safe.
/// </remarks>
public sealed class SimulatorEnsembleBackend : IEnsembleBackend
{
    private const double MostTicks = 10_000_000;

    private readonly int _threads;

    /// <summary>A back-end on a number of threads.</summary>
    /// <param name="threads">The number of threads; zero for one on each processor.</param>
    public SimulatorEnsembleBackend(int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _threads = threads == 0 ? Environment.ProcessorCount : threads;
    }

    /// <inheritdoc/>
    public string Name => string.Create(
        CultureInfo.InvariantCulture, $"CPU, simulator, {_threads} {(_threads == 1 ? "thread" : "threads")}");

    /// <inheritdoc/>
    public ImmutableArray<Finding> Check(EnsemblePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return
        [
            .. plan.Noise
                .Where(noise => plan.Model.Inputs.Any(i => i.Name == noise.Input && i.Signal is DelegateSignal))
                .Select(noise => new Finding(
                    $"noise.{noise.Input}", $"the input '{noise.Input}' is a C# function, which noise cannot replace",
                    "Give the input a constant signal.")),
            .. plan.Noise
                .Where(noise => (plan.Until - plan.StartTime) / noise.Period > MostTicks)
                .Select(noise => new Finding(
                    $"noise.{noise.Input}",
                    FormattableString.Invariant(
                        $"a period of {noise.Period} s gives {(plan.Until - plan.StartTime) / noise.Period:0} ticks, each of which is a command of its trajectory"),
                    "Lengthen the period, or run on lanes, which draw as they go.")),
        ];
    }

    /// <inheritdoc/>
    public void Run(
        EnsemblePlan plan, long firstBlock, long blockCount, Action<EnsembleBlock> completed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(completed);
        var sampler = PlanSampler.For(plan);
        var code = new SimulatedPlan(plan, sampler);
        long trajectories = Math.Min(blockCount * EnsembleBlock.Capacity, sampler.TrajectoryCount - (firstBlock * EnsembleBlock.Capacity));
        int threads = (int)Math.Clamp((trajectories + SharedBlock.RunLength - 1) / SharedBlock.RunLength, 1, _threads);
        var shared = new SharedBlocks(code.Begin);
        BlockSchedule.Run(firstBlock, blockCount, threads, RunBlocks, completed, cancellation);

        void RunBlocks(BlockSchedule schedule)
        {
            var columns = new SimulatedColumns(code);
            while (shared.TryOpen(schedule, out SharedBlock? open))
            {
                while (open.TryTake(out int first, out int count))
                {
                    for (int i = first; i < first + count; i++)
                    {
                        columns.Run(open.Block, i, schedule.Stop);
                    }

                    if (open.Finish(count))
                    {
                        schedule.Complete(open.Block);
                    }
                }
            }
        }
    }
}
