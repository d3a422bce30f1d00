using HybridControl.Automata;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <content>Events without a way to them: what is enabled where a belief is, or where it has just come to.</content>
public sealed partial class HybridEstimator
{
    // Nearer to its surface than this, relative to its rate, a guard is on it.
    private const double OnSurface = 1e-9;

    // A guard that is enabled right after an event by this many standard deviations is enabled for all of the belief.
    private const double Sure = 3.0;

    private readonly List<int> _fired = []; // at this instant, in this mode

    // All that is enabled of a hypothesis passes an event where it is.
    private void FireOnTheSpot(ModeHypothesis hypothesis, int number)
    {
        GuardView view = _model.Views[number];
        WriteData(hypothesis, hypothesis.Time);
        view.Evaluate(hypothesis.Time, hypothesis.State, _data);
        double score = view.Score;
        double share = NormalTail.Above(score).Probability;
        if (share > SmallestShare && hypothesis.LogWeight > double.NegativeInfinity)
        {
            _data.CopyTo(hypothesis.Data, 0);
            Fire(hypothesis, number, -score, double.PositiveInfinity, share, hypothesis.Time, reach: 0.0);
            hypothesis.LogWeight += NormalTail.Above(-score).LogProbability;
        }
    }

    // Guards of a mode in which a hypothesis starts, or that it has come to by chance or because something was set.
    private void Enter(ModeHypothesis hypothesis, double time)
    {
        hypothesis.Time = time;
        ReadOnlySpan<int> events = _model.Located(hypothesis.Mode);
        hypothesis.SurfaceCount = events.Length;
        for (int k = 0; k < events.Length; k++)
        {
            GuardView view = See(hypothesis, k, events[k]);
            bool urgent = _model.IsUrgent(events[k]);
            hypothesis.Bounds[k] = -view.Score;
            hypothesis.IsSettled[k] = false;
            hypothesis.IsLatched[k] = !urgent && -view.Score < Left;
            if (urgent)
            {
                FireOnTheSpot(hypothesis, events[k]);
            }
        }
    }

    // The next transition that fires at the instant of an event, as the simulator takes them; -1 if there is none.
    private int DueAtOnce()
    {
        foreach (int number in _model.Located(_passage.Mode))
        {
            Landing at = LandingAt(number);
            bool own = _fired.Contains(number);
            bool fires = _model.Events[number].Transition.Rule switch
            {
                UrgentRule => at.IsEnabled && (own || at.Score >= Sure),
                EdgeRule edge => at.IsEnabled && at.WasDisabled && !own && !edge.FlowOnly,
                _ => false,
            };
            if (fires)
            {
                return number;
            }
        }

        return -1;
    }

    // Guards of a mode that a hypothesis has come to by the event that _passage holds.
    private void Arm(ModeHypothesis hypothesis)
    {
        ReadOnlySpan<int> events = _model.Located(hypothesis.Mode);
        Span<bool> divided = stackalloc bool[events.Length];
        hypothesis.SurfaceCount = events.Length;
        for (int k = 0; k < events.Length; k++)
        {
            int number = events[k];
            Landing at = LandingAt(number);
            bool own = _fired.Contains(number);
            GuardView view = See(hypothesis, k, number);
            bool urgent = _model.IsUrgent(number);
            bool passesOn = own && !_passage.IsReversing && (at.IsOnSurface ? at.Rate > 0.0 : at.Score > 0.0);

            // What is near another guard has not fired there yet; what is beyond the one it came from is a tail of the Gaussian.
            bool isNew = urgent && !own && !(at.IsOnSurface && at.WasOnSurface) && view.Score > -Reach;
            hypothesis.Bounds[k] = isNew ? double.PositiveInfinity : -view.Score;
            hypothesis.IsSettled[k] = true;
            hypothesis.IsLatched[k] = urgent ? passesOn : own || at.IsOnSurface || at.Score > 0.0 || -view.Score < Left;
            divided[k] = isNew && at.Score > -Reach;
        }

        for (int k = 0; k < events.Length; k++)
        {
            if (divided[k])
            {
                FireOnTheSpot(hypothesis, events[k]);
                hypothesis.Bounds[k] = -hypothesis.Scores[k];
            }
        }
    }

    private GuardView See(ModeHypothesis hypothesis, int k, int number)
    {
        GuardView view = _model.Views[number];
        WriteData(hypothesis, hypothesis.Time);
        view.Evaluate(hypothesis.Time, hypothesis.State, _data);
        Remember(hypothesis, k, view);
        return view;
    }

    // A guard at the instant of the event that _passage holds: there it is clear on which side of it the run is.
    private Landing LandingAt(int number)
    {
        GuardView view = _model.Views[number];
        double time = _passage.EventTime;
        _passage.DataBefore.CopyTo(_data, 0);
        view.EvaluateAt(time, _passage.StatesBefore, _data);
        double before = view.Margin;
        _passage.Data.CopyTo(_data, 0);
        view.EvaluateAt(time, _passage.States, _data);
        (double margin, double rate) = (view.Margin, view.Rate);
        double tolerance = OnSurface * (1.0 + Math.Abs(rate));
        double spread = _passage.SpreadOf(view);
        bool isOn = Math.Abs(margin) <= tolerance;
        bool wasOn = Math.Abs(before) <= tolerance;
        return new Landing
        {
            Rate = rate,
            IsOnSurface = isOn,
            WasOnSurface = wasOn,
            WasDisabled = before < 0.0,
            IsEnabled = margin > tolerance || (isOn && !wasOn && margin >= 0.0),
            Score = Math.Abs(spread) > tolerance ? margin / spread : margin >= 0.0 ? double.PositiveInfinity : double.NegativeInfinity,
        };
    }

    private readonly record struct Landing
    {
        public double Rate { get; init; }

        public bool IsOnSurface { get; init; }

        public bool WasOnSurface { get; init; }

        public bool WasDisabled { get; init; }

        public bool IsEnabled { get; init; }

        public double Score { get; init; } // margin in standard deviations, each state taken at its own event
    }
}
