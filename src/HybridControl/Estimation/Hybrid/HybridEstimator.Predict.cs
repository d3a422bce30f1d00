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

    // More events than this, one after the other, in a substep come without end, as in the simulator at one instant; nor are more
    // parts of the belief followed through the events of a substep. No more than this much of the belief may be lost to that.
    private const int MostJumps = 100;
    private const int MostParts = 256;
    private const double MostEndless = 0.05;

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
    private ShortFlow _shortFlow = null!;
    private double _endless; // probability of what was lost in this prediction because events come too fast to be followed
    private EstimationStatus _failure; // why a hypothesis could not be advanced

    /// <inheritdoc/>
    /// <remarks>
    /// Inputs follow the signals of the model unless values are given; NaN holds what was held before. If no hypothesis can be
    /// integrated, or events come faster than they can be followed (<see cref="EstimationStatus.Zeno"/>), the belief stays at the last time that was reached.
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
        _endless = 0.0;
        while (status == EstimationStatus.Done)
        {
            while (_nextCommand < _commands.Length && _commands[_nextCommand].At <= Time)
            {
                Execute(_commands[_nextCommand++]);
            }

            if (_isStuck)
            {
                status = EstimationStatus.Zeno;
                break;
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
        _passage = new EventPassage(_model);
        _shortFlow = new ShortFlow(n, n);
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
                    (hypothesis.Time, hypothesis.Depth) = (Time, 0);
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
                bool isGood = hasMoved && Tidy();
                if (!isGood || _endless > MostEndless)
                {
                    Time = before;
                    GiveBack();
                    return _endless > MostEndless ? EstimationStatus.Zeno : hasMoved ? EstimationStatus.FlowFailed : _failure;
                }
            }
        }

        return EstimationStatus.Done;
    }

    // Moves the belief of a hypothesis without looking at guards; the result is in _next. What comes from an event in this
    // substep has had its share of process noise with the hypothesis that it came from.
    private bool Advance(ModeHypothesis hypothesis, double to)
    {
        if (hypothesis.Depth == 0)
        {
            return Advance(hypothesis, hypothesis.Time, to);
        }

        int n = StateCount;
        WriteData(hypothesis, to);
        hypothesis.State.Mean.CopyTo(_next.MutableMean);
        _jacobian.AsSpan().Clear();
        for (int i = 0; i < n; i++)
        {
            _jacobian[(i * n) + i] = 1.0;
        }

        FlowEquations flow = _model.Flows[hypothesis.Mode].Equations;
        _shortFlow.Move(flow, hypothesis.Time, to - hypothesis.Time, _data, _next.MutableMean, _jacobian);
        Dense.MultiplyLower(_jacobian, hypothesis.State.Factor, _noise, n, n, n);
        LowerTriangularization.Apply(_noise, n, n);
        LowerTriangularization.CopyTriangle(_noise, n, 0, _next.MutableFactor, n);
        _failure = EstimationStatus.NotFinite;
        return _next.IsFinite;
    }

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
            double step = to - hypothesis.Time;
            if (!Advance(hypothesis, to))
            {
                // Not this far; a hypothesis that cannot go anywhere is dropped by the step.
                if (step <= finest)
                {
                    return to;
                }

                to = hypothesis.Time + (0.5 * step);
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

            to = hypothesis.Time + Math.Max(finest, part * step);
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
        double step = to - hypothesis.Time;
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

    private void WriteData(ModeHypothesis hypothesis, double time)
    {
        hypothesis.Data.CopyTo(_data, 0);
        _model.Flows[0].Equations.WriteInputs(time, _held, _data);
    }
}
