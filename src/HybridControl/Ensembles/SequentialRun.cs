using HybridControl.Diagnostics;
using HybridControl.Ensembles.Statistics;

namespace HybridControl.Ensembles;

/// <summary>Runs a plan only as far as an interval needs to become narrow enough.</summary>
/// <remarks>
/// <para>After each block, in order, the interval of what is there is compared with the target; the run ends at the first block
/// where it is narrow enough. So the number of trajectories is a function of the plan, not of threads. The size of
/// the plan is the most there can be.</para>
/// <para>The interval is looked at many times, and the run ends when it happens to be narrow: it covers a little less often than
/// its confidence says. For means the loss vanishes as the target narrows (Y. S. Chow and H. Robbins, Ann. Math. Statist. 36
/// (1965), 457-462); at least 1024 trajectories come before the first look, so it is below a percent or two in practice. Clopper
/// and Pearson's interval is wider than need be, which makes up for it (J. Frey, Amer. Statist. 64 (2010), 242-249, discusses the
/// exact remedy). Where rare requirements have not been met once, the interval reports the rule of three.</para>
/// </remarks>
public static class SequentialRun
{
    /// <summary>Runs blocks until the target is met.</summary>
    /// <param name="plan">A plan with a random design: intervals need independent draws.</param>
    /// <param name="on">What runs it.</param>
    /// <param name="target">What to estimate and how closely.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Ends the run early, with what is there.</param>
    /// <exception cref="ModelException">The plan or the target is not valid, or the back-end cannot run it.</exception>
    public static SequentialResult Run(
        EnsemblePlan plan, IEnsembleBackend on, SequentialTarget target, EnsembleRunOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(on);
        ArgumentNullException.ThrowIfNull(target);
        options ??= new EnsembleRunOptions();
        EnsembleLayout layout = EnsembleRun.Prepare(plan, on);
        Check(plan, target);
        long total = EnsembleRun.TrajectoryCount(plan);
        var accumulator = new EnsembleAccumulator(layout, EnsembleRun.StatisticsFor(plan, options));

        // A name that does not exist is refused before anything runs.
        _ = target.Interval(accumulator.ToFigures());

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bool isReached = false;
        bool isComplete = EnsembleRun.Execute(
            plan, on, 0, EnsembleBlock.CountOf(total), total, accumulator, options,
            () =>
            {
                isReached = target.Interval(accumulator.ToFigures()).HalfWidth <= target.HalfWidth;
                if (isReached)
                {
                    enough.Cancel();
                }

                return !isReached;
            },
            enough.Token);
        EnsembleResult result = EnsembleRun.Finish(accumulator, options, isComplete || isReached);
        return new(target.Estimate(result), target.Interval(result), isReached, result);
    }

    private static void Check(EnsemblePlan plan, SequentialTarget target)
    {
        if (!(target.HalfWidth > 0.0))
        {
            throw new ModelException(
                "sequential run", FormattableString.Invariant($"the half width is {target.HalfWidth}"), "Give a positive number.");
        }

        Normal01.RequireConfidence(target.Confidence);
        if (plan.Design != SamplingDesign.Random)
        {
            throw new ModelException(
                "sequential run", $"the design is {plan.Design}, whose draws are not independent", "Use a random design.");
        }
    }
}
