using System.Runtime.CompilerServices;

namespace HybridControl.Simulation;

/// <content>The bracket of an event, narrowed to the tolerance.</content>
internal partial class EventSearch
{
    /// <summary>Narrows the bracket to the tolerance; its right end keeps the sign that fires.</summary>
    /// <remarks>
    /// False position; when one end moves twice, the value at the other is scaled down as by N. Anderson and A. Bjorck,
    /// BIT 13 (1973), 253-264. Bisection when three rounds have not halved the bracket. Samples
    /// stay 0.49 tau away from the ends, so that both of them move, and aim 0.25 tau beside the estimated root, so that
    /// in the end both are clearly off it: brackets of simultaneous guards then overlap, whatever the rounding.
    /// </remarks>
    private void Refine(bool up)
    {
        if (Fires(up, _gLeft, _level))
        {
            _right = _left;
            _gRight = _gLeft;
            return;
        }

        _statistics[_index].Roots++;
        double last = _right;
        double zero = up ? _level : -_level;
        var secant = new Secant(_gLeft - zero, _gRight - zero);
        if (_affine && _degree <= Quartic)
        {
            RefineQuartic(up, zero, ref secant);
        }

        double inset = 0.49 * _tolerance;
        double width = _right - _left;
        double goal = double.PositiveInfinity;
        for (int round = 0; width > _tolerance && round < 200; round++)
        {
            bool slow = false;
            if (round % 3 == 0)
            {
                slow = width > goal;
                goal = 0.5 * width;
            }

            double aside = secant.Moved < 0 ? 0.25 * _tolerance : -0.25 * _tolerance;
            double x = _left + (slow ? 0.5 * width : (width * (secant.Left / (secant.Left - secant.Right))) + aside);
            x = Math.Min(Math.Max(x, _left + inset), _right - inset);
            if (!(x > _left && x < _right))
            {
                break;
            }

            Narrow(up, x, zero, ref secant);
            width = _right - _left;
        }

        Polish(up);
        if (_affine)
        {
            VerifyFormula(up, last);
        }

        // Half of tau before the root belongs to the bracket, however sharp it is: what happens there is the same instant.
        _left = Math.Max(Math.Min(_left, _right - (0.5 * _tolerance)), 0.0);
    }

    /// <summary>Moves an end of the bracket to a point inside it.</summary>
    private void Narrow(bool up, double x, double zero, ref Secant secant)
    {
        double g = SampleValue(x);
        _invalid |= !double.IsFinite(g);
        double height = g - zero;
        if (Fires(up, g, _level))
        {
            secant = new(secant.Moved > 0 ? secant.Left * ScaleAfter(height, secant.Right) : _gLeft - zero, height, 1);
            (_right, _gRight) = (x, g);
        }
        else
        {
            secant = new(height, secant.Moved < 0 ? secant.Right * ScaleAfter(height, secant.Left) : _gRight - zero, -1);
            (_left, _gLeft) = (x, g);
        }
    }

    /// <summary>Encloses the root of a composed quartic at once: Chebyshev's method, then a sample on each side.</summary>
    private void RefineQuartic(bool up, double zero, ref Secant secant)
    {
        ref double c = ref _q[_at];
        double c1 = Unsafe.Add(ref c, 1), c2 = Unsafe.Add(ref c, 2), c3 = Unsafe.Add(ref c, 3), c4 = Unsafe.Add(ref c, 4);
        double x = _left + ((_right - _left) * (secant.Left / (secant.Left - secant.Right)));
        for (int round = 0; round < 4; round++)
        {
            double g = c - zero + (x * (c1 + (x * (c2 + (x * (c3 + (x * c4)))))));
            double inverse = 1.0 / (c1 + (x * ((2.0 * c2) + (x * ((3.0 * c3) + (x * 4.0 * c4))))));
            double bend = c2 + (x * ((3.0 * c3) + (x * 6.0 * c4)));
            double step = g * inverse;
            step += step * step * bend * inverse;
            x -= step;
            if (!(x > _left && x < _right))
            {
                return;
            }

            if (Math.Abs(step) <= 0.01 * _tolerance)
            {
                break;
            }
        }

        double beyond = x + (0.25 * _tolerance);
        if (beyond < _right)
        {
            Narrow(up, beyond, zero, ref secant);
        }

        double before = x - (0.25 * _tolerance);
        if (before > _left && before < _right)
        {
            Narrow(up, before, zero, ref secant);
        }
    }

    // The heights that the next secant takes, and which end has moved last.
    private readonly record struct Secant(double Left, double Right, int Moved = 0);

    private static double ScaleAfter(double g, double before)
    {
        double scale = 1.0 - (g / before);
        return scale > 0.0 ? scale : 0.5;
    }

    /// <summary>Draws the right end in to a few units in the last place beyond the secant's root: tau late is tau deep.</summary>
    private void Polish(bool up)
    {
        double zero = up ? _level : -_level;
        double root = _left + ((_right - _left) * ((_gLeft - zero) / (_gLeft - _gRight)));
        for (double margin = 0.25 * _floor; margin <= 4.0 * _floor; margin *= 4.0)
        {
            double x = root + margin;
            if (!(x > _left && x < _right))
            {
                return;
            }

            double g = SampleValue(x);
            if (Fires(up, g, _level))
            {
                _right = x;
                _gRight = g;
                return;
            }
        }
    }

    /// <summary>
    /// The composed polynomial and the formula differ by rounding: moves right until the formula has the sign too, in steps
    /// that double, then back by halves. On a shallow slope that is further than tau.
    /// </summary>
    private void VerifyFormula(bool up, double last)
    {
        double x = _right;
        double g = SampleFormula(x);
        double step = 0.5 * _floor;
        double behind = _left;
        while (!Fires(up, g, _level) && x < last)
        {
            behind = x;
            x = Math.Min(x + step, last);
            step *= 2.0;
            g = SampleFormula(x);
        }

        if (!Fires(up, g, _level))
        {
            return;
        }

        (_right, _gRight) = (x, g);
        while (behind > _left && _right - behind > _tolerance)
        {
            x = 0.5 * (behind + _right);
            g = SampleFormula(x);
            if (Fires(up, g, _level))
            {
                (_right, _gRight) = (x, g);
            }
            else
            {
                behind = x;
            }
        }

        _left = behind;
        _gLeft = SampleFormula(behind);
    }
}
