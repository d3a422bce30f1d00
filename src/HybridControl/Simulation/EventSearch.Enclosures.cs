using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridControl.Numerics;
using AffineTerm = HybridControl.Simulation.BoundGuards.AffineTerm;

namespace HybridControl.Simulation;

/// <content>Enclosures of states and guards over the step, a piece and a point.</content>
internal partial class EventSearch
{
    // The distance of theta^k from the chord of its ends is at most 1/4, 2/(3 sqrt 3), 3/4^(4/3) for k = 2, 3, 4.
    private const double Bow2 = 0.25;
    private const double Bow3 = 0.38490018;
    private const double Bow4 = 0.47247040;

    private double[] _q = []; // the composed polynomial of each form
    private double[] _w = []; // and its rounding
    private long[] _composedIn = []; // for each form, for which step and data that was
    private long _composition; // what that is now

    private GuardFunction _guard = null!;
    private int _index;
    private GuardShape _shape;
    private bool _affine;
    private bool _isWhole;
    private int _at; // where the composed polynomial of an affine guard starts

    /// <summary>The first entry; of an empty array, a reference that is never read.</summary>
    private static ref T First<T>(T[] array) => ref MemoryMarshal.GetArrayDataReference(array);

    /// <summary>Rounding that formula bounds cannot give, at poles of a slope: that of the value alone.</summary>
    private static double KnownError(double g, double error) =>
        error < double.PositiveInfinity ? error : Ball.Widening * Math.Abs(g);

    /// <summary>Whether an affine form is proved to stay on its side over the step, from the ranges of its states alone.</summary>
    private bool IsFar(int form, in GuardState state)
    {
        EncloseStep();
        ref AffineTerm term = ref _terms[_firstTerm[form]];
        int states = _firstTerm[form + 1] - _firstTerm[form] - 2;
        double c = term.Coefficient;
        double r = term.Weight + Ball.Tiny;
        term = ref Unsafe.Add(ref term, 1);
        double half = 0.5 * _h;
        double middle = _t0 + half;
        c += term.Coefficient * middle;
        r += (term.Size * half) + (term.Weight * Math.Abs(middle));
        ref Ball ball = ref First(_stepBalls);
        for (int k = 0; k < states; k++)
        {
            term = ref Unsafe.Add(ref term, 1);
            Ball x = Unsafe.Add(ref ball, term.State);
            c += term.Coefficient * x.Centre;
            r += (term.Size * x.Radius) + (term.Weight * Math.Abs(x.Centre));
        }

        r *= Ball.Up;
        return state.Side < 0 ? c + r < -state.FallThreshold : state.Side > 0 && c - r > state.RiseThreshold;
    }

    // Where no state serves several forms, the polynomial tells more for the same price.
    private bool TryDismissByForm(int form, in GuardState state) =>
        (_guards.SharesStates && IsFar(form, in state)) || ComposeOrDismiss(form, in state);

    /// <summary>
    /// Composes an affine form into one polynomial g = sum of q_k theta^k, whose evaluation errs by at most the sum of
    /// w_k theta^k, and bounds it over the step. The polynomial is kept unless the bound dismisses it.
    /// </summary>
    private bool ComposeOrDismiss(int form, in GuardState state)
    {
        if (_degree > Quartic)
        {
            return ComposeOrDismissLong(form, in state);
        }

        ref AffineTerm term = ref _terms[_firstTerm[form]];
        int states = _firstTerm[form + 1] - _firstTerm[form] - 2;
        double q0 = term.Coefficient;
        double w0 = term.Weight + Ball.Tiny;
        term = ref Unsafe.Add(ref term, 1);
        q0 += term.Coefficient * _t0;
        w0 += term.Weight * Math.Abs(_t0);
        double q1 = term.Coefficient * _h;
        double w1 = term.Weight * _h;
        double q2 = 0.0, q3 = 0.0, q4 = 0.0;
        double w2 = 0.0, w3 = 0.0, w4 = 0.0;
        for (int k = 0; k < states; k++)
        {
            term = ref Unsafe.Add(ref term, 1);
            ref double c = ref _c[term.State * _stride];
            double a = term.Coefficient;
            double b = term.Weight;
            double c1 = Unsafe.Add(ref c, 1);
            double c2 = Unsafe.Add(ref c, 2);
            double c3 = Unsafe.Add(ref c, 3);
            double c4 = Unsafe.Add(ref c, 4);
            q0 += a * c;
            q1 += a * c1;
            q2 += a * c2;
            q3 += a * c3;
            q4 += a * c4;
            w0 += b * Math.Abs(c);
            w1 += b * Math.Abs(c1);
            w2 += b * Math.Abs(c2);
            w3 += b * Math.Abs(c3);
            w4 += b * Math.Abs(c4);
        }

        double half = 0.5 * (q1 + q2 + q3 + q4);
        double r = Math.Abs(half) + (Bow2 * Math.Abs(q2)) + (Bow3 * Math.Abs(q3)) + (Bow4 * Math.Abs(q4)) +
            (w0 + w1 + w2 + w3 + w4);
        double middle = q0 + half;
        if (IsBehind(middle, r * Ball.Up, in state))
        {
            return true;
        }

        ref double q = ref _q[form * _stride];
        ref double w = ref _w[form * _stride];
        q = q0;
        Unsafe.Add(ref q, 1) = q1;
        Unsafe.Add(ref q, 2) = q2;
        Unsafe.Add(ref q, 3) = q3;
        Unsafe.Add(ref q, 4) = q4;
        _composedIn[form] = _composition;
        w = w0;
        Unsafe.Add(ref w, 1) = w1;
        Unsafe.Add(ref w, 2) = w2;
        Unsafe.Add(ref w, 3) = w3;
        Unsafe.Add(ref w, 4) = w4;
        return false;
    }

    /// <summary>Whether a guard within [middle - r, middle + r] stays on its side, and not by a near miss.</summary>
    private static bool IsBehind(double middle, double r, in GuardState state)
    {
        if (state.Side < 0 ? middle + r < -state.FallThreshold : state.Side > 0 && middle - r > state.RiseThreshold)
        {
            double margin = state.Side < 0 ? -middle - r : middle - r;
            return margin > NearShare * r;
        }

        return false;
    }

    /// <summary>Takes one guard for the methods below.</summary>
    private void Select(int guard)
    {
        _guard = _set[guard];
        _index = guard;
        _shape = _set.Shapes[guard];
        _affine = _shape == GuardShape.Affine;
        _isWhole = _shape > GuardShape.Affine && _guard.Parts.IsWhole;
        _at = _firstForm[guard] * _stride;
        for (int form = _firstForm[guard]; form < _firstForm[guard + 1]; form++)
        {
            if (_composedIn[form] != _composition)
            {
                ComposeOrDismiss(form, default); // a state without a side dismisses nothing
            }
        }
    }

    /// <summary>The first test: one enclosure over the whole step.</summary>
    protected virtual bool TryDismiss(int guard, ref GuardState state, EventDirections wanted)
    {
        GuardShape shape = _set.Shapes[guard];
        bool dismissed = shape switch
        {
            GuardShape.Affine => TryDismissByForm(_firstForm[guard], in state),
            GuardShape.General => TryDismissByBall(guard, in state),
            _ => TryDismissByParts(guard, shape, in state),
        };
        if (!dismissed)
        {
            return false;
        }

        if (state.Pending)
        {
            if ((wanted & EventDirections.Touch) != 0)
            {
                return false;
            }

            AddTouch(guard, 0.0);
        }

        state.Settle();
        _statistics[guard].Dismissed++;
        return true;
    }

    // A term of a conjunction that is disabled is enough, and so is a term of a disjunction that is enabled; on the other
    // side it takes all of them.
    private bool TryDismissByParts(int guard, GuardShape shape, in GuardState state)
    {
        bool one = IsDecidedByOne(shape, in state);
        bool whole = _set[guard].Parts.IsWhole;
        if (one || whole)
        {
            for (int form = _firstForm[guard]; form < _firstForm[guard + 1]; form++)
            {
                if (TryDismissByForm(form, in state) == one)
                {
                    return one;
                }
            }

            if (whole)
            {
                return !one;
            }
        }

        return TryDismissByBall(guard, in state);
    }

    private static bool IsDecidedByOne(GuardShape shape, in GuardState state) =>
        shape == (state.Side < 0 ? GuardShape.Minimum : GuardShape.Maximum);

    private bool TryDismissByBall(int guard, in GuardState state)
    {
        GuardFunction function = _set[guard];
        if (!function.IsBounded)
        {
            return false;
        }

        if (function.IsPartial && !IsNumberAtEnd(function))
        {
            return false;
        }

        EncloseStep();
        double middle = _t0 + (0.5 * _h);
        Ball time = new(middle, ((0.5 * _h) + (Ball.Widening * (Math.Abs(_t0) + _h))) * Ball.Up);
        Ball g = function.Evaluate(time, ref First(_stepBalls), ref First(_data));
        return state.Side < 0 ? g.Upper < -state.FallThreshold : g.Lower > state.RiseThreshold;
    }

    // An enclosure says nothing about points where there is no number: a step that ends at one must be looked at.
    private bool IsNumberAtEnd(GuardFunction function)
    {
        foreach (int i in function.States ?? _set.States)
        {
            _x[i] = Horner(ref _c[i * _stride], 1.0);
        }

        return double.IsFinite(function.Evaluate(_t0 + _h, ref First(_x), ref First(_data)));
    }

    /// <summary>The states over the whole step: chord and greatest distance from it.</summary>
    private void EncloseStep()
    {
        if (_haveStepBalls)
        {
            return;
        }

        _haveStepBalls = true;
        foreach (int i in _set.States)
        {
            ref double c = ref _c[i * _stride];
            if (_degree > Quartic)
            {
                _stepBalls[i] = EncloseLong(ref c);
                continue;
            }

            double c1 = Unsafe.Add(ref c, 1);
            double c2 = Unsafe.Add(ref c, 2);
            double c3 = Unsafe.Add(ref c, 3);
            double c4 = Unsafe.Add(ref c, 4);
            double half = 0.5 * (c1 + c2 + c3 + c4);
            double a2 = Math.Abs(c2);
            double a3 = Math.Abs(c3);
            double a4 = Math.Abs(c4);
            double rounding = Ball.Widening * (Math.Abs(c) + Math.Abs(c1) + a2 + a3 + a4);
            double r = Math.Abs(half) + (Bow2 * a2) + (Bow3 * a3) + (Bow4 * a4) + rounding;
            _stepBalls[i] = new(c + half, (r * Ball.Up) + Ball.Tiny);
        }
    }

    private double TimeAt(double theta) => _t0 + (_h * theta);

    /// <summary>A guard at given states, with the data last bound.</summary>
    protected double ValueOf(int guard, double time, ReadOnlySpan<double> states) =>
        _set[guard].Evaluate(time, ref MemoryMarshal.GetReference(states), ref First(_data));

    /// <summary>g at a point, on doubles.</summary>
    private double SampleValue(double theta)
    {
        if (_affine)
        {
            return Horner(ref _q[_at], theta);
        }

        return SampleFormula(theta);
    }

    /// <summary>g at a point as its formula stands.</summary>
    private double SampleFormula(double theta)
    {
        foreach (int i in _guard.States ?? _set.States)
        {
            _x[i] = Horner(ref _c[i * _stride], theta);
        }

        return _guard.Evaluate(TimeAt(theta), ref First(_x), ref First(_data));
    }

    /// <summary>g and its rounding error E at a point; notes where g is no number.</summary>
    private void Sample(double theta, out double g, out double error)
    {
        g = SampleValue(theta);
        if (_affine)
        {
            error = (Horner(ref _w[_at], theta) * Ball.Up) + Ball.Tiny;
        }
        else if (_guard.IsBounded)
        {
            double widening = WideningOf(_degree);
            foreach (int i in _guard.States ?? _set.States)
            {
                ref double c = ref _c[i * _stride];
                double size = HornerOfSizes(ref c, theta);
                _pointBalls[i] = new(Horner(ref c, theta), (widening * size) + Ball.Tiny);
            }

            double t = TimeAt(theta);
            Ball time = new(t, Ball.Widening * (Math.Abs(_t0) + (_h * theta)));
            error = KnownError(g, _guard.Evaluate(time, ref First(_pointBalls), ref First(_data)).Radius);
        }
        else
        {
            error = Ball.Widening * Math.Max(Math.Abs(g), _scale);
        }

        _invalid |= !double.IsFinite(g);
    }

    /// <summary>Jets of the guard at a point.</summary>
    private void PointJet(double theta, out Jet point) => PieceJet(theta, 0.0, out _, out point, wide: false);

    /// <summary>Jets of the guard over [m - rho, m + rho] and at m.</summary>
    private void PieceJet(double m, double rho, out Jet piece, out Jet point, bool wide = true)
    {
        if (_affine)
        {
            Shift(ref _q[_at], ref _w[_at], _degree, m, rho, out piece, out point);
            return;
        }

        if (_isWhole)
        {
            ShiftTerms(m, rho, out piece, out point);
            return;
        }

        double widening = WideningOf(_degree);
        ref double w = ref First(_weights);
        foreach (int i in _guard.States ?? _set.States)
        {
            ref double c = ref _c[i * _stride];
            for (int k = 0; k < _weights.Length; k++)
            {
                Unsafe.Add(ref w, k) = widening * Math.Abs(Unsafe.Add(ref c, k));
            }

            Shift(ref c, ref w, _degree, m, rho, out _pieceJets[i], out _pointJets[i]);
        }

        double t = TimeAt(m);
        double rounding = Ball.Widening * (Math.Abs(_t0) + (_h * m));
        Jet time = new(new(t, rounding), Ball.Constant(_h), default);
        point = _guard.Evaluate(time, ref First(_pointJets), ref First(_data));
        piece = point;
        if (wide)
        {
            time = time with { Value = new(t, ((_h * rho) + rounding) * Ball.Up) };
            piece = _guard.Evaluate(time, ref First(_pieceJets), ref First(_data));
        }
    }

    /// <summary>The jets of a conjunction or disjunction of affine terms only.</summary>
    private void ShiftTerms(double m, double rho, out Jet piece, out Jet point)
    {
        Shift(ref _q[_at], ref _w[_at], _degree, m, rho, out piece, out point);
        for (int at = _at + _stride; at < _firstForm[_index + 1] * _stride; at += _stride)
        {
            Shift(ref _q[at], ref _w[at], _degree, m, rho, out Jet pieceOfTerm, out Jet pointOfTerm);
            bool least = _shape == GuardShape.Minimum;
            piece = least ? Jet.Min(piece, pieceOfTerm) : Jet.Max(piece, pieceOfTerm);
            point = least ? Jet.Min(point, pointOfTerm) : Jet.Max(point, pointOfTerm);
        }
    }
}
