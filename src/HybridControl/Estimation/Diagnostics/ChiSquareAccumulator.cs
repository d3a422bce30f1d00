using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Gathers NIS or NEES over runs; degrees of freedom may differ from step to step.</summary>
/// <remarks>Adding allocates nothing up to the number of steps given at the start, and then only to double the room. Not thread-safe.</remarks>
public sealed class ChiSquareAccumulator
{
    private readonly bool _independent;
    private readonly PitCounts _pit = new(central: false);
    private double[] _sums;
    private int[] _degrees;
    private int[] _runs;
    private RunMeans _means;
    private int _step;
    private int _steps;
    private double _sum;
    private long _allDegrees;

    /// <summary>Starts empty.</summary>
    /// <param name="independent">Whether values of one run are independent of each other: those of innovations are, those of errors are not.</param>
    /// <param name="steps">Steps of a run for which there is room at once.</param>
    public ChiSquareAccumulator(bool independent, int steps = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        _independent = independent;
        _sums = new double[steps];
        _degrees = new int[steps];
        _runs = new int[steps];
    }

    /// <summary>Begins a new run at its first step.</summary>
    public void BeginRun()
    {
        _means.EndRun();
        _step = 0;
    }

    /// <summary>Adds the value of the next step.</summary>
    /// <param name="value">NIS or NEES, not negative.</param>
    /// <param name="degrees">Its degrees of freedom: components that were present. 0 passes over the step.</param>
    /// <exception cref="ModelException">The value is negative or not finite, or the degrees are negative.</exception>
    public void Add(double value, int degrees)
    {
        if (degrees < 0 || (degrees > 0 && !(value >= 0.0 && double.IsFinite(value))))
        {
            throw new ModelException(
                FormattableString.Invariant($"step {_step}"),
                FormattableString.Invariant($"a sum of squares of {value} with {degrees} degrees of freedom"),
                "Pass r' S^-1 r, which is finite and not negative.");
        }

        if (_step == _sums.Length)
        {
            Array.Resize(ref _sums, 2 * _step);
            Array.Resize(ref _degrees, 2 * _step);
            Array.Resize(ref _runs, 2 * _step);
        }

        if (degrees > 0)
        {
            _sums[_step] += value;
            _degrees[_step] += degrees;
            _runs[_step]++;
            _means.Add(value, degrees);
            _sum += value;
            _allDegrees += degrees;
            _pit.Add(ChiSquare.Cdf(degrees, value));
        }

        _step++;
        _steps = Math.Max(_steps, _step);
    }

    /// <summary>What was gathered so far; null without any value.</summary>
    /// <param name="confidence">Probability of the bands, between 0 and 1.</param>
    /// <exception cref="ModelException">The confidence is no probability.</exception>
    public ChiSquareSeries? ToSeries(double confidence = 0.95)
    {
        ConsistencyOptions.CheckConfidence(confidence);
        if (_pit.Count == 0)
        {
            return null;
        }

        RunMeans means = _means;
        means.EndRun();
        double ratio = _sum / _allDegrees;
        (ConsistencyBand band, double p) = Judge(means, ratio, confidence);
        return new(ToSteps(confidence))
        {
            Runs = means.Count,
            Count = _pit.Count,
            Degrees = _allDegrees,
            Ratio = ratio,
            Band = band,
            PValue = p,
            Pit = _pit.ToHistogram(),
            Coverage = _pit.ToCoverage(),
        };
    }

    private (ConsistencyBand Band, double PValue) Judge(in RunMeans means, double ratio, double confidence)
    {
        // Values of a run that depend on each other tell at least as much as one of them.
        double each = (double)_allDegrees / _pit.Count;
        if (!_independent && means.Count >= ConsistencyOptions.LeastRuns)
        {
            double half = StudentLaw.TwoSidedQuantile(confidence, means.Count - 1.0) * means.StandardError(2.0 / each);
            return (new(1.0 - half, 1.0 + half, confidence), means.PValue(1.0, 2.0 / each));
        }

        double degrees = _independent ? _allDegrees : means.Count * each;
        return (ConsistencyBand.OfMean(degrees, degrees, confidence), ChiSquare.TwoSided(degrees, ratio * degrees));
    }

    private ImmutableArray<ChiSquareStep> ToSteps(double confidence)
    {
        var bands = new Dictionary<(int Degrees, int Runs), ConsistencyBand>();
        var steps = ImmutableArray.CreateBuilder<ChiSquareStep>(_steps);
        for (int k = 0; k < _steps; k++)
        {
            (int degrees, int runs) = (_degrees[k], _runs[k]);
            if (!bands.TryGetValue((degrees, runs), out ConsistencyBand band))
            {
                band = runs == 0 ? new(double.NaN, double.NaN, confidence) : ConsistencyBand.OfMean(degrees, runs, confidence);
                bands.Add((degrees, runs), band);
            }

            steps.Add(new(_sums[k] / runs, band, runs, degrees));
        }

        return steps.MoveToImmutable();
    }
}
