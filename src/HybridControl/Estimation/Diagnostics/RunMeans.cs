using HybridControl.Numerics;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Means over each of several runs, and how they scatter: what can be tested where samples of a run depend on each other.</summary>
internal struct RunMeans
{
    private double _sum;
    private double _weight;
    private double _mean;
    private double _squares;

    /// <summary>Finished runs that had samples.</summary>
    public int Count { get; private set; }

    /// <summary>Mean of the means.</summary>
    public readonly double Mean => _mean;

    /// <summary>Standard error of <see cref="Mean"/>, no larger than a right filter could have.</summary>
    /// <param name="variance">Variance of one sample of a right filter: that of the mean of a run is not larger, whatever its memory. Infinite to let the runs speak.</param>
    public readonly double StandardError(double variance) => Math.Sqrt(Math.Min(_squares / (Count - 1.0), variance) / Count);

    /// <summary>Adds a sample to the run at hand.</summary>
    public void Add(double value, double weight = 1.0)
    {
        _sum += value;
        _weight += weight;
    }

    /// <summary>Ends the run at hand.</summary>
    public void EndRun()
    {
        if (_weight > 0.0)
        {
            Count++;
            double delta = (_sum / _weight) - _mean;
            _mean += delta / Count;
            _squares += delta * ((_sum / _weight) - _mean);
        }

        (_sum, _weight) = (0.0, 0.0);
    }

    /// <summary>The probability that runs of a right filter scatter so that their mean is as far off; NaN with too few runs.</summary>
    /// <param name="expected">What the mean should be.</param>
    /// <param name="variance">Variance of one sample of a right filter.</param>
    public readonly double PValue(double expected, double variance) =>
        Count < ConsistencyOptions.LeastRuns ? double.NaN : StudentLaw.TwoSided((_mean - expected) / StandardError(variance), Count - 1.0);
}
