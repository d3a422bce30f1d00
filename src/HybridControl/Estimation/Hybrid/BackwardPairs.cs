using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>One step backwards for all pairs of a mode before and a mode after it.</summary>
/// <remarks>
/// For a pair (i, j) let N(m, C) be the prediction of belief i with model j and N(p, P) what filter j predicted, of all pairs.
/// In coordinates y = P^-1/2 (x - p) the future says l(y) = N(y; a, B) / N(y; 0, I), with the smoothed belief N(a, B)
/// of mode j, see <see cref="FutureEvidence"/>; each pair takes it as a measurement. Work space of one user.
/// </remarks>
internal sealed class BackwardPairs
{
    // How far below the predicted deviation, squared, the future may take one: keeps quotients finite where it knows exactly.
    private const double Floor = 1e-13;

    private readonly IReadOnlyList<GaussianFilter> _filters;
    private readonly StateGeometry _geometry;
    private readonly int _n;
    private readonly PairStep[] _pairs;
    private readonly GaussianBelief[] _predictions;
    private readonly BeliefMixture _mixture;
    private readonly FutureEvidence _future;

    /// <summary>Makes room for the filters' modes.</summary>
    public BackwardPairs(IReadOnlyList<GaussianFilter> filters, StateGeometry geometry)
    {
        (_filters, _geometry, _n) = (filters, geometry, geometry.Dimension);
        _pairs = [.. filters.Select(_ => new PairStep(_n))];
        _predictions = [.. _pairs.Select(pair => pair.Predicted)];
        _mixture = new BeliefMixture(_n, filters.Count);
        _future = new FutureEvidence(_n, Floor);
    }

    /// <summary>Smooths the instant before a step.</summary>
    /// <param name="step">The step, with what the filters believed before it.</param>
    /// <param name="later">The smoothed belief after it.</param>
    public (GaussianBelief[] Beliefs, double[] Probabilities) Back(InteractingMultipleModelSmoother.Step step, SmoothedModes later)
    {
        int modes = _filters.Count;
        double[] joint = new double[modes * modes];
        var beliefs = new GaussianBelief[modes * modes];
        for (int j = 0; j < modes; j++)
        {
            if (later.ModeProbabilities[j] > 0.0)
            {
                BackInto(j, step, later, joint, beliefs);
            }
        }

        return Merge(step, joint, beliefs);
    }

    // Joint probabilities and beliefs of all pairs (i, j) for one j.
    private void BackInto(
        int j, InteractingMultipleModelSmoother.Step step, SmoothedModes later, double[] joint, GaussianBelief[] beliefs)
    {
        int modes = _filters.Count;
        double[] weights = new double[modes];
        double arriving = 0.0;
        for (int i = 0; i < modes; i++)
        {
            double weight = step.Probabilities[i] * step.Transitions[(i * modes) + j];
            bool isThere = weight > 0.0 && _pairs[i].Predict(_filters[j].Transition, step.From, step.To, step.Input, step.Beliefs[i]);
            arriving += weights[i] = isThere ? weight : 0.0;
        }

        if (!(arriving > 0.0))
        {
            return;
        }

        _future.Set(step.Predictions[j], later.ModeBeliefs[j], _geometry);
        var logs = new double[modes];
        var targets = new GaussianBelief[modes];
        double largest = double.NegativeInfinity;
        for (int i = 0; i < modes; i++)
        {
            targets[i] = new GaussianBelief(_n);
            logs[i] = weights[i] > 0.0
                ? Math.Log(weights[i]) + _future.Correct(_predictions[i], targets[i])
                : double.NegativeInfinity;
            largest = Math.Max(largest, logs[i]);
        }

        if (double.IsNegativeInfinity(largest))
        {
            return;
        }

        double sum = 0.0;
        for (int i = 0; i < modes; i++)
        {
            weights[i] = Math.Exp(logs[i] - largest);
            sum += weights[i];
        }

        for (int i = 0; i < modes; i++)
        {
            if (weights[i] > 0.0)
            {
                int pair = (i * modes) + j;
                joint[pair] = later.ModeProbabilities[j] * weights[i] / sum;
                beliefs[pair] = new GaussianBelief(_n);
                _pairs[i].Smooth(step.Beliefs[i], targets[i], _geometry, beliefs[pair]);
            }
        }
    }

    private (GaussianBelief[] Beliefs, double[] Probabilities) Merge(
        InteractingMultipleModelSmoother.Step step, double[] joint, GaussianBelief[] beliefs)
    {
        int modes = _filters.Count;
        var result = new GaussianBelief[modes];
        double[] probabilities = new double[modes];
        double all = joint.Sum();
        if (!(all > 0.0))
        {
            return (step.Beliefs, step.Probabilities); // nothing ran backwards: the filter's word
        }

        for (int i = 0; i < modes; i++)
        {
            Span<double> row = joint.AsSpan(i * modes, modes);
            double sum = 0.0;
            foreach (double weight in row)
            {
                sum += weight;
            }

            if (!(sum > 0.0))
            {
                result[i] = step.Beliefs[i];
                continue;
            }

            foreach (ref double weight in row)
            {
                weight /= sum;
            }

            probabilities[i] = sum / all;
            result[i] = new GaussianBelief(_n);
            _mixture.Match(row, beliefs.AsSpan(i * modes, modes), _geometry, result[i]);
        }

        return (result, probabilities);
    }
}
