using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Serialization.Campaigns;

/// <summary>A back-end whose trajectories are arithmetic on their number, so that any block is known beforehand.</summary>
/// <param name="onBlock">Is told of each block before it is delivered.</param>
internal sealed class Arithmetic(Action<long>? onBlock = null) : IEnsembleBackend
{
    public string Name => "arithmetic";

    public static EnsemblePlan Plan(long size, ulong seed = 1) => new()
    {
        Model = HybridAutomaton.Build("ball", h =>
        {
            var y = h.State("y", initial: 10);
            h.Mode("fall").Flow(y, -y);
        }),
        Size = size,
        Until = 1,
        Seed = seed,
        Recording = new() { GridTimes = [0, 0.5, 1], Grid = [new("y", Expr.Zero)], GridMode = true, EventSlots = 2 },
    };

    public static EnsembleBlock Block(EnsemblePlan plan, long number)
    {
        long first = number * EnsembleBlock.Capacity;
        var block = new EnsembleBlock(EnsembleLayout.Of(plan), first, (int)Math.Min(EnsembleBlock.Capacity, plan.Size - first));
        foreach ((double[] table, int salt) in new[] { (block.Scalars, 1), (block.Grid, 2), (block.EventTimes, 3) })
        {
            for (int i = 0; i < table.Length; i++)
            {
                table[i] = Math.Sin((plan.Seed * 31.0) + (number * 7.0) + (salt * 3.0) + i) / 3.0;
            }
        }

        for (int i = 0; i < block.Count; i++)
        {
            block.Scalars[i] = i % 5;
        }

        return block;
    }

    public ImmutableArray<Finding> Check(EnsemblePlan plan) => [];

    public void Run(EnsemblePlan plan, long firstBlock, long blockCount, Action<EnsembleBlock> completed, CancellationToken cancellation)
    {
        for (long number = firstBlock; number < firstBlock + blockCount; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            onBlock?.Invoke(number);
            completed(Block(plan, number));
        }
    }
}
