using System.Collections.Immutable;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>NIS or NEES of several runs: at each step, and all together.</summary>
/// <remarks>
/// NIS is r' S^-1 r of an innovation r, NEES e' P^-1 e of an estimation error e. Immutable; equality is by reference.
/// The normalised mean of NEES, ANEES: X. R. Li and Z. Zhao, Measuring estimator's credibility: noncredibility index, FUSION 2006.
/// </remarks>
public sealed class ChiSquareSeries
{
    internal ChiSquareSeries(ImmutableArray<ChiSquareStep> steps) => Steps = steps;

    /// <summary>The mean over runs at each step.</summary>
    public ImmutableArray<ChiSquareStep> Steps { get; }

    /// <summary>Runs with at least one value.</summary>
    public required int Runs { get; init; }

    /// <summary>All values.</summary>
    public required long Count { get; init; }

    /// <summary>Degrees of freedom of all values together.</summary>
    public required long Degrees { get; init; }

    /// <summary>
    /// Sum of all values over their degrees of freedom (ANEES for errors): 1 if the filter is right, more if it is too sure, less if it
    /// is not sure enough.
    /// </summary>
    public required double Ratio { get; init; }

    /// <summary>Where <see cref="Ratio"/> of a right filter lies.</summary>
    /// <remarks>
    /// Innovations of a right filter are independent: chi2(Degrees) / Degrees. Errors are not in time: from the scatter between runs
    /// (Student) with five runs or more, but no wider than if every run were one value; that is the band with fewer runs.
    /// </remarks>
    public required ConsistencyBand Band { get; init; }

    /// <summary>The probability that <see cref="Ratio"/> of a right filter is as far off.</summary>
    public required double PValue { get; init; }

    /// <summary>Histogram of the chi-square probability of each value; heaped at 1 where the filter is too sure.</summary>
    public required PitHistogram Pit { get; init; }

    /// <summary>How often the ellipsoids of 50, 90 and 99 % held the truth.</summary>
    public required ImmutableArray<Coverage> Coverage { get; init; }

    /// <summary>The share of steps at which the mean over runs is outside of its band; about 0.05 for a right filter.</summary>
    public double ShareOutside =>
        Steps.Count(step => step.Runs > 0 && !step.Band.Contains(step.Mean)) / (double)Math.Max(1, Steps.Count(step => step.Runs > 0));
}
