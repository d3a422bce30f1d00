using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>Estimators of several hypotheses over the same measurements: which of them explains what was measured?</summary>
/// <remarks>
/// <para>
/// The first hypothesis is the one that is believed until there is a reason not to: a healthy structure, a known sensor. For
/// each other one the bank keeps the log-likelihood ratio against it over a moving window (Neyman and Pearson's statistic,
/// scored on predictions), and the posterior probability of every hypothesis over all data.
/// </para>
/// <para>
/// Unlike in <see cref="IEstimator"/>s that mix, hypotheses never exchange what they believe: one of them is true all the time.
/// A hypothesis whose estimator fails keeps its last good belief and has probability zero from then on. Costs what its
/// estimators cost. Allocates nothing after it was made. Not thread-safe. D. T. Magill, IEEE Trans. Autom. Control 10 (1965), 434-439.
/// </para>
/// </remarks>
public sealed class HypothesisBank
{
    private readonly double[] _increments;
    private readonly double[] _windowSums;
    private readonly double[] _logPosteriors;
    private readonly double[] _probabilities;
    private readonly double[] _ratios;
    private readonly EstimationStatus[] _failures;
    private readonly EstimationStatus[] _statuses;
    private int _updates;

    /// <summary>Starts a bank.</summary>
    /// <param name="hypotheses">Name and estimator of each hypothesis; the first is the one that others are measured against.</param>
    /// <param name="window">The number of updates over which ratios are taken.</param>
    /// <param name="priors">Prior probabilities, positive, adding up to one; equal if omitted.</param>
    /// <exception cref="ModelException">Fewer than two hypotheses, or of different times, a window below one, or priors that are none; every finding at once.</exception>
    public HypothesisBank(
        IReadOnlyList<(string Name, IEstimator Estimator)> hypotheses, int window, IReadOnlyList<double>? priors = null)
    {
        ArgumentNullException.ThrowIfNull(hypotheses);
        var findings = new FindingList();
        foreach ((string name, IEstimator estimator) in hypotheses)
        {
            ArgumentNullException.ThrowIfNull(estimator, nameof(hypotheses));
            if (estimator.Time != hypotheses[0].Estimator.Time)
            {
                findings.Error(
                    $"bank.hypotheses.{name}",
                    FormattableString.Invariant($"it begins at {estimator.Time} s, the first at {hypotheses[0].Estimator.Time} s"),
                    "Begin all at the same time.");
            }
        }

        if (hypotheses.Count < 2)
        {
            findings.Error("bank.hypotheses", $"{hypotheses.Count} hypotheses", "Give at least two, the first one the normal case.");
        }

        if (window < 1)
        {
            findings.Error("bank.window", $"a window of {window} updates", "Give at least one.");
        }

        if (priors is not null &&
            (priors.Count != hypotheses.Count || !priors.All(p => p > 0.0) || !(Math.Abs(priors.Sum() - 1.0) <= 1e-9)))
        {
            findings.Error(
                "bank.priors",
                $"the prior probabilities {string.Join(", ", priors.Select(p => p.ToString(System.Globalization.CultureInfo.InvariantCulture)))}",
                "Give a positive number for each hypothesis, adding up to one.");
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }

        int count = hypotheses.Count;
        Names = [.. hypotheses.Select(hypothesis => hypothesis.Name)];
        Estimators = [.. hypotheses.Select(hypothesis => hypothesis.Estimator)];
        Window = window;
        _increments = new double[count * window];
        _windowSums = new double[count];
        _ratios = new double[count];
        _failures = new EstimationStatus[count];
        _statuses = new EstimationStatus[count];
        _probabilities = [.. priors ?? Enumerable.Repeat(1.0 / count, count)];
        _logPosteriors = [.. _probabilities.Select(p => Math.Log(p))];
    }

    /// <summary>Names of the hypotheses.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Their estimators.</summary>
    public ImmutableArray<IEstimator> Estimators { get; }

    /// <summary>The number of updates over which ratios are taken.</summary>
    public int Window { get; }

    /// <summary>Whether the window is full, so that ratios are comparable.</summary>
    public bool IsWarm => _updates >= Window;

    /// <summary>For each hypothesis the log-likelihood of the window minus that of the first hypothesis, in nats; zero for the first.</summary>
    public ReadOnlySpan<double> LogLikelihoodRatios => _ratios;

    /// <summary>Posterior probability of each hypothesis over all data.</summary>
    public ReadOnlySpan<double> Probabilities => _probabilities;

    /// <summary>Why a hypothesis was given up: the status that ended it; <see cref="EstimationStatus.Done"/> while it lives.</summary>
    public EstimationStatus FailureOf(int hypothesis) => _failures[hypothesis];

    /// <summary>Number of the hypothesis with the largest ratio over the window; 0 while the normal one explains it best.</summary>
    public int MostLikely
    {
        get
        {
            int best = 0;
            for (int i = 1; i < _ratios.Length; i++)
            {
                best = _ratios[i] > _ratios[best] ? i : best;
            }

            return best;
        }
    }

    /// <summary>Moves every hypothesis to a later time.</summary>
    /// <param name="time">Time in seconds.</param>
    /// <param name="input">The inputs.</param>
    /// <returns><see cref="EstimationStatus.Done"/> while the first hypothesis lives, else how it failed.</returns>
    public EstimationStatus Predict(double time, ReadOnlySpan<double> input = default)
    {
        for (int i = 0; i < Estimators.Length; i++)
        {
            if (_failures[i] == EstimationStatus.Done)
            {
                EstimationStatus status = Estimators[i].Predict(time, input);
                if (status == EstimationStatus.OutOfOrder)
                {
                    return status; // the caller's mistake, the same for all of them
                }

                _failures[i] = status;
            }
        }

        Weigh();
        return _failures[0];
    }

    /// <summary>Weighs every hypothesis with a measurement.</summary>
    /// <param name="measurement">One number for each component; NaN where it is missing.</param>
    /// <param name="sensor">What was measured; null for the sensor of each estimator.</param>
    /// <returns>How the update of the first hypothesis ended.</returns>
    public EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null)
    {
        EstimationStatus first = _failures[0];
        int slot = _updates % Window;
        bool isLikely = false;
        for (int i = 0; i < Estimators.Length; i++)
        {
            double increment = 0.0;
            _statuses[i] = _failures[i];
            if (_failures[i] == EstimationStatus.Done)
            {
                _statuses[i] = Estimators[i].Update(measurement, sensor);
                first = i == 0 ? _statuses[i] : first;
                if (_statuses[i] is EstimationStatus.Done or EstimationStatus.Gated)
                {
                    increment = Estimators[i].Innovation.LogLikelihood;
                    _statuses[i] = double.IsFinite(increment) ? EstimationStatus.Done : EstimationStatus.OutOfRange;
                    isLikely |= double.IsFinite(increment);
                }
            }

            _increments[(i * Window) + slot] = double.IsFinite(increment) ? increment : 0.0;
        }

        for (int i = 0; i < Estimators.Length; i++)
        {
            // What is beyond the range of all hypotheses speaks against none of them.
            bool isForgiven = _statuses[i] is EstimationStatus.Missing or EstimationStatus.InfiniteMeasurement ||
                (_statuses[i] == EstimationStatus.OutOfRange && !isLikely);
            _failures[i] = isForgiven ? _failures[i] : _statuses[i];
            double increment = _increments[(i * Window) + slot];
            _logPosteriors[i] += increment;
            // Added up anew: a running difference would keep the rounding error of every number that ever passed.
            double sum = 0.0;
            foreach (double value in _increments.AsSpan(i * Window, Window))
            {
                sum += value;
            }

            _windowSums[i] = sum;
        }

        _updates++;
        Weigh();
        return first;
    }

    private void Weigh()
    {
        double largest = double.NegativeInfinity;
        for (int i = 0; i < _ratios.Length; i++)
        {
            bool lives = _failures[i] == EstimationStatus.Done;
            _ratios[i] = lives ? _windowSums[i] - _windowSums[0] : double.NegativeInfinity;
            largest = lives ? Math.Max(largest, _logPosteriors[i]) : largest;
        }

        double total = 0.0;
        for (int i = 0; i < _ratios.Length; i++)
        {
            _probabilities[i] = _failures[i] == EstimationStatus.Done ? Math.Exp(_logPosteriors[i] - largest) : 0.0;
            total += _probabilities[i];
        }

        for (int i = 0; i < _ratios.Length && total > 0.0; i++)
        {
            _probabilities[i] /= total;
        }
    }
}
