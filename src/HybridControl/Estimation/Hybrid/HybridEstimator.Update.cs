using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <content>Updates, and what keeps the hypotheses few: merging, dropping, reporting.</content>
public sealed partial class HybridEstimator
{
    // Means nearer than this part of the deviations, and deviations within this factor: hypotheses that say the same.
    private const double Near = 0.3;
    private const double Alike = 1.5;

    private readonly GaussianBelief[] _pair = new GaussianBelief[2];
    private readonly double[] _pairWeights = new double[2];
    private LinearizedSensor _sensed = null!;
    private GaussianBelief _unused = null!;
    private ArrayUpdate _update = null!;
    private BeliefMixture _pairing = null!;
    private BeliefMixture? _mixture;
    private InnovationMixture? _innovationMixture;
    private GaussianBelief[] _beliefs = [];
    private GaussianBelief[] _spare = [];
    private Innovation[] _innovations = [];
    private double[] _weights = [];

    /// <inheritdoc/>
    /// <exception cref="ModelException">There is no sensor, or measurement, sensor and model do not fit together.</exception>
    public EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null)
    {
        MeasurementModel used = sensor ?? Sensor ?? throw new ModelException(
            "update", "the model has no sensors and none is given", "Name sensors in the section of estimation, or give one.");
        CovarianceFactor.CheckCount("sensor: states", used.StateCount, StateCount);
        CovarianceFactor.CheckCount("measurement", measurement.Length, used.Count);
        EstimationStatus status = Innovation.Begin(measurement);
        if (status != EstimationStatus.Done)
        {
            return status;
        }

        Reserve(_active.Count);
        double largest = double.NegativeInfinity;
        status = EstimationStatus.Contradiction;
        for (int i = 0; i < _active.Count; i++)
        {
            EstimationStatus own = Correct(i, used, measurement);
            largest = Math.Max(largest, _weights[i]);
            status = own == EstimationStatus.Done ? status : own;
        }

        if (!double.IsFinite(largest))
        {
            return Innovation.Status = status;
        }

        Span<double> before = _weights.AsSpan(_active.Count, _active.Count);
        double sum = 0.0;
        double used0 = 0.0;
        for (int i = 0; i < _active.Count; i++)
        {
            sum += Math.Exp(_weights[i] - largest);
            before[i] = double.IsNegativeInfinity(_weights[i]) ? 0.0 : _active[i].Probability;
            used0 += before[i];
        }

        for (int i = 0; i < before.Length; i++)
        {
            before[i] /= used0;
        }

        _innovationMixture!.Match(before, _innovations.AsSpan(0, _active.Count), used.Geometry, Innovation);
        Innovation.LogLikelihood = largest + Math.Log(sum);
        Innovation.Status = EstimationStatus.Done;
        LogLikelihood += Innovation.LogLikelihood;
        for (int i = 0; i < _active.Count; i++)
        {
            Accept(_active[i], i);
        }

        Tidy();
        Report();
        return EstimationStatus.Done;
    }

    private void UpdateSpace(int n)
    {
        _sensed = new LinearizedSensor(n);
        _unused = GaussianBelief.WithRoom(n);
        _update = new ArrayUpdate(n);
        _pairing = new BeliefMixture(n, 2);
    }

    private void Reserve(int count)
    {
        if (_beliefs.Length < count)
        {
            Grow(count);
        }
    }

    private void Grow(int count)
    {
        int room = Math.Max(count, 2 * _options.MaximumHypotheses);
        int n = StateCount;
        _beliefs = new GaussianBelief[room];
        _spare = [.. Enumerable.Range(0, room).Select(_ => GaussianBelief.WithRoom(n))];
        _innovations = [.. Enumerable.Range(0, room).Select(_ => new Innovation())];
        _weights = new double[2 * room];
        _mixture = new BeliefMixture(n, room);
        _innovationMixture = new InnovationMixture(room);
    }

    // Updates one hypothesis into _spare[i]; its new weight, not normalised, goes to _weights[i].
    private EstimationStatus Correct(int i, MeasurementModel sensor, ReadOnlySpan<double> measurement)
    {
        ModeHypothesis hypothesis = _active[i];
        WriteData(hypothesis, Time);
        _data.CopyTo(_model.SensorData, 0);
        _weights[i] = double.NegativeInfinity;
        Innovation innovation = _innovations[i];
        innovation.Begin(measurement);
        _sensed.Linearize(sensor, Time, hypothesis.State.Mean, measurement, innovation);
        EstimationStatus status = _update.Apply(
            hypothesis.State, _sensed.Jacobian, _sensed.Noise, sensor.Count, innovation, _geometry, _spare[i]);
        if (status != EstimationStatus.Done)
        {
            return status;
        }

        status = innovation.Judge(double.PositiveInfinity);
        if (status != EstimationStatus.Done || !_spare[i].IsFinite)
        {
            return status == EstimationStatus.Done ? EstimationStatus.NotFinite : status;
        }

        double weight = Math.Log(hypothesis.Probability) + innovation.LogLikelihood;
        ReadOnlySpan<int> events = _model.Located(hypothesis.Mode);
        for (int k = 0; k < events.Length; k++)
        {
            if (!hypothesis.IsLatched[k] && !double.IsPositiveInfinity(hypothesis.Bounds[k]))
            {
                // The likelihood of a Gaussian that is cut off: how much of it is inside after, and was before.
                GuardView view = _model.Views[events[k]];
                view.Evaluate(Time, _spare[i], _data);
                weight += NormalTail.Above(-view.Score).LogProbability - NormalTail.Above(hypothesis.Bounds[k]).LogProbability;
            }
        }

        _weights[i] = double.IsNaN(weight) ? double.NegativeInfinity : weight;
        if (hypothesis.Inside < 0.99)
        {
            // What was expected to be measured is that of the part inside.
            Inside(hypothesis, _next);
            innovation.Begin(measurement);
            _sensed.Linearize(sensor, Time, _next.Mean, measurement, innovation);
            _update.Apply(_next, _sensed.Jacobian, _sensed.Noise, sensor.Count, innovation, _geometry, _unused);
        }

        return EstimationStatus.Done;
    }

    private void Accept(ModeHypothesis hypothesis, int i)
    {
        hypothesis.LogWeight = _weights[i];
        if (double.IsNegativeInfinity(_weights[i]))
        {
            return;
        }

        hypothesis.State.Swap(_spare[i]);
        Look(hypothesis);
    }

    // Renews what a hypothesis knows of its guards after its belief has changed at one time.
    private void Look(ModeHypothesis hypothesis)
    {
        WriteData(hypothesis, Time);
        ReadOnlySpan<int> events = _model.Located(hypothesis.Mode);
        for (int k = 0; k < events.Length; k++)
        {
            GuardView view = _model.Views[events[k]];
            view.Evaluate(Time, hypothesis.State, _data);
            Remember(hypothesis, k, view);
            if (!double.IsPositiveInfinity(hypothesis.Bounds[k]))
            {
                hypothesis.Bounds[k] = -view.Score;
            }
        }
    }

    // Normalises the weights, merges what says the same, drops what is improbable; false if nothing is left. What has just come out of
    // an event and has no room counts as not followed.
    private bool Tidy()
    {
        if (!Normalize())
        {
            return false;
        }

        Merge();
        double smallest = _options.SmallestProbability;
        Drop(smallest);
        while (_active.Count > _options.MaximumHypotheses)
        {
            int least = 0;
            for (int i = 1; i < _active.Count; i++)
            {
                least = _active[i].Probability < _active[least].Probability ? i : least;
            }

            _endless += _active[least].Depth > 0 ? _active[least].Probability : 0.0;

            Release(least);
        }

        return Normalize();
    }

    private bool Normalize()
    {
        double largest = double.NegativeInfinity;
        foreach (ModeHypothesis hypothesis in _active)
        {
            largest = Math.Max(largest, hypothesis.LogWeight);
        }

        if (!double.IsFinite(largest))
        {
            return false;
        }

        double sum = 0.0;
        foreach (ModeHypothesis hypothesis in _active)
        {
            sum += hypothesis.Probability = Math.Exp(hypothesis.LogWeight - largest);
        }

        foreach (ModeHypothesis hypothesis in _active)
        {
            hypothesis.Probability /= sum;
            hypothesis.LogWeight = Math.Log(hypothesis.Probability);
        }

        return true;
    }

    private void Merge()
    {
        for (int i = 0; i < _active.Count; i++)
        {
            for (int j = _active.Count - 1; j > i; j--)
            {
                if (_active[i].Probability > 0.0 && _active[j].Probability > 0.0 && Mergeable(_active[i], _active[j]))
                {
                    Join(_active[i], _active[j]);
                    Release(j);
                }
            }
        }
    }

    private bool Mergeable(ModeHypothesis a, ModeHypothesis b)
    {
        if (a.Mode != b.Mode || !SameDiscretes(a, b) || IsCut(a) || IsCut(b))
        {
            return false;
        }

        if (a.History == b.History && a.Cohort == b.Cohort)
        {
            return true;
        }

        for (int i = 0; i < StateCount; i++)
        {
            double first = a.State.Deviation(i);
            double second = b.State.Deviation(i);
            if (Math.Abs(a.State.Mean[i] - b.State.Mean[i]) > Near * Math.Min(first, second) ||
                Math.Max(first, second) > Alike * Math.Min(first, second))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsCut(ModeHypothesis hypothesis)
    {
        for (int k = 0; k < hypothesis.SurfaceCount; k++)
        {
            if (!hypothesis.IsLatched[k] && !hypothesis.IsSettled[k] && hypothesis.Bounds[k] < Whole)
            {
                return true;
            }
        }

        return false;
    }

    private bool SameDiscretes(ModeHypothesis a, ModeHypothesis b)
    {
        int first = _model.Compiled.FirstDiscrete;
        int count = _model.Automaton.Discretes.Length;
        return a.Data.AsSpan(first, count).SequenceEqual(b.Data.AsSpan(first, count));
    }

    // The Gaussian with the moments of both; it goes on as the more probable one.
    private void Join(ModeHypothesis a, ModeHypothesis b)
    {
        double sum = a.Probability + b.Probability;
        (_pair[0], _pair[1]) = (a.State, b.State);
        (_pairWeights[0], _pairWeights[1]) = (a.Probability / sum, b.Probability / sum);
        _pairing.Match(_pairWeights, _pair, _geometry, _next);
        a.Exposure = ((a.Probability * a.Exposure) + (b.Probability * b.Exposure)) / sum;
        ModeHypothesis heavier = a.Probability >= b.Probability ? a : b;
        (a.History, a.EventCount, a.Cohort) = (heavier.History, heavier.EventCount, heavier.Cohort);
        for (int k = 0; k < a.SurfaceCount; k++)
        {
            a.IsLatched[k] |= b.IsLatched[k];
            a.IsSettled[k] |= b.IsSettled[k];
        }

        a.State.Swap(_next);
        a.Probability = sum;
        a.LogWeight = Math.Log(sum);
        Look(a);
    }

    private void Drop(double smallest)
    {
        for (int i = _active.Count - 1; i >= 0; i--)
        {
            if (_active[i].Probability < smallest)
            {
                Release(i);
            }
        }
    }

    private void Release(int i)
    {
        _free.Push(_active[i]);
        _active[i] = _active[^1];
        _active.RemoveAt(_active.Count - 1);
    }

    // Mode probabilities, and the Gaussian with the moments of the mixture of all cut-off Gaussians.
    private void Report()
    {
        Reserve(_active.Count);
        _modeProbabilities.AsSpan().Clear();
        for (int i = 0; i < _active.Count; i++)
        {
            ModeHypothesis hypothesis = _active[i];
            _modeProbabilities[hypothesis.Mode] += hypothesis.Probability;
            _weights[i] = hypothesis.Probability;
            if (hypothesis.Inside < 0.99)
            {
                Inside(hypothesis, _spare[i]);
                _beliefs[i] = _spare[i];
            }
            else
            {
                _beliefs[i] = hypothesis.State;
            }
        }

        _mixture!.Match(_weights.AsSpan(0, _active.Count), _beliefs.AsSpan(0, _active.Count), _geometry, Belief);
    }

    // The Gaussian of the same moments as the part of a hypothesis that has not reached a guard.
    private void Inside(ModeHypothesis hypothesis, GaussianBelief result)
    {
        result.CopyFrom(hypothesis.State);
        WriteData(hypothesis, Time);
        ReadOnlySpan<int> events = _model.Located(hypothesis.Mode);
        for (int k = 0; k < events.Length; k++)
        {
            if (!hypothesis.IsLatched[k] && hypothesis.Bounds[k] < 2.5)
            {
                GuardView view = _model.Views[events[k]];
                view.Evaluate(Time, result, _data);
                Cut(view, result, -view.Score, result);
            }
        }
    }
}
