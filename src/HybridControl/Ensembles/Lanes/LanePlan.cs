using System.Collections.Immutable;
using HybridControl.Ensembles.Machine;

namespace HybridControl.Ensembles.Lanes;

/// <summary>A plan compiled for lanes of one width: its samples, its layout and a machine for each alternative. Thread-safe.</summary>
internal sealed class LanePlan
{
    /// <summary>Compiles a plan.</summary>
    public LanePlan(EnsemblePlan plan, LaneWidth width)
    {
        Sampler = PlanSampler.For(plan);
        Layout = EnsembleLayout.Of(plan);
        AlternativeCount = plan.AlternativeCount;
        Machines = [.. Enumerable.Range(0, AlternativeCount).Select(MachineFor)];

        LaneMachine MachineFor(int alternative)
        {
            TrajectoryMachine machine = MachineCompiler.Compile(plan, alternative);
            return new(machine, LaneCompiler.LanesOf(width), program => LaneCompiler.Compile(machine, program, width));
        }
    }

    /// <summary>The samples.</summary>
    public PlanSampler Sampler { get; }

    /// <summary>The columns.</summary>
    public EnsembleLayout Layout { get; }

    /// <summary>The number of alternatives, at least one.</summary>
    public int AlternativeCount { get; }

    /// <summary>A machine for each alternative.</summary>
    public ImmutableArray<LaneMachine> Machines { get; }

    /// <summary>An empty block with its samples.</summary>
    public EnsembleBlock Begin(long number)
    {
        var block = new EnsembleBlock(Layout, number * EnsembleBlock.Capacity, Sampler.CountOf(number));
        Sampler.Fill(block);
        return block;
    }
}
