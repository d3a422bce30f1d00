namespace HybridControl.Estimation;

/// <content>Modes that change by chance.</content>
public sealed partial class HybridEstimator
{
    // In one substep a hypothesis leaves its mode with no more than about this probability.
    private const double MostChance = 0.25;

    // Nor are substeps shorter for it than this part of a prediction.
    private const double ShortestChance = 1.0 / 1024.0;

    private GaussianBelief? _entering;

    // How long a substep may be for what happens by chance in it.
    private double LongestChance()
    {
        double longest = double.PositiveInfinity;
        for (int i = 0; i < _active.Count && _model.Rates.Length > 0; i++)
        {
            ModeHypothesis hypothesis = _active[i];
            WriteData(hypothesis, Time);
            foreach ((int from, _, double rate, ChanceEntry entry) in _model.Rates)
            {
                if (from == hypothesis.Mode && rate > 0.0)
                {
                    longest = Math.Min(longest, MostChance / RateOfLeaving(from));
                    longest = Math.Min(longest, entry.LongestStep(Time, hypothesis.State.Mean, _data));
                }
            }
        }

        return longest;
    }

    // Half of what leaves its mode by chance in a substep does so before the events there, half after them (Strang's splitting).
    private void LeaveByChance(double span)
    {
        for (int i = 0; i < _active.Count; i++)
        {
            _active[i].LogWeight -= RateOfLeaving(_active[i].Mode) * (_active[i].Exposure + (0.5 * span));
            _active[i].Exposure = 0.0;
        }
    }

    // What has changed its mode by chance since the substep began, with the hypotheses as they were then in _kept.
    private void SwitchByChance(double before)
    {
        double span = Time - before;
        for (int i = 0; i < _keptCount; i++)
        {
            double leaving = RateOfLeaving(_kept[i].Mode);
            if (leaving == 0.0 || double.IsNegativeInfinity(_kept[i].LogWeight))
            {
                continue;
            }

            double late = 1.0 - Math.Exp(-0.5 * leaving * span);
            double left = 1.0 - Math.Exp(-leaving * (_kept[i].Exposure + (0.5 * span))) +
                (Math.Exp(_active[i].LogWeight - _kept[i].LogWeight) * late);
            _active[i].LogWeight -= 0.5 * leaving * span;

            (double mean, double deviation) = ChanceEntry.TimeOfChange(leaving, span);
            double entry = before + mean;
            if (!Advance(_kept[i], before, entry))
            {
                continue;
            }

            _entering ??= new GaussianBelief(StateCount);
            _entering.CopyFrom(_next);
            foreach ((int from, int to, double rate, ChanceEntry start) in _model.Rates)
            {
                if (from == _kept[i].Mode && rate > 0.0)
                {
                    ModeHypothesis child = Rent();
                    child.CopyFrom(_active[i]);
                    child.Mode = to;
                    child.LogWeight = _kept[i].LogWeight + Math.Log(left * rate / leaving);
                    child.Exposure = Time - entry;
                    child.State.CopyFrom(_entering);
                    WriteData(child, entry);
                    child.Cohort = start.Start(entry, deviation, _data, child.State);
                    GoOn(child, entry);
                }
            }
        }
    }

    // Lets what has come to another mode go on there to the end of the substep.
    private void GoOn(ModeHypothesis child, double entry)
    {
        if (!Advance(child, entry, Time))
        {
            _free.Push(child);
            return;
        }

        child.State.Swap(_next);
        _active.Add(child);
        child.Depth = 0;
        Enter(child, Time);
    }

    private double RateOfLeaving(int mode)
    {
        double leaving = 0.0;
        foreach ((int from, _, double rate, _) in _model.Rates)
        {
            leaving += from == mode ? rate : 0.0;
        }

        return leaving;
    }
}
