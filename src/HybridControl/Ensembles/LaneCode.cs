using System.Collections.Immutable;
using HybridControl.Ensembles.Lanes;

namespace HybridControl.Ensembles;

/// <summary>A plan that is ready to run on lanes: compiled code, which plans may share, and the samples of this one. Thread-safe.</summary>
/// <param name="source">The plan that the code was compiled for.</param>
/// <param name="compiled">Its code.</param>
/// <param name="sampler">The samples of the plan that is run.</param>
internal sealed class LaneCode(EnsemblePlan source, LanePlan compiled, PlanSampler sampler)
{
    /// <summary>The compiled code.</summary>
    public LanePlan Compiled => compiled;

    /// <summary>A machine for each alternative.</summary>
    public ImmutableArray<LaneMachine> Machines => compiled.Machines;

    /// <summary>Whether the code runs a plan as well: it differs in nothing but its samples, and there are as many.</summary>
    /// <remarks>
    /// Parts are compared by identity: that is quick, holds for a plan made by "with", and never takes constants for the same
    /// that differ in the sign of zero.
    /// </remarks>
    public bool Suits(EnsemblePlan plan, PlanSampler samples) =>
        samples.TrajectoryCount == sampler.TrajectoryCount && ReferenceEquals(plan.Model, source.Model) &&
        ReferenceEquals(plan.Solver, source.Solver) && ReferenceEquals(plan.Values, source.Values) &&
        ReferenceEquals(plan.Recording, source.Recording) && plan.Commands == source.Commands && plan.Variations == source.Variations &&
        plan.Noise == source.Noise && plan.Alternatives == source.Alternatives && plan.Requirements == source.Requirements &&
        plan.Stops == source.Stops && Same(plan.Until, source.Until) && Same(plan.StartTime, source.StartTime) &&
        Same(plan.EventTolerance, source.EventTolerance) && plan.MaxSteps == source.MaxSteps &&
        plan.MaxJumpsPerInstant == source.MaxJumpsPerInstant;

    /// <summary>The same code with other samples.</summary>
    public LaneCode With(PlanSampler samples) => new(source, compiled, samples);

    /// <summary>An empty block with its samples.</summary>
    public EnsembleBlock Begin(long number)
    {
        var block = new EnsembleBlock(compiled.Layout, number * EnsembleBlock.Capacity, sampler.CountOf(number));
        sampler.Fill(block);
        return block;
    }

    /// <summary>Feeds one thread of a plan without alternatives.</summary>
    public ITrajectoryFeed Feed(BlockSchedule schedule) => Resampled(new BlockFeed(compiled, schedule));

    /// <summary>Feeds the trajectories of a block that belong to an alternative.</summary>
    public ITrajectoryFeed Feed(EnsembleBlock block, int alternative) =>
        Resampled(new AlternativeFeed(compiled, block, alternative));

    private static bool Same(double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b);

    private ITrajectoryFeed Resampled(ITrajectoryFeed feed) =>
        ReferenceEquals(sampler, compiled.Sampler) ? feed : new ResampledFeed(feed, sampler);
}
