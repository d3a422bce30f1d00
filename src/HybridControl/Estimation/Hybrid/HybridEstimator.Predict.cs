using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <content>Predictions: substeps, what fires in them, and what hypotheses become.</content>
public sealed partial class HybridEstimator
{
    // Beliefs further from a guard than this many standard deviations do not look at it.
    private const double Reach = 4.0;

    // A belief of which this much is inside has left a guard that it came from (0.95), or is cut off in name only (0.977).
    private const double Left = 1.645;
    private const double Whole = 2.0;

    // Substeps no shorter than this part of a prediction are made for a guard; a narrow belief passes it in one.
    private const double Finest = 1.0 / 64.0;

    // A peak of a guard inside a substep that is higher than its ends by this much of a deviation is gone to.
    private const double Unseen = 0.02;

    private const double SmallestShare = 1e-9;
    private const int MostJumps = 20;

    private ArrayPrediction _prediction = null!;
    private TruncatedGaussian _truncated = null!;
    private EventPassage _passage = null!;
    private GaussianBelief _next = null!;
    private double[] _jacobian = null!;
    private double[] _noise = null!;
    private double[] _moved = null!;
    private double[] _shift = null!;
    private double[] _opposite = null!;
    private double[] _data = null!;
    private EstimationStatus _failure; // why a hypothesis could not be advanced

    /// <inheritdoc/>
    /// <remarks>
    /// Inputs follow the signals of the model unless values are given; NaN holds what was held before. If no hypothesis can be
    /// integrated, the belief stays at the last time that was reached.
    /// </remarks>
    /// <exception cref="ModelException">The number of inputs is not that of the model.</exception>
    public EstimationStatus Predict(double time, ReadOnlySpan<double> input = default)
    {
        if (!input.IsEmpty)
        {
            CovarianceFactor.CheckCount("input", input.Length, _held.Length);
        }

        if (StepTimes.EndOf(Time, time) == EstimationStatus.OutOfOrder)
        {
            return EstimationStatus.OutOfOrder;
        }

        for (int i = 0; i < input.Length; i++)
        {
            _held[i] = double.IsNaN(input[i]) ? _held[i] : input[i];
        }

        EstimationStatus status = EstimationStatus.Done;
        double start = Time;
        while (status == EstimationStatus.Done)
        {
            while (_nextCommand < _commands.Length && _commands[_nextCommand].At <= Time)
            {
                Execute(_commands[_nextCommand++]);
            }

            if (!(Time < time))
            {
                break;
            }

            double end = _nextCommand < _commands.Length ? Math.Min(time, _commands[_nextCommand].At) : time;
            status = Flow(end);
        }

        if (Time > start)
        {
            Report();
        }

        return status;
    }

    private void PredictionSpace(int n)
    {
        _prediction = new ArrayPrediction(n, n);
        _truncated = new TruncatedGaussian(n);
        _passage = new EventPassage(n, _model.Compiled.DataCount);
        _next = GaussianBelief.WithRoom(n);
        _jacobian = new double[n * n];
        _noise = new double[n * n];
        _opposite = new double[n];
        _moved = new double[n];
        _shift = new double[n];
        _data = new double[_model.Compiled.DataCount];
    }

    private void Execute(TimedCommand command)
    {
        if (command.Label is { } label)
        {
            Command(label);
        }
        else
        {
            SetNow(command.Set!, command.Value);
        }
    }

    private EstimationStatus Flow(double end)
    {
        while (Time < end)
        {
            double limit = Math.Min(end, _model.Flows[0].Equations.NextBreakpoint(Time));
            double finest = Finest * (limit - Time);
            double shortest = ShortestChance * (limit - Time);
            while (Time < limit)
            {
                double to = Math.Min(limit, Time + Math.Max(LongestChance(), shortest));
                foreach (ModeHypothesis hypothesis in _active)
                {
                    to = Math.Min(to, Allow(hypothesis, to, finest));
                }

                if (!(to > Time))
                {
                    return EstimationStatus.FlowFailed;
                }

                Keep();
                LeaveByChance(to - Time);
                bool hasMoved = Step(to);
                double before = Time;
                Time = to;
                SwitchByChance(before);
                if (!hasMoved || !Tidy())
                {
                    Time = before;
                    GiveBack();
                    return hasMoved ? EstimationStatus.FlowFailed : _failure;
                }
            }
        }

        return EstimationStatus.Done;
    }

    // Moves the belief of a hypothesis without looking at guards; the result is in _next.
    private bool Advance(ModeHypothesis hypothesis, double to) => Advance(hypothesis, Time, to);

    private bool Advance(ModeHypothesis hypothesis, double from, double to)
    {
        FlowTransition flow = _model.Flows[hypothesis.Mode];
        hypothesis.Data.CopyTo(flow.Data);
        if (!flow.Linearize(from, to, hypothesis.State.Mean, _held, _next.MutableMean, _jacobian, _noise))
        {
            _failure = flow.Failure;
            return false;
        }

        _failure = EstimationStatus.NotFinite;
        _prediction.Apply(_jacobian, _noise, hypothesis.State, _next);
        return _next.IsFinite;
    }

    // How far a hypothesis may go in one substep: no further into any guard than a part of its deviation.
    private double Allow(ModeHypothesis hypothesis, double to, double finest)
    {
        for (int trial = 0; trial < 60; trial++)
        {
            double step = to - Time;
            if (!Advance(hypothesis, to))
            {
                // Not this far; a hypothesis that cannot go anywhere is dropped by the step.
                if (step <= finest)
                {
                    return to;
                }

                to = Time + (0.5 * step);
                continue;
            }

            double part = 1.0;
            ReadOnlySpan<int> events = _model.Located(hypothesis.Mode);
            for (int k = 0; k < events.Length; k++)
            {
                part = Math.Min(part, PartOf(hypothesis, k, events[k], to));
            }

            if (part >= 1.0 || step <= finest)
            {
                return to;
            }

            to = Time + Math.Max(finest, part * step);
        }

        return to;
    }

    // The part of a substep after which a guard should be looked at.
    private double PartOf(ModeHypothesis hypothesis, int k, int number, double to)
    {
        GuardView view = _model.Views[number];
        WriteData(hypothesis, to);
        view.Evaluate(to, _next, _data);
        double before = hypothesis.Scores[k];
        double after = view.Score;
        double step = to - Time;
        double rise = hypothesis.Slopes[k] * step;
        double fall = -view.Slope * step;

        // A guard that rises and falls again, or a belief that leaves a guard and comes back, within one substep.
        double turn = rise / (rise + fall);
        if (rise > 0.0 && fall > 0.0)
        {
            double peak = before + (0.5 * rise * turn);
            if (peak > -Reach && peak > Math.Max(before, after) + Unseen)
            {
                return Math.Clamp(turn, 0.05, 0.95);
            }
        }
        else if (hypothesis.IsLatched[k] && rise < 0.0 && fall < 0.0)
        {
            return 0.5 * turn;
        }

        if (hypothesis.IsLatched[k])
        {
            return 1.0;
        }

        double growth = Math.Max(after, -Reach) - Math.Max(before, -Reach);
        if (growth <= _options.Substep)
        {
            return 1.0;
        }

        if (!double.IsFinite(after - before))
        {
            return 0.5; // a guard of what is known exactly: halve until the substep is the finest
        }

        return before < -Reach
            ? Math.Clamp((0.5 * _options.Substep - Reach - before) / (after - before), 0.05, 0.8)
            : Math.Clamp(0.9 * _options.Substep / growth, 0.05, 0.8);
    }

    // False if no hypothesis could be moved.
    private bool Step(double to)
    {
        int count = _active.Count;
        bool hasMoved = false;
        for (int i = 0; i < count; i++)
        {
            ModeHypothesis hypothesis = _active[i];
            if (!Advance(hypothesis, to))
            {
                hypothesis.LogWeight = double.NegativeInfinity;
                continue;
            }

            hasMoved = true;
            hypothesis.State.Swap(_next);
            ReadOnlySpan<int> events = _model.Located(hypothesis.Mode);
            int n = _moved.Length;
            for (int k = 0; k < events.Length; k++)
            {
                Dense.MultiplyVector(_jacobian, hypothesis.Directions.AsSpan(k * n, n), _moved);
                Watch(hypothesis, k, events[k], to);
            }
        }

        return hasMoved;
    }

    // What a guard does to a hypothesis that has just been moved.
    private void Watch(ModeHypothesis hypothesis, int k, int number, double to)
    {
        GuardView view = _model.Views[number];
        WriteData(hypothesis, to);
        view.Evaluate(to, hypothesis.State, _data);
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
                Fire(hypothesis, number, bound, old, share, to, reach: to - Time, depth: 0, FluxShift(hypothesis, k, old, share));
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

    // Part of a hypothesis passes an event and becomes another one.
    private void Fire(
        ModeHypothesis source, int number, double low, double high, double share, double time, double reach, int depth,
        ReadOnlySpan<double> shift = default)
    {
        ModeHypothesis child = Rent();
        if (!_passage.Pass(_model, number, source, low, high, shift, time, reach, child))
        {
            _free.Push(child);
            return;
        }

        GrazingCount += _passage.IsGrazing ? 1 : 0;
        child.LogWeight = source.LogWeight + Math.Log(share);
        child.EventCount = source.EventCount + 1;
        child.Cohort = child.Mode == source.Mode ? source.Cohort : 0;
        child.Exposure = 0.5 * reach;
        child.History = (source.History ^ ((ulong)number + 1)) * 0x9E3779B97F4A7C15UL;
        child.History ^= child.History >> 29;
        _active.Add(child);
        Enter(child, time, number, depth);
    }

    private static void Remember(ModeHypothesis hypothesis, int k, GuardView view)
    {
        (hypothesis.Scores[k], hypothesis.Slopes[k]) = (view.Score, view.Slope);
        int n = hypothesis.State.Dimension;
        Span<double> direction = hypothesis.Directions.AsSpan(k * n, n);
        view.WriteDirection(hypothesis.State, direction);
    }

    private void WriteData(ModeHypothesis hypothesis, double time)
    {
        hypothesis.Data.CopyTo(_data, 0);
        _model.Flows[0].Equations.WriteInputs(time, _held, _data);
    }
}
