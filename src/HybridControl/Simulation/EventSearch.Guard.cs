using System.Runtime.CompilerServices;
using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <content>One guard: the comparator, its bracket, and the decision of affine guards.</content>
internal partial class EventSearch
{
    private GuardState _state;
    private EventDirections _wanted;
    private bool _invalid;
    private bool _cut;
    private bool _open;
    private double _left;
    private double _gLeft;
    private double _right;
    private double _gRight;
    private double _level;
    private bool _hasPrevious;
    private double _previous;
    private double _gPrevious;
    private double _touchAt;
    private double _touchHeight;
    private double _end = 1.0;
    private double _tolerance;
    private double _floor;
    private double _scale;
    private EventDirections _event;

    /// <summary>Searches one guard up to <paramref name="end"/>, or to its first wanted event.</summary>
    private SearchOutcome SearchGuard(int guard, ref GuardState state, EventDirections wanted, double end)
    {
        Select(guard);
        _state = state;
        _wanted = wanted;
        _event = EventDirections.None;
        _invalid = _cut = _open = _hasPrevious = false;
        _touchAt = 0.0;
        _touchHeight = double.NegativeInfinity;
        _previous = 0.0;
        ForgetSamples();
        SearchUpTo(end);
        if (_invalid)
        {
            return new(SearchStatus.Invalid, guard, EventDirections.None, 0.0, 0.0);
        }

        state = _state;
        if (_event != EventDirections.None)
        {
            return new(SearchStatus.Event, guard, _event, _right, _left);
        }

        return _cut
            ? new(SearchStatus.Cut, guard, EventDirections.None, _previous, 0.0)
            : new(SearchStatus.Clear, guard, EventDirections.None, end, 0.0);
    }

    /// <summary>Feeds the comparator with every sample that matters, up to <paramref name="end"/> or the first wanted event.</summary>
    protected virtual void SearchUpTo(double end)
    {
        if (!_guard.IsBounded)
        {
            NoteNotBounded(0.0, end);
            SearchSamples(0.0, end);
        }
        else if (!FeedAt(0.0, PieceProof.None) && end > 0.0 && !(_affine && TryDecideAffine(end)))
        {
            SearchPieces(end);
        }
    }

    /// <summary>Decides a composed polynomial that is monotone or bent on the whole step.</summary>
    /// <returns>False if it is neither: pieces decide.</returns>
    private bool TryDecideAffine(double end)
    {
        int slope, bend;
        if (_degree > Quartic)
        {
            BoundSlopeAndBend(out slope, out bend);
        }
        else
        {
            BoundQuartic(out slope, out bend);
        }

        if (slope != 0)
        {
            _statistics[_index].AffineDecisions++;
            FeedAt(end, PieceProof.None);
            return true;
        }

        if (bend == 0)
        {
            return false;
        }

        _statistics[_index].AffineDecisions++;
        SearchBent(0.0, end, bend < 0);
        return true;
    }

    /// <summary>The signs of g' and g'' over the step from their Bernstein coefficients; 0 where they are not proved.</summary>
    private void BoundQuartic(out int slope, out int bend)
    {
        ref double q = ref _q[_at];
        ref double w = ref _w[_at];
        double c1 = Unsafe.Add(ref q, 1), c2 = Unsafe.Add(ref q, 2), c3 = Unsafe.Add(ref q, 3), c4 = Unsafe.Add(ref q, 4);
        double w2 = 2.0 * Unsafe.Add(ref w, 2), w3 = 3.0 * Unsafe.Add(ref w, 3), w4 = 4.0 * Unsafe.Add(ref w, 4);
        double error = (Unsafe.Add(ref w, 1) + w2 + w3 + w4) * Ball.Up;
        double d1 = c1 + (2.0 / 3.0 * c2);
        double d2 = c1 + (4.0 / 3.0 * c2) + c3;
        double d3 = c1 + (2.0 * c2) + (3.0 * c3) + (4.0 * c4);
        slope = c1 > error && d1 > error && d2 > error && d3 > error ? 1
            : c1 < -error && d1 < -error && d2 < -error && d3 < -error ? -1 : 0;
        error = (w2 + (2.0 * w3) + (3.0 * w4)) * Ball.Up;
        double e0 = 2.0 * c2;
        double e1 = e0 + (3.0 * c3);
        double e2 = e0 + (6.0 * c3) + (12.0 * c4);
        bend = e0 > error && e1 > error && e2 > error ? 1 : e0 < -error && e1 < -error && e2 < -error ? -1 : 0;
    }

    /// <summary>Samples the guard and feeds the sample.</summary>
    /// <returns>Whether the search of this guard is over: a wanted event, or a value that is no number.</returns>
    protected bool FeedAt(double theta, PieceProof proof)
    {
        double error = 0.0; // what is proved needs no band
        double g;
        if (proof == PieceProof.None)
        {
            Sample(theta, out g, out error);
        }
        else
        {
            g = SampleValue(theta);
            _invalid |= !double.IsFinite(g);
        }

        return Feed(theta, g, error, proof);
    }

    private bool Feed(double theta, double g, double error, PieceProof proof)
    {
        if (_invalid)
        {
            return true;
        }

        bool up = _state.Side < 0;
        double s = up ? g : -g;
        NoteSample(theta, s);
        double level = _state.FlipThreshold;
        bool fires = Fires(up, g, level);
        if (fires && !_open)
        {
            _open = true;
            _level = level;
            _left = _hasPrevious ? _previous : theta;
            _gLeft = _hasPrevious ? _gPrevious : g;
            _right = theta;
            _gRight = g;
        }

        bool stop = false;
        switch (_state.Feed(g, error, proof))
        {
            case GuardFeed.Flip:
                stop = OnFlip(up, theta, g);
                break;
            case GuardFeed.Touch:
                stop = OnTouch(theta, g);
                break;
            case GuardFeed.Outside:
                _open = false;
                _touchHeight = double.NegativeInfinity;
                break;
            default:
                _open &= fires;
                if (s > _touchHeight)
                {
                    _touchHeight = s;
                    _touchAt = theta;
                }

                break;
        }

        _hasPrevious = true;
        _previous = theta;
        _gPrevious = g;
        return stop;
    }

    /// <summary>Enabled is closed: g = 0 is enabled. A latched guard is located where it leaves its threshold, so that time goes on.</summary>
    private static bool Fires(bool up, double g, double level) => up ? g >= level : g < -level;

    private bool OnFlip(bool up, double theta, double g)
    {
        EventDirections direction = up ? EventDirections.Up : EventDirections.Down;
        if (!_open)
        {
            // Proved above, though the rounded sample is not: the piece has no root.
            _level = 0.0;
            _left = _right = theta;
            _gLeft = _gRight = g;
        }

        _open = false;
        _touchHeight = double.NegativeInfinity;
        if ((_wanted & direction) == 0)
        {
            _state.Settle(); // the sample is clearly off the surface, on the new side
            return false;
        }

        _event = direction;
        Refine(up);
        return true;
    }

    private bool OnTouch(double theta, double g)
    {
        _open = false;
        double at = _touchHeight > double.NegativeInfinity ? _touchAt : 0.0;
        _touchHeight = double.NegativeInfinity;
        AddTouch(_index, at);
        if ((_wanted & EventDirections.Touch) == 0)
        {
            return false;
        }

        _event = EventDirections.Touch;
        _left = _right = at;
        _gLeft = _gRight = at == theta ? g : SampleValue(at);
        return true;
    }

    private void NoteNotBounded(double from, double to)
    {
        ref GuardStatistics statistics = ref _statistics[_index];
        if (statistics.NotBounded++ == 0)
        {
            statistics.NotBoundedFrom = TimeAt(from);
        }

        statistics.NotBoundedTo = TimeAt(to);
    }
}
