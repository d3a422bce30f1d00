using System.Collections.Immutable;

namespace HybridControl.Ensembles.Statistics;

/// <summary>One recorded variable over the grid times. Immutable and thread-safe.</summary>
/// <remarks>A trajectory that ended before a grid time has no entry there and does not count at that time.</remarks>
public sealed class GridSummary
{
    private readonly ImmutableArray<SampleSummary> _times;

    internal GridSummary(string variable, ImmutableArray<double> times, ImmutableArray<SampleSummary> summaries) =>
        (Variable, Times, _times) = (variable, times, summaries);

    /// <summary>Name of the variable.</summary>
    public string Variable { get; }

    /// <summary>The grid times, in seconds.</summary>
    public ImmutableArray<double> Times { get; }

    /// <summary>Everything about grid time k.</summary>
    public SampleSummary At(int k) => _times[k];

    /// <summary>Mean over the trajectories at grid time k.</summary>
    public double Mean(int k) => _times[k].Mean;

    /// <summary>Standard deviation at grid time k.</summary>
    public double Deviation(int k) => _times[k].StandardDeviation;

    /// <summary>Quantile at grid time k.</summary>
    /// <param name="k">Number of the grid time.</param>
    /// <param name="p">From 0 to 1.</param>
    public double Quantile(int k, double p) => _times[k].Quantile(p);
}
