using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Statistics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.RareEvents;

/// <summary>Estimates the probability that a level is reached, where plain Monte Carlo would see next to no such path.</summary>
/// <remarks>
/// <para>Fixed effort: a stage starts the same number of paths from the states in which those of the stage before first reached its level,
/// each with random numbers of its own; the product of the parts that pass is an unbiased estimate if the levels are fixed beforehand.
/// M. J. J. Garvels, The splitting method in rare event simulation, thesis, University of Twente (2000), section 2.4;
/// M. Amrein and H. R. Kuensch, ACM Trans. Model. Comput. Simul. 21 (2011), article 13. The entrance states are handed out in turn from a
/// random one on, so that each has the same expected number of offspring.</para>
/// <para>Levels that are not given come from a pilot run, each the quantile of the largest levels reached from the one before (F. Cerou
/// and A. Guyader, Stoch. Anal. Appl. 25 (2007), 417-443), and are then fixed. The interval comes from independent replications, because paths with a
/// common ancestor are not independent. A result is a function of the seed and the options, not of threads.</para>
/// <para>The randomness must come along the path: a path whose fate is decided at its start gains nothing from branching.</para>
/// </remarks>
public static class ImportanceSplitting
{
    /// <summary>Estimates the probability that a level function of a plan's model reaches a target before the end.</summary>
    /// <param name="plan">
    /// A plan with noise inputs. Its size, design and recording are not used; its stop rules end a path. Level and stop
    /// rules are looked at where noise ticks, and at the times asked for by the options.
    /// </param>
    /// <param name="level">The level function; larger is rarer.</param>
    /// <param name="target">The level that makes the event.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="ModelException">The plan has no noise, alternatives, or an impossible setting; or no path climbs.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static RareEventEstimate Estimate(
        EnsemblePlan plan, Expr level, double target, SplittingOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        options ??= new SplittingOptions();
        var source = new PlanPaths(plan, level, options.CheckEvery);
        RareEventEstimate estimate = Estimate(source.Start, target, plan.Seed, options, cancellation);
        return source.Failures == 0 ? estimate : estimate with
        {
            Findings = estimate.Findings.Add(new(
                plan.Model.Name, $"{source.Failures} paths failed and count as not reaching the target",
                "See how single trajectories of the plan end.", Severity.Warning)),
        };
    }

    /// <summary>Estimates the probability that a path reaches a target before it ends.</summary>
    /// <param name="start">Starts a path with the random numbers of a stream. Called from several threads.</param>
    /// <param name="target">The level that makes the event.</param>
    /// <param name="seed">Seed of what the method itself draws.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="ModelException">A setting is impossible, or no path climbs.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static RareEventEstimate Estimate(
        Func<long, SplittingPath> start, double target, ulong seed, SplittingOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(start);
        options ??= new SplittingOptions();
        Check(options, target);
        var stages = new SplittingStages(start, seed, options.Effort, cancellation);
        ImmutableArray<double> levels = options.Levels.IsEmpty
            ? stages.ChooseLevels(target, options.PassingFraction)
            : options.Levels.Add(target);
        double[] estimates = new double[options.Replications];
        long[] passed = new long[levels.Length];
        long[] started = new long[levels.Length];
        for (int i = 0; i < estimates.Length; i++)
        {
            estimates[i] = stages.Replicate(levels, passed, started);
        }

        SampleSummary summary = new(Moments.Of(estimates, 0), () => new OrderedSample(estimates));
        ConfidenceInterval band = summary.MeanBand(options.Confidence);
        bool isReached = summary.Max > 0.0;
        return new()
        {
            Probability = summary.Mean,
            StandardError = summary.StandardError,
            Interval = isReached ? band with { Lower = Math.Max(0.0, band.Lower) } : new(0.0, 1.0, options.Confidence),
            Levels = levels,
            PassingFractions = [.. passed.Zip(started, (p, s) => (double)p / s)],
            Paths = stages.Paths,
            Findings = isReached ? [] : [new("splitting", "no path reached the target", "Raise the effort, or give levels closer together.", Severity.Warning)],
        };
    }

    private static void Check(SplittingOptions options, double target)
    {
        var findings = new FindingList();
        if (options.Effort < 10 || options.Replications < 2)
        {
            findings.Error(
                "splitting", $"an effort of {options.Effort} paths and {options.Replications} replications",
                "Give at least 10 paths and 2 replications.");
        }

        if (!(options.PassingFraction > 0.0) || !(options.PassingFraction < 1.0))
        {
            findings.Error("splitting", FormattableString.Invariant($"the passing fraction is {options.PassingFraction}"), "Give a number such as 0.2.");
        }

        for (int i = 0; i < options.Levels.Length; i++)
        {
            if (!(options.Levels[i] < (i + 1 < options.Levels.Length ? options.Levels[i + 1] : target)))
            {
                findings.Error("splitting", FormattableString.Invariant($"level {options.Levels[i]} is not below the next"), "Give ascending levels below the target.");
            }
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }

        Normal01.RequireConfidence(options.Confidence);
    }
}
