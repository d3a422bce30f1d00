using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <content>Events without a way to them: what is enabled where a belief is, or where it has just come to.</content>
public sealed partial class HybridEstimator
{
    // All that is enabled of a hypothesis passes an event where it is.
    private void FireOnTheSpot(ModeHypothesis hypothesis, int number, int depth)
    {
        GuardView view = _model.Views[number];
        WriteData(hypothesis, Time);
        view.Evaluate(Time, hypothesis.State, _data);
        NormalTail inside = NormalTail.Above(-view.Score);
        double share = NormalTail.Above(view.Score).Probability;
        if (share > SmallestShare && depth < MostJumps)
        {
            _data.CopyTo(hypothesis.Data, 0);
            Fire(hypothesis, number, -view.Score, double.PositiveInfinity, share, Time, reach: 0.0, depth + 1);
            hypothesis.LogWeight += inside.LogProbability;
        }
    }

    // Guards of a mode that a hypothesis has just come to: which are armed, which it has come from, which are enabled at once.
    private void Enter(ModeHypothesis hypothesis, double time, int cameBy, int depth)
    {
        ReadOnlySpan<int> events = _model.Located(hypothesis.Mode);
        hypothesis.SurfaceCount = events.Length;
        for (int k = 0; k < events.Length; k++)
        {
            int number = events[k];
            GuardView view = _model.Views[number];
            bool onSurface = false;
            bool enabled = false;
            double atEvent = double.PositiveInfinity;
            if (cameBy >= 0)
            {
                // At the event itself it is clear on which side of its guards the run is.
                WriteData(hypothesis, _passage.EventTime);
                view.EvaluateAt(_passage.EventTime, _passage.EventStates, _data);
                double tolerance = 1e-9 * (1.0 + Math.Abs(view.Rate));
                onSurface = Math.Abs(view.Margin) <= tolerance;
                enabled = view.Margin > tolerance;
                atEvent = view.Margin;
            }

            WriteData(hypothesis, time);
            view.Evaluate(time, hypothesis.State, _data);
            Remember(hypothesis, k, view);
            bool urgent = _model.IsUrgent(number);

            // What has got near another guard since the event has not fired there yet.
            bool isNew = urgent && atEvent < -Whole * view.Spread && view.Score > -Whole;
            hypothesis.Bounds[k] = isNew ? double.PositiveInfinity : -view.Score;
            hypothesis.IsSettled[k] = cameBy >= 0;
            hypothesis.IsLatched[k] = onSurface || (!urgent && (enabled || number == cameBy || -view.Score < Left));
            if (urgent && (enabled || cameBy < 0))
            {
                FireEntered(hypothesis, k, number, time, cameBy >= 0, depth);
            }
        }
    }

    // An urgent transition that is enabled on entry: the whole hypothesis jumps, or at the start what is enabled of it.
    private void FireEntered(ModeHypothesis hypothesis, int k, int number, double time, bool whole, int depth)
    {
        if (depth >= MostJumps)
        {
            hypothesis.LogWeight = double.NegativeInfinity; // time stands still: no run goes this way
            return;
        }

        GuardView view = _model.Views[number];
        _data.CopyTo(hypothesis.Data, 0);
        double low = whole ? double.NegativeInfinity : -view.Score;
        double share = whole ? 1.0 : NormalTail.Above(view.Score).Probability;
        if (share <= SmallestShare || double.IsNegativeInfinity(hypothesis.LogWeight))
        {
            return;
        }

        double logInside = whole ? double.NegativeInfinity : NormalTail.Above(-view.Score).LogProbability;
        Fire(hypothesis, number, low, double.PositiveInfinity, share, time, reach: 0.0, depth + 1);
        hypothesis.LogWeight += logInside;
        hypothesis.Bounds[k] = -hypothesis.Scores[k];
    }
}
