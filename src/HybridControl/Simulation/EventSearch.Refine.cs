using System.Runtime.CompilerServices;

namespace HybridControl.Simulation;

/// <content>The bracket of an event, narrowed to the tolerance.</content>
internal partial class EventSearch
{
    /// <summary>Narrows the bracket to the tolerance; its right end keeps the sign that fires.</summary>
    /// <remarks>
    /// An affine guard is a polynomial on the step, whose root is found and confirmed. Others, and where that fails: false
    /// position; when one end moves twice, the value at the other is scaled down as by N. Anderson and A. Bjorck,
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
        if (!_affine || !TryEncloseRoot(up, zero))
        {
            Enclose(up, zero);
            Polish(up);
        }

        if (_affine)
        {
            VerifyFormula(up, last);
        }

        // Half of tau before the root belongs to the bracket, however sharp it is: what happens there is the same instant.
        _left = Math.Max(Math.Min(_left, _right - (0.5 * _tolerance)), 0.0);
    }

    private void Enclose(bool up, double zero)
    {
        var secant = new Secant(_gLeft - zero, _gRight - zero);
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

    /// <summary>Encloses the root of a composed polynomial at once: Chebyshev's method, then a sample on each side.</summary>
    /// <returns>Whether the samples confirm it: the bracket is as narrow as the tolerance, its right end at the root.</returns>
    private bool TryEncloseRoot(bool up, double zero)
    {
        double x = RootOf(zero);
        if (!(x > _left && x < _right) || !TryDrawIn(up, x))
        {
            return false;
        }

        double before = x - (0.25 * _tolerance);
        if (before > _left)
        {
            double g = SampleValue(before);
            if (Fires(up, g, _level))
            {
                (_right, _gRight) = (before, g);
                return false;
            }

            (_left, _gLeft) = (before, g);
        }

        return _right - _left <= _tolerance;
    }

    /// <summary>The root inside the bracket to rounding, if the method converges there; nothing is proved of it.</summary>
    private double RootOf(double zero)
    {
        ref double c = ref _q[_at];
        double slope = Unsafe.Add(ref c, 1);
        if (_left != 0.0)
        {
            Taylor(ref c, _left, out _, out slope, out _);
        }

        double x = FirstGuess(_gLeft - zero, _gRight - zero, slope);
        for (int round = 0; round < 5; round++)
        {
            Taylor(ref c, x, out double g, out slope, out double bend);
            double inverse = 1.0 / slope;
            double step = (g - zero) * inverse;
            step += step * step * bend * inverse;
            x -= step;
            double size = Math.Abs(step);
            if (!(x > _left && x < _right) || size * Math.Min(size * size, 1e-4) <= 1e-3 * _tolerance)
            {
                break; // of third order: the next step would be as the cube of this one
            }
        }

        return x;
    }

    // The root of the parabola through both ends with the slope at the left one, else of their secant.
    private double FirstGuess(double left, double right, double slope)
    {
        double width = _right - _left;
        double b = slope * width;
        double a = right - left - b;
        double root = Math.Sqrt((b * b) - (4.0 * a * left));
        double x = -2.0 * left / (left < right ? b + root : b - root); // of the two, the one by which g leaves the side of the left end
        return _left + (width * (x > 0.0 && x < 1.0 ? x : left / (left - right)));
    }

    /// <summary>A composed polynomial at a point, its slope and half its curvature.</summary>
    private void Taylor(ref double c, double x, out double value, out double slope, out double bend)
    {
        if (_degree > Quartic)
        {
            Taylor(ref c, _degree, x, out value, out slope, out bend);
            return;
        }

        double c1 = Unsafe.Add(ref c, 1), c2 = Unsafe.Add(ref c, 2), c3 = Unsafe.Add(ref c, 3), c4 = Unsafe.Add(ref c, 4);
        value = c + (x * (c1 + (x * (c2 + (x * (c3 + (x * c4)))))));
        slope = c1 + (x * ((2.0 * c2) + (x * ((3.0 * c3) + (x * 4.0 * c4)))));
        bend = c2 + (x * ((3.0 * c3) + (x * 6.0 * c4)));
    }

    // Fused, which halves the wait from one coefficient to the next. What confirms a root is evaluated as the states are.
    private static void Taylor(ref double c, int degree, double x, out double value, out double slope, out double bend)
    {
        double a = Unsafe.Add(ref c, degree);
        double b = 0.0;
        double d = 0.0;
        for (int k = degree - 1; k >= 0; k--)
        {
            d = Math.FusedMultiplyAdd(d, x, b);
            b = Math.FusedMultiplyAdd(b, x, a);
            a = Math.FusedMultiplyAdd(a, x, Unsafe.Add(ref c, k));
        }

        (value, slope, bend) = (a, b, d);
    }

    // The heights that the next secant takes, and which end has moved last.
    private readonly record struct Secant(double Left, double Right, int Moved = 0);

    private static double ScaleAfter(double g, double before)
    {
        double scale = 1.0 - (g / before);
        return scale > 0.0 ? scale : 0.5;
    }

    /// <summary>Draws the right end in to the secant's root.</summary>
    private void Polish(bool up)
    {
        double zero = up ? _level : -_level;
        TryDrawIn(up, _left + ((_right - _left) * ((_gLeft - zero) / (_gLeft - _gRight))));
    }

    /// <summary>Draws the right end in to a few units in the last place beyond a root: tau late is tau deep.</summary>
    private bool TryDrawIn(bool up, double root)
    {
        for (double margin = 0.25 * _floor; margin <= 4.0 * _floor; margin *= 4.0)
        {
            double x = root + margin;
            if (!(x > _left && x < _right))
            {
                return false;
            }

            double g = SampleValue(x);
            if (Fires(up, g, _level))
            {
                _right = x;
                _gRight = g;
                return true;
            }
        }

        return false;
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
    }
}
