using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;

namespace HybridControl.Tests.Ensembles;

/// <summary>A back-end that fills blocks from a formula instead of running trajectories.</summary>
internal sealed class FormulaBackend(Action<EnsembleBlock> fill, ImmutableArray<Finding> findings = default) : IEnsembleBackend
{
    public string Name => "formula";

    public int Blocks { get; private set; }

    /// <summary>A model of one mode and one state x, with a transition to itself that never fires.</summary>
    public static HybridAutomaton Model { get; } = HybridAutomaton.Build("one", h =>
    {
        var x = h.State("x");
        h.Parameter("a", 0.0);
        var rest = h.Mode("rest").Flow(x, 0.0);
        var other = h.Mode("other").Flow(x, 0.0);
        h.Transition(rest, other, "go").Guard(x >= 1.0);
        h.Transition(other, rest, "back").Guard(x <= -1.0);
    });

    /// <summary>A plan over that model.</summary>
    public static EnsemblePlan Plan(long size, EnsembleRecording? recording = null) =>
        new() { Model = Model, Size = size, Until = 1.0, Recording = recording ?? new() };

    /// <summary>Block number <paramref name="number"/> of a plan, filled by a formula.</summary>
    public static EnsembleBlock Block(EnsemblePlan plan, long number, Action<EnsembleBlock> fill)
    {
        long first = number * EnsembleBlock.Capacity;
        long total = PlanSampler.For(plan).TrajectoryCount;
        var block = new EnsembleBlock(EnsembleLayout.Of(plan), first, (int)Math.Min(EnsembleBlock.Capacity, total - first));
        for (int column = 0; column <= EnsembleLayout.Steps; column++)
        {
            block.Scalars.AsSpan(column * block.Count, block.Count).Clear();
        }

        PlanSampler.For(plan).Fill(block);
        fill(block);
        return block;
    }

    /// <summary>All blocks of a plan.</summary>
    public static EnsembleBlock[] AllBlocks(EnsemblePlan plan, Action<EnsembleBlock> fill)
    {
        long total = plan.Size * plan.AlternativeCount;
        return [.. Enumerable.Range(0, (int)((total + 1023) / 1024)).Select(b => Block(plan, b, fill))];
    }

    /// <summary>Writes a scalar column by trajectory number.</summary>
    public static void Set(EnsembleBlock block, int column, Func<long, double> value)
    {
        for (int i = 0; i < block.Count; i++)
        {
            block.Scalars[(column * block.Count) + i] = value(block.First + i);
        }
    }

    public ImmutableArray<Finding> Check(EnsemblePlan plan) => findings.IsDefault ? [] : findings;

    public void Run(
        EnsemblePlan plan, long firstBlock, long blockCount, Action<EnsembleBlock> completed, CancellationToken cancellation)
    {
        for (long b = firstBlock; b < firstBlock + blockCount; b++)
        {
            cancellation.ThrowIfCancellationRequested();
            Blocks++;
            completed(Block(plan, b, fill));
        }
    }
}
