using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>One step backwards for all pairs of a mode before and a mode after it.</summary>
/// <remarks>
/// For a pair (i, j) let N(m, C) be the prediction of belief i with model j and N(p, P) that of all pairs into j, matched.
/// In coordinates y = P^-1/2 (x - p) the future says l(y) = N(y; a, B) / N(y; 0, I), with the smoothed belief N(a, B)
/// of mode j: precision B^-1 - I, which pairs take as a measurement. Where a quotient is no measurement, because merging
/// has widened the smoothed belief, the pair takes the smoothed belief itself. Work space of one user.
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
    private readonly GaussianBelief _predicted;
    private readonly FutureEvidence _future;

    /// <summary>Makes room for the filters' modes.</summary>
    public BackwardPairs(IReadOnlyList<GaussianFilter> filters, StateGeometry geometry)
    {
        (_filters, _geometry, _n) = (filters, geometry, geometry.Dimension);
        _pairs = [.. filters.Select(_ => new PairStep(_n))];
        _predictions = [.. _pairs.Select(pair => pair.Predicted)];
        _mixture = new BeliefMixture(_n, filters.Count);
        _predicted = new GaussianBelief(_n);
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

        for (int i = 0; i < modes; i++)
        {
            weights[i] /= arriving;
        }

        _mixture.Match(weights, _predictions, _geometry, _predicted);
        GaussianBelief smoothed = later.ModeBeliefs[j];
        _future.Set(_predicted, smoothed, _geometry);
        var logs = new double[modes];
        var targets = new GaussianBelief[modes];
        bool isQuotient = true;
        for (int i = 0; i < modes && isQuotient; i++)
        {
            if (weights[i] > 0.0)
            {
                targets[i] = new GaussianBelief(_n);
                isQuotient = _future.Correct(_predictions[i], targets[i], out logs[i]);
            }
        }

        double largest = double.NegativeInfinity;
        for (int i = 0; i < modes; i++)
        {
            if (weights[i] > 0.0)
            {
                if (!isQuotient)
                {
                    targets[i] = smoothed;
                    logs[i] = _pairs[i].LogDensity(smoothed.Mean, _geometry);
                }

                largest = Math.Max(largest, logs[i] += Math.Log(weights[i]));
            }
        }

        double sum = 0.0;
        for (int i = 0; i < modes; i++)
        {
            weights[i] = weights[i] > 0.0 ? Math.Exp(logs[i] - largest) : 0.0;
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
