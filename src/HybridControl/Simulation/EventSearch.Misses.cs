namespace HybridControl.Simulation;

/// <content>Near misses: where a guard turned back close to its surface. Counted where the search looks in any case.</content>
internal partial class EventSearch
{
    /// <summary>How near is near: this share of what the guard travels in the step.</summary>
    private const double NearShare = 0.01;

    private double _nearest;
    private double _nearestAt;
    private double _farthest;

    private void ForgetSamples()
    {
        _nearest = double.NegativeInfinity;
        _nearestAt = 0.0;
        _farthest = 0.0;
    }

    // s is g signed so that the other side is positive.
    private void NoteSample(double theta, double s)
    {
        if (s > _nearest)
        {
            _nearest = s;
            _nearestAt = theta;
        }

        NoteFar(s);
    }

    private void NoteFar(double s) => _farthest = s < _farthest ? s : _farthest;

    // An extremum that a bound has decided has not been sampled: where the bound is close, its place is looked for.
    private void NotePeak(double l, double r, double bound)
    {
        if (bound > NearShare * _farthest)
        {
            double sign = _state.Side < 0 ? 1.0 : -1.0;
            double theta = Peak(sign, l, r);
            NoteSample(theta, sign * SampleValue(theta));
        }
    }

    private void NoteMiss(int guard, in GuardState before, in GuardState after, EventDirections wanted, double end)
    {
        EventDirections direction = before.Side < 0 ? EventDirections.Up : EventDirections.Down;
        if (_nearest < 0.0 && _nearest > NearShare * _farthest && _nearestAt > 0.0 && _nearestAt < end &&
            before.Side == after.Side && !after.Pending && (wanted & direction) != 0)
        {
            ref GuardStatistics statistics = ref _statistics[guard];
            if (statistics.NearMisses++ == 0 || -_nearest < Math.Abs(statistics.ClosestMiss))
            {
                statistics.ClosestMiss = before.Side < 0 ? _nearest : -_nearest;
                statistics.ClosestMissTime = TimeAt(_nearestAt);
            }
        }
    }
}
