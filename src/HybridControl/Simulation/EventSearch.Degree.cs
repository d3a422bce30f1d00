using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HybridControl.Numerics;
using AffineTerm = HybridControl.Simulation.BoundGuards.AffineTerm;

namespace HybridControl.Simulation;

/// <content>Polynomials: quartics in locals, higher degrees in loops.</content>
/// <remarks>
/// The rounding of a formula grows with its degree n: Horner's scheme errs by (n + 1/2) eps of the sum of |c_k| theta^k, a Taylor
/// shift by as much, the sums of a radius by n eps of themselves. The widening of eight eps is enough to n = 4; each degree
/// above adds one eps, and radii are rounded up by <see cref="LongUp"/>.
/// </remarks>
internal partial class EventSearch
{
    /// <summary>The highest degree of a dense output.</summary>
    public const int MostDegree = 12;

    /// <summary>The degree up to which polynomials are held in locals; lower ones are padded with zeros.</summary>
    private const int Quartic = 4;

    /// <summary>How many coefficients are composed at a time; long polynomials are padded with zeros to a multiple of it.</summary>
    private const int Lanes = 4;

    private const double LongUp = 1.0 + (32.0 * Ball.Epsilon);

    /// <summary>By how much theta^k leaves the chord of its ends at most, (k - 1) k^(-k / (k - 1)), rounded up.</summary>
    private static readonly double[] Bows = [.. Enumerable.Range(0, MostDegree + Lanes).Select(
        k => k is < 2 or > MostDegree ? 0.0 : (k - 1) * Math.Pow(k, -k / (k - 1.0)) * (1.0 + 1e-14))];

    /// <summary>By how much the rounding of a degree exceeds that of a quartic, as a factor.</summary>
    private static readonly double[] Scales = [.. Enumerable.Range(0, MostDegree + 1).Select(degree => WideningOf(degree) / Ball.Widening)];

    /// <summary>1 / C(n, k) at [n][k].</summary>
    private static readonly double[][] InverseBinomials = [.. Enumerable.Range(0, MostDegree + 1).Select(InverseBinomialsOf)];

    private static readonly Vector256<double> AllButFirst = Vector256.Create(0L, -1L, -1L, -1L).AsDouble();

    private readonly int _stride;
    private int _degree; // of the present step

    private static double[] InverseBinomialsOf(int n)
    {
        double[] row = new double[n + 1];
        double binomial = 1.0;
        for (int k = 0; k <= n; k++)
        {
            row[k] = 1.0 / binomial;
            binomial = binomial * (n - k) / (k + 1);
        }

        return row;
    }

    private static int StrideOf(int degree)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(degree, MostDegree);
        return degree <= Quartic ? Quartic + 1 : (degree + Lanes) / Lanes * Lanes;
    }

    /// <summary>The relative rounding of each term of a polynomial, once it is evaluated.</summary>
    internal static double WideningOf(int degree) => Ball.Widening + ((Math.Max(degree, Quartic) - Quartic) * Ball.Epsilon);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Horner(ref double c, double theta) =>
        _degree <= Quartic ? HornerOfQuartic(ref c, theta) : HornerOfAny(ref c, _degree, theta);

    private static double HornerOfQuartic(ref double c, double theta) =>
        c + (theta * (Unsafe.Add(ref c, 1) + (theta * (Unsafe.Add(ref c, 2) +
            (theta * (Unsafe.Add(ref c, 3) + (theta * Unsafe.Add(ref c, 4))))))));

    // The ends of a step are looked at most: there it is the first coefficient, and the sum of all.
    private static double HornerOfAny(ref double c, int degree, double theta)
    {
        if (theta == 0.0)
        {
            return c;
        }

        if (theta == 1.0)
        {
            return SumOf(ref c, degree);
        }

        double value = Unsafe.Add(ref c, degree);
        for (int k = degree - 1; k >= 0; k--)
        {
            value = (value * theta) + Unsafe.Add(ref c, k);
        }

        return value;
    }

    private static double SumOf(ref double c, int degree)
    {
        double sum = Unsafe.Add(ref c, degree);
        for (int k = degree - 1; k >= 0; k--)
        {
            sum += Unsafe.Add(ref c, k);
        }

        return sum;
    }

    private double HornerOfSizes(ref double c, double theta)
    {
        if (_degree <= Quartic)
        {
            return Math.Abs(c) + (theta * (Math.Abs(Unsafe.Add(ref c, 1)) + (theta * (Math.Abs(Unsafe.Add(ref c, 2)) +
                (theta * (Math.Abs(Unsafe.Add(ref c, 3)) + (theta * Math.Abs(Unsafe.Add(ref c, 4)))))))));
        }

        double value = Math.Abs(Unsafe.Add(ref c, _degree));
        for (int k = _degree - 1; k >= 0; k--)
        {
            value = (value * theta) + Math.Abs(Unsafe.Add(ref c, k));
        }

        return value;
    }

    /// <summary>A state over the whole step: chord and greatest distance from it.</summary>
    private Ball EncloseLong(ref double c)
    {
        double rise = 0.0;
        double r = 0.0;
        double size = Math.Abs(c);
        for (int k = 1; k <= _degree; k++)
        {
            double ck = Unsafe.Add(ref c, k);
            double a = Math.Abs(ck);
            rise += ck;
            r += Bows[k] * a;
            size += a;
        }

        double half = 0.5 * rise;
        return new(c + half, ((Math.Abs(half) + r + (WideningOf(_degree) * size)) * LongUp) + Ball.Tiny);
    }

    /// <summary>Composes an affine form of states of any degree; see <see cref="ComposeOrDismiss"/>.</summary>
    /// <remarks>Four coefficients at a time. Sums are folded in one order, whatever the machine: halves first, then neighbours.</remarks>
    private bool ComposeOrDismissLong(int form, in GuardState state)
    {
        ref double q = ref _q[form * _stride];
        ref double w = ref _w[form * _stride];
        ref double bows = ref First(Bows);
        ref AffineTerm first = ref _terms[_firstTerm[form]];
        ref AffineTerm time = ref Unsafe.Add(ref first, 1);
        int terms = _firstTerm[form + 1] - _firstTerm[form];
        var scale = Vector256.Create(Scales[_degree]);
        var a = Vector256.Create(first.Coefficient + (time.Coefficient * _t0), time.Coefficient * _h, 0.0, 0.0);
        var b = Vector256.Create(first.Weight + (time.Weight * Math.Abs(_t0)), time.Weight * _h, 0.0, 0.0);
        Vector256<double> rises = Vector256<double>.Zero;
        Vector256<double> radii = Vector256<double>.Zero;
        for (int k = 0; k <= _degree; k += Lanes)
        {
            for (int i = 2; i < terms; i++)
            {
                ref AffineTerm term = ref Unsafe.Add(ref first, i);
                Vector256<double> c = Vector256.LoadUnsafe(ref _c[(term.State * _stride) + k]);
                a += c * term.Coefficient;
                b += Vector256.Abs(c) * term.Weight;
            }

            b *= scale;
            a.StoreUnsafe(ref q, (nuint)k);
            b.StoreUnsafe(ref w, (nuint)k);
            rises += k == 0 ? a & AllButFirst : a;
            radii += (Vector256.LoadUnsafe(ref bows, (nuint)k) * Vector256.Abs(a)) + b;
            a = b = Vector256<double>.Zero;
        }

        w += Ball.Tiny;
        _composedIn[form] = _composition;
        double half = 0.5 * Fold(rises);
        return IsBehind(q + half, (Math.Abs(half) + Fold(radii) + Ball.Tiny) * LongUp, in state);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Fold(Vector256<double> terms)
    {
        Vector128<double> pair = terms.GetLower() + terms.GetUpper();
        return pair.GetElement(0) + pair.GetElement(1);
    }

    /// <summary>The signs of g' and g'' over the step from their Bernstein coefficients: see <see cref="TryDecideAffine"/>.</summary>
    private void BoundSlopeAndBend(out int slope, out int bend)
    {
        ref double q = ref _q[_at];
        ref double w = ref _w[_at];
        bend = 0;
        slope = SignOfSlope(ref q, ref w);
        if (slope != 0)
        {
            return;
        }

        Span<double> first = stackalloc double[_degree];
        Span<double> second = stackalloc double[_degree - 1];
        double slopeError = 0.0;
        double bendError = 0.0;
        for (int k = 1; k <= _degree; k++)
        {
            first[k - 1] = k * Unsafe.Add(ref q, k);
            slopeError += k * Unsafe.Add(ref w, k);
            if (k > 1)
            {
                second[k - 2] = k * (k - 1) * Unsafe.Add(ref q, k);
                bendError += k * (k - 1) * Unsafe.Add(ref w, k);
            }
        }

        slope = SignOf(first, slopeError * LongUp);
        bend = slope != 0 ? 0 : SignOf(second, bendError * LongUp);
    }

    // The slope at the start outweighs whatever bends it the other way: most steps of a smooth flow need no more.
    private int SignOfSlope(ref double q, ref double w)
    {
        double sign = Unsafe.Add(ref q, 1) < 0.0 ? -1.0 : 1.0;
        double least = sign * Unsafe.Add(ref q, 1);
        double error = Unsafe.Add(ref w, 1);
        for (int k = 2; k <= _degree; k++)
        {
            least += Math.Min(sign * k * Unsafe.Add(ref q, k), 0.0);
            error += k * Unsafe.Add(ref w, k);
        }

        return least > error * LongUp ? (int)sign : 0;
    }

    // With a_k = c_k / C(n, k), coefficient i is the sum of C(i, k) a_k: sums of neighbours, n times.
    private static int SignOf(Span<double> c, double error)
    {
        int n = c.Length - 1;
        double[] inverse = InverseBinomials[n];
        for (int k = 0; k <= n; k++)
        {
            c[k] *= inverse[k];
        }

        for (int level = 1; level <= n; level++)
        {
            for (int i = n; i >= level; i--)
            {
                c[i] += c[i - 1];
            }
        }

        bool above = true;
        bool below = true;
        foreach (double value in c)
        {
            above &= value > error;
            below &= value < -error;
        }

        return above ? 1 : below ? -1 : 0;
    }

    /// <summary>The Taylor coefficients of a polynomial at m, and the ranges of its first three over [m - rho, m + rho].</summary>
    /// <param name="c">Power coefficients; at least five, zeros above the degree.</param>
    /// <param name="w">What each of them errs by, rounding of the evaluation included.</param>
    /// <param name="degree">Degree, 12 at most.</param>
    /// <param name="m">The middle.</param>
    /// <param name="rho">Half width.</param>
    /// <param name="piece">g, g' and g''/2 over the range.</param>
    /// <param name="point">g, g' and g''/2 at the middle.</param>
    internal static void Shift(ref double c, ref double w, int degree, double m, double rho, out Jet piece, out Jet point)
    {
        if (degree <= Quartic)
        {
            ShiftQuartic(ref c, ref w, m, rho, out piece, out point);
            return;
        }

        Span<double> q = stackalloc double[degree + 1];
        Span<double> e = stackalloc double[degree + 1];
        for (int k = 0; k <= degree; k++)
        {
            q[k] = Unsafe.Add(ref c, k);
            e[k] = Unsafe.Add(ref w, k);
        }

        int last = rho > 0.0 ? degree - 1 : 2;
        for (int k = 0; k <= last; k++)
        {
            for (int i = degree - 1; i >= k; i--)
            {
                q[i] += m * q[i + 1];
                e[i] += m * e[i + 1];
            }
        }

        for (int k = 0; k <= degree; k++)
        {
            e[k] = (e[k] * LongUp) + Ball.Tiny;
        }

        point = new(new(q[0], e[0]), new(q[1], e[1]), new(q[2], e[2]));
        double value = 0.0, slope = 0.0, bend = 0.0;
        for (int k = degree; k > 0 && rho > 0.0; k--)
        {
            double a = Math.Abs(q[k]) + e[k];
            value = rho * (a + value);
            slope = k > 1 ? rho * ((k * a) + slope) : slope;
            bend = k > 2 ? rho * ((0.5 * k * (k - 1) * a) + bend) : bend;
        }

        piece = new(
            new(q[0], (e[0] + value) * LongUp), new(q[1], (e[1] + slope) * LongUp), new(q[2], (e[2] + bend) * LongUp));
    }

    /// <summary>The Taylor coefficients of a quartic at m, and the ranges of its first three over [m - rho, m + rho].</summary>
    private static void ShiftQuartic(ref double c, ref double w, double m, double rho, out Jet piece, out Jet point)
    {
        double c1 = Unsafe.Add(ref c, 1);
        double c2 = Unsafe.Add(ref c, 2);
        double c3 = Unsafe.Add(ref c, 3);
        double c4 = Unsafe.Add(ref c, 4);
        double w1 = Unsafe.Add(ref w, 1);
        double w2 = Unsafe.Add(ref w, 2);
        double w3 = Unsafe.Add(ref w, 3);
        double w4 = Unsafe.Add(ref w, 4);
        double q0 = HornerOfQuartic(ref c, m);
        double q1 = c1 + (m * ((2.0 * c2) + (m * ((3.0 * c3) + (m * 4.0 * c4)))));
        double q2 = c2 + (m * ((3.0 * c3) + (m * 6.0 * c4)));
        double q3 = c3 + (m * 4.0 * c4);
        double e0 = (HornerOfQuartic(ref w, m) * Ball.Up) + Ball.Tiny;
        double e1 = ((w1 + (m * ((2.0 * w2) + (m * ((3.0 * w3) + (m * 4.0 * w4)))))) * Ball.Up) + Ball.Tiny;
        double e2 = ((w2 + (m * ((3.0 * w3) + (m * 6.0 * w4)))) * Ball.Up) + Ball.Tiny;
        point = new(new(q0, e0), new(q1, e1), new(q2, e2));
        double a1 = Math.Abs(q1) + e1;
        double a2 = Math.Abs(q2) + e2;
        double a3 = Math.Abs(q3) + w3 + (m * 4.0 * w4);
        double a4 = Math.Abs(c4) + w4;
        piece = new(
            new(q0, (e0 + (rho * (a1 + (rho * (a2 + (rho * (a3 + (rho * a4)))))))) * Ball.Up),
            new(q1, (e1 + (rho * ((2.0 * a2) + (rho * ((3.0 * a3) + (rho * 4.0 * a4)))))) * Ball.Up),
            new(q2, (e2 + (rho * ((3.0 * a3) + (rho * 6.0 * a4)))) * Ball.Up));
    }
}
