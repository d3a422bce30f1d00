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

    /// <summary>Standard error of <see cref="Mean"/>.</summary>
    public readonly double StandardError => Math.Sqrt(_squares / (Count - 1.0) / Count);

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

    /// <summary>The probability that runs scatter so that their mean is as far from <paramref name="expected"/>; NaN with too few runs.</summary>
    public readonly double PValue(double expected) =>
        Count < ConsistencyOptions.LeastRuns ? double.NaN : StudentLaw.TwoSided((_mean - expected) / StandardError, Count - 1.0);
}
