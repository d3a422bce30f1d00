using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>An interacting multiple model estimator that remembers its steps, to smooth them afterwards.</summary>
/// <remarks>
/// <para>
/// Use it in the place of the estimator, then call <see cref="Smooth"/>: one pass backwards. For every pair of a mode before
/// and a mode after a step, the later smoothed belief divided by the predicted one is what the future says; it
/// corrects the prediction of the pair, which goes back through the smoother of Rauch, Tung and Striebel, and weighs the
/// pair. Pairs are merged by moments, as in the filter. Exact for one linear model.
/// </para>
/// <para>
/// Memory: 2 N (n + n^2) numbers a step. Cost of smoothing: N^2 steps of a Kalman smoother a step; it linearises the models,
/// whatever the filters. Not thread-safe. Sources: T. Heskes and O. Zoeter, Expectation propagation for approximate inference in
/// dynamic Bayesian networks, Proc. 18th Conf. on Uncertainty in Artificial Intelligence (2002), for the quotient of beliefs;
/// the arrangement in pairs is ours. Related: H. A. P. Blom and Y. Bar-Shalom (1990), on the reversal of time in hybrid systems.
/// </para>
/// </remarks>
public sealed class InteractingMultipleModelSmoother : IModeEstimator
{
    private readonly InteractingMultipleModel _estimator;
    private readonly List<Step> _steps = [];

    /// <summary>Begins to remember.</summary>
    /// <param name="estimator">The estimator; from now on used through this.</param>
    /// <exception cref="ModelException">The switching depends on the states.</exception>
    public InteractingMultipleModelSmoother(InteractingMultipleModel estimator)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        if (estimator.Switching.DependsOnState)
        {
            throw new ModelException(
                "smoother.switching", "the modes switch where the states are, which does not run backwards here", "Smooth with a Markov chain of similar rates.");
        }

        _estimator = estimator;
    }

    /// <summary>The estimator, as it is now.</summary>
    public InteractingMultipleModel Estimator => _estimator;

    /// <inheritdoc/>
    public int StateCount => _estimator.StateCount;

    /// <inheritdoc/>
    public double Time => _estimator.Time;

    /// <inheritdoc/>
    public GaussianBelief Belief => _estimator.Belief;

    /// <inheritdoc/>
    public Innovation Innovation => _estimator.Innovation;

    /// <inheritdoc/>
    public double LogLikelihood => _estimator.LogLikelihood;

    /// <inheritdoc/>
    public ReadOnlySpan<double> ModeProbabilities => _estimator.ModeProbabilities;

    /// <inheritdoc/>
    public EstimationStatus Predict(double time, ReadOnlySpan<double> input = default)
    {
        double from = Time;
        var step = new Step(from, time, input.ToArray(), Beliefs(), _estimator.ModeProbabilities.ToArray());
        EstimationStatus status = _estimator.Predict(time, input);
        if (status == EstimationStatus.Done && Time > from)
        {
            _steps.Add(step with { Transitions = _estimator.TransitionProbabilities.ToArray(), Predictions = Beliefs() });
        }

        return status;
    }

    /// <inheritdoc/>
    public EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null) =>
        _estimator.Update(measurement, sensor);

    /// <summary>What is believed of every instant, the start and the present included, given all measurements so far.</summary>
    public IReadOnlyList<SmoothedModes> Smooth()
    {
        int modes = _estimator.Filters.Count;
        StateGeometry geometry = _estimator.Filters[0].Transition.Geometry;
        var mixture = new BeliefMixture(StateCount, modes);
        var pairs = new BackwardPairs(_estimator.Filters, geometry);
        var smoothed = new SmoothedModes[_steps.Count + 1];
        smoothed[^1] = Show(Time, Beliefs(), _estimator.ModeProbabilities.ToArray(), geometry, mixture);
        for (int k = _steps.Count - 1; k >= 0; k--)
        {
            Step step = _steps[k];
            (GaussianBelief[] beliefs, double[] probabilities) = pairs.Back(step, smoothed[k + 1]);
            smoothed[k] = Show(step.From, beliefs, probabilities, geometry, mixture);
        }

        return smoothed;
    }

    private static SmoothedModes Show(
        double time, GaussianBelief[] beliefs, double[] probabilities, StateGeometry geometry, BeliefMixture mixture)
    {
        var belief = new GaussianBelief(beliefs[0].Dimension);
        mixture.Match(probabilities, beliefs, geometry, belief);
        return new SmoothedModes(time, belief, [.. probabilities], [.. beliefs]);
    }

    private GaussianBelief[] Beliefs() => [.. _estimator.Filters.Select(filter => filter.Belief.Copy())];

    /// <summary>What the filters believed before a step, and the step.</summary>
    internal sealed record Step(double From, double To, double[] Input, GaussianBelief[] Beliefs, double[] Probabilities)
    {
        /// <summary>Probabilities of the step, N by N.</summary>
        public double[] Transitions { get; init; } = [];

        /// <summary>What the filters believed after it.</summary>
        public GaussianBelief[] Predictions { get; init; } = [];
    }
}
