using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <content>What fires in a substep, and what hypotheses become.</content>
public sealed partial class HybridEstimator
{
    // Of a hypothesis, and of the belief.
    private const double SmallestShare = 1e-9;
    private const double SmallestPart = 1e-9;

    // False if no hypothesis could be moved. What comes out of events is moved on from the time of its event.
    private bool Step(double to)
    {
        bool hasMoved = false;
        for (int i = 0; i < _active.Count; i++)
        {
            ModeHypothesis hypothesis = _active[i];
            if (Follow(hypothesis, to))
            {
                hasMoved = true;
            }
            else
            {
                hypothesis.LogWeight = double.NegativeInfinity;
            }
        }

        return hasMoved;
    }

    private bool Follow(ModeHypothesis hypothesis, double to)
    {
        double finest = Finest * (to - hypothesis.Time);
        while (hypothesis.Time < to)
        {
            double next = hypothesis.Depth == 0 ? to : Allow(hypothesis, to, finest);
            next = next > hypothesis.Time ? next : to;
            if (!Advance(hypothesis, next))
            {
                return false;
            }

            hypothesis.State.Swap(_next);
            ReadOnlySpan<int> events = _model.Located(hypothesis.Mode);
            int n = _moved.Length;
            for (int k = 0; k < events.Length; k++)
            {
                Dense.MultiplyVector(_jacobian, hypothesis.Directions.AsSpan(k * n, n), _moved);
                Watch(hypothesis, k, events[k], next);
            }

            hypothesis.Time = next;
        }

        return true;
    }

    // What a guard does to a hypothesis that has just been moved.
    private void Watch(ModeHypothesis hypothesis, int k, int number, double to)
    {
        GuardView view = _model.Views[number];
        WriteData(hypothesis, to);
        view.Evaluate(to, hypothesis.State, _data);
        bool isSame = hypothesis.Leaves[k] == view.Leaf;
        Remember(hypothesis, k, view);
        double bound = -view.Score;
        double old = hypothesis.Bounds[k];
        if (hypothesis.IsLatched[k])
        {
            // Nothing has fired of what is beyond: it is a tail of the Gaussian, not to be cut off while the belief recedes.
            hypothesis.IsLatched[k] = bound < Left;
            hypothesis.IsSettled[k] = true;
            hypothesis.Bounds[k] = bound;
        }
        else if (bound < old)
        {
            double logInside = NormalTail.Above(bound).LogProbability - NormalTail.Above(old).LogProbability;
            double share = -Math.Exp(logInside) + 1.0;
            if (share > SmallestShare)
            {
                _data.CopyTo(hypothesis.Data, 0);
                ReadOnlySpan<double> shift = isSame ? FluxShift(hypothesis, k, old, share) : default;
                Fire(hypothesis, number, bound, old, share, to, to - hypothesis.Time, shift);
            }

            hypothesis.LogWeight += logInside;
            hypothesis.Bounds[k] = bound;
            hypothesis.IsSettled[k] = false;
        }
        else if (old < Whole && !hypothesis.IsSettled[k])
        {
            Settle(hypothesis, k, number, old, to);
        }
        else
        {
            hypothesis.Bounds[k] = bound;
        }
    }

    // What crosses a guard within a substep is weighted by its speed: more of what is fast has come. It lies between the guard now
    // and where the guard was, and these are not parallel; what is inside before and after is known, and so the mean of the rest.
    // Where another comparison of the guard has come in force, the two directions have nothing to do with each other.
    private ReadOnlySpan<double> FluxShift(ModeHypothesis hypothesis, int k, double old, double share)
    {
        double weight = NormalTail.Above(old).Mean / share;
        int n = _shift.Length;
        for (int i = 0; i < n; i++)
        {
            _shift[i] = weight * (hypothesis.Directions[(k * n) + i] - _moved[i]);
        }

        return _shift;
    }

    // A belief that was cut off at a guard and now recedes: the Gaussian of the same moments takes its place.
    private void Settle(ModeHypothesis hypothesis, int k, int number, double bound, double time)
    {
        GuardView view = _model.Views[number];
        Cut(view, hypothesis.State, bound, hypothesis.State);
        view.Evaluate(time, hypothesis.State, _data);
        Remember(hypothesis, k, view);
        hypothesis.Bounds[k] = -view.Score;
        hypothesis.IsSettled[k] = true;
    }

    // The Gaussian of the same moments as the part of a belief below a bound.
    private void Cut(GuardView view, GaussianBelief belief, double bound, GaussianBelief result)
    {
        for (int i = 0; i < _opposite.Length; i++)
        {
            _opposite[i] = -view.Gradient[i];
        }

        NormalTail tail = NormalTail.Above(bound);
        double other = view.Spread > 0.0 ? view.Threshold / view.Spread : 0.0;
        double share = Math.Sqrt(1.0 - (other * other));
        tail = tail with { Mean = share * tail.Mean, Variance = (other * other) + (share * share * tail.Variance) };
        _truncated.Condition(belief, _opposite, tail, _geometry, result);
    }

    // Part of a hypothesis passes an event, and all that fires at the same instant, and becomes another one.
    private void Fire(
        ModeHypothesis source, int number, double low, double high, double share, double time, double reach, ReadOnlySpan<double> shift = default)
    {
        double logWeight = source.LogWeight + Math.Log(share);
        if (logWeight < Math.Log(SmallestPart))
        {
            return;
        }

        if (_active.Count >= _keptCount + MostParts)
        {
            _endless += Math.Exp(logWeight);
            return;
        }

        if (!_passage.Meet(number, source, low, high, shift, time, reach))
        {
            return;
        }

        GrazingCount += _passage.IsGrazing ? 1 : 0;
        int depth = source.Depth;
        int cameBy = number;
        ulong history = source.History;
        _fired.Clear();
        while (number >= 0)
        {
            _fired.Add(number);
            cameBy = number;
            history = Fold(history, number);
            if (++depth > MostJumps)
            {
                _endless += Math.Exp(logWeight);
                return;
            }

            number = DueAtOnce();
            if (number >= 0 && !_passage.Jump(number))
            {
                return;
            }
        }

        ModeHypothesis child = Rent();
        if (!_passage.Land(time, child))
        {
            _free.Push(child);
            return;
        }

        child.LogWeight = logWeight;
        child.EventCount = source.EventCount + depth - source.Depth;
        child.Depth = depth;
        child.Cohort = child.Mode == source.Mode ? source.Cohort : 0;
        child.Exposure = 0.5 * reach;
        child.History = history;
        _active.Add(child);
        Arm(child);
    }

    private static ulong Fold(ulong history, int number)
    {
        history = (history ^ ((ulong)number + 1)) * 0x9E3779B97F4A7C15UL;
        return history ^ (history >> 29);
    }

    private static void Remember(ModeHypothesis hypothesis, int k, GuardView view)
    {
        (hypothesis.Scores[k], hypothesis.Slopes[k], hypothesis.Leaves[k]) = (view.Score, view.Slope, view.Leaf);
        int n = hypothesis.State.Dimension;
        Span<double> direction = hypothesis.Directions.AsSpan(k * n, n);
        view.WriteDirection(hypothesis.State, direction);
    }
}
