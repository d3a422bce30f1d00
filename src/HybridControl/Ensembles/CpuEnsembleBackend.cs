using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Lanes;
using HybridControl.Ensembles.Machine;

namespace HybridControl.Ensembles;

/// <summary>Runs trajectories in the lanes of vector registers, on all processors.</summary>
/// <remarks>
/// Each trajectory has its own mode, step size and events; lanes of one mode run together under a mask. The result of a
/// trajectory is the same, bit for bit, on every width, number of threads and range of blocks. The code of the last plans is
/// kept: one made from such a plan by "with" that differs in its samples only, and has as many, needs no compilation. Thread-safe.
/// </remarks>
public sealed class CpuEnsembleBackend : IEnsembleBackend
{
    private const int MostKept = 4;

    private readonly int _threads;
    private readonly LaneWidth _width;
    private readonly ConditionalWeakTable<EnsemblePlan, LaneCode> _plans = [];
    private readonly LinkedList<LaneCode> _recent = [];

    /// <summary>A back-end on a number of threads.</summary>
    /// <param name="threads">The number of threads; zero for one on each processor.</param>
    /// <param name="width">Which instructions lanes run on; null for the widest that this processor has.</param>
    public CpuEnsembleBackend(int threads = 0, LaneWidth? width = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _threads = threads == 0 ? Environment.ProcessorCount : threads;
        _width = width ?? LaneCompiler.Best;
    }

    /// <summary>When loops are left and lanes regrouped; it changes the speed and never a result.</summary>
    internal GroupPolicy Policy { get; init; } = new();

    /// <inheritdoc/>
    public string Name
    {
        get
        {
            string lanes = _width switch
            {
                LaneWidth.Vector512 => "AVX-512 lanes",
                LaneWidth.Vector256 => "AVX2 lanes",
                _ => "scalar",
            };
            return string.Create(CultureInfo.InvariantCulture, $"CPU, {lanes}, {_threads} {(_threads == 1 ? "thread" : "threads")}");
        }
    }

    /// <inheritdoc/>
    public ImmutableArray<Finding> Check(EnsemblePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ImmutableArray<Finding> findings = MachineCompiler.Check(plan);
        return _width <= LaneCompiler.Best
            ? findings
            : findings.Add(new(
                "lanes", $"this processor does not have the instructions of {_width}",
                $"Use {LaneCompiler.Best}, or leave the width open."));
    }

    /// <inheritdoc/>
    public void Run(
        EnsemblePlan plan, long firstBlock, long blockCount, Action<EnsembleBlock> completed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(completed);
        RunBlocks(CodeOf(plan), firstBlock, blockCount, null, completed, cancellation);
    }

    /// <summary>Runs a plan and counts how full the lanes are, for each alternative.</summary>
    internal LaneStatistics[] Measure(EnsemblePlan plan, long firstBlock, long blockCount)
    {
        LaneCode code = CodeOf(plan);
        LaneStatistics[] total = [.. code.Machines.Select(NewStatistics)];
        RunBlocks(code, firstBlock, blockCount, total, static _ => { }, CancellationToken.None);
        return total;
    }

    /// <summary>The compiled code that a plan runs on.</summary>
    internal LanePlan CompiledOf(EnsemblePlan plan) => CodeOf(plan).Compiled;

    /// <summary>A plan's first machine with its code.</summary>
    internal LaneMachine MachineOf(EnsemblePlan plan) => CodeOf(plan).Machines[0];

    private static LaneStatistics NewStatistics(LaneMachine machine) => new(machine.Lanes, machine.Repeats.Length);

    private LaneCode CodeOf(EnsemblePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return _plans.GetValue(plan, NewCode);
    }

    private LaneCode NewCode(EnsemblePlan plan)
    {
        var sampler = PlanSampler.For(plan);
        lock (_recent)
        {
            if (_recent.FirstOrDefault(code => code.Suits(plan, sampler)) is { } known)
            {
                _recent.Remove(known);
                _recent.AddFirst(known);
                return known.With(sampler);
            }
        }

        var compiled = new LanePlan(plan, _width);
        var added = new LaneCode(plan, compiled, compiled.Sampler);
        lock (_recent)
        {
            _recent.AddFirst(added);
            if (_recent.Count > MostKept)
            {
                _recent.RemoveLast();
            }
        }

        return added;
    }

    private void RunBlocks(
        LaneCode code,
        long firstBlock,
        long blockCount,
        LaneStatistics[]? total,
        Action<EnsembleBlock> completed,
        CancellationToken cancellation)
    {
        int threads = (int)Math.Clamp(blockCount, 1, _threads);
        BlockSchedule.Run(firstBlock, blockCount, threads, Work, completed, cancellation);

        void Work(BlockSchedule schedule)
        {
            LaneStatistics[]? own = total is null ? null : [.. code.Machines.Select(NewStatistics)];
            ILaneExecutor[] executors = [.. code.Machines.Select((machine, i) => ExecutorFor(machine, own?[i]))];
            try
            {
                RunOn(executors, code, schedule);
            }
            finally
            {
                foreach (ILaneExecutor executor in executors)
                {
                    executor.Dispose();
                }
            }

            for (int i = 0; i < executors.Length && own is not null; i++)
            {
                lock (total!)
                {
                    total[i].Add(own[i]);
                }
            }
        }
    }

    private static void RunOn(ILaneExecutor[] executors, LaneCode code, BlockSchedule schedule)
    {
        if (executors.Length == 1)
        {
            executors[0].Run(code.Feed(schedule), schedule.Stop);
            return;
        }

        while (schedule.TryTake(wait: true, out long number))
        {
            EnsembleBlock block = code.Begin(number);
            for (int alternative = 0; alternative < executors.Length; alternative++)
            {
                executors[alternative].Run(code.Feed(block, alternative), schedule.Stop);
            }

            schedule.Complete(block);
        }
    }

    private ILaneExecutor ExecutorFor(LaneMachine machine, LaneStatistics? statistics) =>
        machine.Lanes == 1 ? new ScalarExecutor(machine) : new GroupExecutor(machine, Policy, statistics);
}
