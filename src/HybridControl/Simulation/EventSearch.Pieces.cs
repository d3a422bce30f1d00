using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <content>Branch and prune, left to right, and the single extremum of a bent piece.</content>
internal partial class EventSearch
{
    /// <summary>Pieces of one guard in one step before the step is cut.</summary>
    public const int Budget = 4096;

    /// <summary>Halving down to 8 eps takes 49 places.</summary>
    private const int StackSize = 128;

    private double[]? _stack;

    private void SearchPieces(double end)
    {
        ref GuardStatistics statistics = ref _statistics[_index];
        int pieces = 0;
        int depth = 0;
        double a = 0.0;
        double[] stack = _stack ??= new double[StackSize];
        stack[0] = end;
        bool stop = false;
        while (!stop && depth >= 0)
        {
            if (pieces == Budget)
            {
                statistics.BudgetCuts++;
                CutAt(a, end);
                break;
            }

            pieces++;
            double b = stack[depth];
            if (!TryDecide(a, b, out stop))
            {
                stack[++depth] = 0.5 * (a + b);
                continue;
            }

            a = b;
            depth--;
        }

        statistics.Pieces += pieces;
        statistics.LargestPieces = Math.Max(statistics.LargestPieces, pieces);
    }

    private void CutAt(double proved, double end)
    {
        if (proved * Budget >= 1.0)
        {
            _cut = true;
            return;
        }

        NoteNotBounded(proved, end);
        SearchSamples(proved, end);
    }

    /// <summary>Looks at one piece.</summary>
    /// <param name="a">Its left end, already fed.</param>
    /// <param name="b">Its right end; fed if the piece is decided.</param>
    /// <param name="stop">Whether the search is over.</param>
    /// <returns>Whether the piece is decided; otherwise it is to be halved.</returns>
    private bool TryDecide(double a, double b, out bool stop)
    {
        double m = 0.5 * (a + b);
        double rho = Math.Max(m - a, b - m) * Ball.Up;
        if (_shape > GuardShape.Affine && !_isWhole && IsDecidedByOne(_shape, in _state) && HasTermBehind(m, rho))
        {
            stop = FeedAt(b, PieceProof.Below);
            return true;
        }

        PieceJet(m, rho, out Jet piece, out Jet point);
        if (piece.Slope.ExcludesZero)
        {
            stop = FeedAt(b, PieceProof.None);
            return true;
        }

        double lower = LowerBound(piece, point, rho);
        double upper = UpperBound(piece, point, rho);
        double low = _state.Side < 0 ? lower : -upper;
        double high = _state.Side < 0 ? upper : -lower;
        if (high < -_state.SettleThreshold)
        {
            NotePeak(a, b, high);
            stop = FeedAt(b, PieceProof.Below);
            return true;
        }

        if (low > _state.FlipThreshold)
        {
            stop = FeedAt(b, PieceProof.Above);
            return true;
        }

        double band = 4.0 * point.Value.Radius;
        if (band < double.PositiveInfinity && high <= _state.FlipThreshold + band && low >= -_state.SettleThreshold - band)
        {
            stop = FeedAt(b, PieceProof.None);
            return true;
        }

        bool concave = piece.HalfCurvature.Upper < 0.0;
        if (concave || piece.HalfCurvature.Lower > 0.0)
        {
            stop = SearchBent(a, b, concave);
            return true;
        }

        if (b - a <= _floor || !(m > a && m < b))
        {
            stop = DecideAtFloor(a, m, b, double.IsFinite(piece.Value.Radius));
            return true;
        }

        stop = false;
        return false;
    }

    /// <summary>Whether one affine term keeps the whole guard on its side over [m - rho, m + rho].</summary>
    private bool HasTermBehind(double m, double rho)
    {
        double settle = _state.SettleThreshold;
        for (int at = _at; at < _firstForm[_index + 1] * _stride; at += _stride)
        {
            Shift(ref _q[at], ref _w[at], _degree, m, rho, out Jet piece, out _);
            if (_state.Side < 0 ? piece.Value.Upper < -settle : piece.Value.Lower > settle)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A piece as narrow as time resolves: samples decide. Through a pole a change of sign is no event.</summary>
    private bool DecideAtFloor(double a, double m, double b, bool bounded)
    {
        _statistics[_index].FloorHits++;
        if (bounded)
        {
            return FeedAt(m, PieceProof.None) || FeedAt(b, PieceProof.None);
        }

        NoteNotBounded(a, b);
        Sample(b, out double g, out _);
        if (_invalid)
        {
            return true;
        }

        _state.Side = g >= 0.0 ? 1 : -1;
        _state.Settle();
        _open = false;
        _previous = b;
        _gPrevious = g;
        return false;
    }

    private static double UpperBound(in Jet piece, in Jet point, double rho)
    {
        double middle = point.Value.Upper;
        double mean = middle + (piece.Slope.Magnitude * rho * Ball.Up);
        double bend = Math.Max(piece.HalfCurvature.Upper, 0.0);
        double second = middle + (((point.Slope.Magnitude * rho) + (bend * rho * rho)) * Ball.Up);
        return Smallest(piece.Value.Upper, mean, second);
    }

    private static double LowerBound(in Jet piece, in Jet point, double rho)
    {
        double middle = point.Value.Lower;
        double mean = middle - (piece.Slope.Magnitude * rho * Ball.Up);
        double bend = Math.Min(piece.HalfCurvature.Lower, 0.0);
        double second = middle - (((point.Slope.Magnitude * rho) - (bend * rho * rho)) * Ball.Up);
        return -Smallest(-piece.Value.Lower, -mean, -second);
    }

    /// <summary>The smallest of those that are known: a bound that is NaN says nothing.</summary>
    private static double Smallest(double a, double b, double c)
    {
        double least = double.PositiveInfinity;
        least = a < least ? a : least;
        least = b < least ? b : least;
        return c < least ? c : least;
    }

    /// <summary>Decides a piece on which g is proved concave or convex: its ends and its single extremum.</summary>
    /// <remarks>
    /// p = g or -g is concave. The extremum is skipped where it cannot matter; otherwise the search for it stops at a
    /// witness, at a tangent bound, where the slope is inside its own error, or at the resolution of time. It never
    /// stops at a width relative to the piece: that would lose a pair of roots closer than this.
    /// </remarks>
    private bool SearchBent(double a, double b, bool concave)
    {
        double side = _state.Side < 0 ? 1.0 : -1.0;
        bool peak = concave == (side > 0.0);
        Sample(b, out double g, out double error);
        double flip = _state.FlipThreshold;
        double settle = _state.SettleThreshold;
        bool skip = peak ? side * g > flip + (4.0 * error) : !_state.Pending && !_state.Latched;
        if (skip)
        {
            return Feed(b, g, error, PieceProof.None);
        }

        _statistics[_index].Extrema++;
        double sign = peak ? side : -side;
        double witness = peak ? flip : settle;
        double l = a, r = b;
        PointJet(l, out Jet left);
        PointJet(r, out Jet right);
        for (int round = 0; round < 256; round++)
        {
            double w = r - l;
            double dl = sign > 0.0 ? left.Slope.Upper : -left.Slope.Lower;
            double dr = sign > 0.0 ? -right.Slope.Lower : right.Slope.Upper;
            if (dl <= 0.0 || dr <= 0.0)
            {
                break; // monotone: the ends decide
            }

            double pl = sign > 0.0 ? left.Value.Upper : -left.Value.Lower;
            double pr = sign > 0.0 ? right.Value.Upper : -right.Value.Lower;
            double x = ((pr - pl) + (dr * w)) / (dl + dr);
            x = x > 0.0 ? Math.Min(x, w) : 0.0;
            double bound = Math.Max(pl + (dl * x * Ball.Up), pr + (dr * (w - x) * Ball.Up));
            if (peak ? bound < -settle : bound < settle)
            {
                // A peak that stays below proves the piece; a trough that stays above cannot settle it.
                if (peak)
                {
                    NoteFar(side * g);
                    NotePeak(l, r, bound);
                }

                return Feed(b, g, error, peak ? PieceProof.Below : PieceProof.None);
            }

            if (w <= _floor)
            {
                break;
            }

            double at = (round % 3) switch
            {
                0 => l + (w * Fraction(sign * left.Slope.Centre, -sign * right.Slope.Centre)),
                1 => l + x,
                _ => l + (0.5 * w),
            };
            double inset = Math.Min(0.25 * w, _floor);
            at = Math.Min(Math.Max(at, l + inset), r - inset);
            PointJet(at, out Jet jet);
            double p = sign * jet.Value.Centre;
            double band = 4.0 * jet.Value.Radius;
            if (p > witness + band || !jet.Slope.ExcludesZero)
            {
                return FeedAt(at, PieceProof.None) || FeedAt(b, PieceProof.None);
            }

            if (sign * jet.Slope.Centre > 0.0)
            {
                l = at;
                left = jet;
            }
            else
            {
                r = at;
                right = jet;
            }
        }

        bool stop = (l > a && FeedAt(l, PieceProof.None)) || (r < b && FeedAt(r, PieceProof.None));
        return stop || Feed(b, g, error, PieceProof.None);
    }

    private static double Fraction(double fall, double rise)
    {
        double f = fall / (fall + rise);
        return f > 0.0 && f < 1.0 ? f : 0.5;
    }
}
