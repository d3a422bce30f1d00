using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

/// <summary>Curves against an independent evaluation in the Hermite basis, their shape, and their enclosures.</summary>
public class LookupCurveTests
{
    private static readonly Extrapolation[] Policies = [Extrapolation.Hold, Extrapolation.Linear, Extrapolation.Error];

    [Test]
    public void Cubic_slopes_are_weighted_harmonic_means_inside_and_held_parabolas_at_the_ends()
    {
        // Spacing 1, 2, 1; secants 1, 0.5, 3; the formulas evaluated by hand.
        var curve = new LookupCurve("c", [0.0, 1.0, 3.0, 4.0], [0.0, 1.0, 2.0, 5.0], Extrapolation.Hold, Interpolation.MonotoneCubic);
        Assert.That(curve.Derivative(0.0), Is.EqualTo(((4.0 * 1.0) - 0.5) / 3.0).Within(1e-15));
        Assert.That(curve.Derivative(1.0), Is.EqualTo(9.0 / ((5.0 / 1.0) + (4.0 / 0.5))).Within(1e-15));
        Assert.That(curve.Derivative(3.0), Is.EqualTo(9.0 / ((4.0 / 0.5) + (5.0 / 3.0))).Within(1e-15));
        Assert.That(curve.Derivative(4.0), Is.EqualTo(((4.0 * 3.0) - 0.5) / 3.0).Within(1e-14));
    }

    [Test]
    public void An_extremum_of_the_points_is_flat_and_end_slopes_keep_their_sign()
    {
        var peak = new LookupCurve("c", [0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 0.0, 0.0], Extrapolation.Hold, Interpolation.MonotoneCubic);
        Assert.That(peak.Derivative(1.0), Is.Zero);
        Assert.That(peak.Derivative(2.0), Is.Zero);
        Assert.That(peak.Derivative(0.0), Is.EqualTo(2.0).Within(1e-15), "the parabola, below three times the secant");
        var bent = new LookupCurve("c", [0.0, 1.0, 1.5], [0.0, 0.1, 5.0], Extrapolation.Hold, Interpolation.MonotoneCubic);
        Assert.That(bent.Derivative(0.0), Is.Zero, "the parabola would start downwards");
        var steep = new LookupCurve("c", [0.0, 1.0, 1.1], [0.0, 0.1, -5.0], Extrapolation.Hold, Interpolation.MonotoneCubic);
        Assert.That(steep.Derivative(0.0), Is.EqualTo(0.3).Within(1e-15), "three times the secant");
    }

    [Test]
    public void A_straight_line_of_points_gives_the_line()
    {
        double[] x = [-1.0, 0.0, 0.5, 3.0];
        var curve = new LookupCurve("c", x, [.. x.Select(value => 2.0 - (3.0 * value))], Extrapolation.Linear, Interpolation.MonotoneCubic);
        for (double at = -4.0; at < 6.0; at += 0.37)
        {
            Assert.That(curve.Evaluate(at), Is.EqualTo(2.0 - (3.0 * at)).Within(1e-13));
            Assert.That(curve.Derivative(at), Is.EqualTo(-3.0).Within(1e-13));
        }
    }

    [Test]
    public void Cubics_agree_with_the_hermite_basis_and_their_derivatives_with_differences()
    {
        var random = new Random(11);
        for (int draw = 0; draw < 300; draw++)
        {
            LookupCurve curve = Draw(random, Policies[draw % 3]);
            ReadOnlySpan<double> x = curve.X.AsSpan();
            double at = x[0] + ((x[^1] - x[0]) * random.NextDouble());
            double scale = 1.0 + curve.Y.Max(Math.Abs);
            Assert.That(curve.Evaluate(at), Is.EqualTo(Hermite(curve, at)).Within(1e-12 * scale));
            double h = 1e-5 * (x[^1] - x[0]);
            if (curve.Segment(at - h) != curve.Segment(at + h) || at - h < x[0] || at + h > x[^1])
            {
                continue;
            }

            double slope = (curve.Evaluate(at + h) - curve.Evaluate(at - h)) / (2.0 * h);
            double bend = (curve.Derivative(at + h) - curve.Derivative(at - h)) / (2.0 * h);
            Assert.That(curve.Derivative(at), Is.EqualTo(slope).Within(1e-4 * (1.0 + Math.Abs(slope)) * scale));
            Assert.That(curve.Slope.Evaluate(at), Is.EqualTo(curve.Derivative(at)).Within(1e-11 * scale * (1.0 + Math.Abs(slope))));
            Assert.That(curve.Slope.Derivative(at), Is.EqualTo(bend).Within(1e-4 * (1.0 + Math.Abs(bend)) * scale));
        }
    }

    [Test]
    public void Cubics_are_monotone_between_any_two_points()
    {
        var random = new Random(12);
        for (int draw = 0; draw < 300; draw++)
        {
            LookupCurve curve = Draw(random, Extrapolation.Hold);
            double rounding = 1e-13 * (1.0 + curve.Y.Max(Math.Abs));
            for (int i = 0; i + 1 < curve.X.Length; i++)
            {
                double direction = Math.Sign(curve.Y[i + 1] - curve.Y[i]);
                double before = curve.Evaluate(curve.X[i]);
                for (int k = 1; k <= 40; k++)
                {
                    double at = k == 40 ? curve.X[i + 1] : curve.X[i] + ((curve.X[i + 1] - curve.X[i]) * k / 40.0);
                    double value = curve.Evaluate(at);
                    Assert.That(direction * (value - before), Is.GreaterThanOrEqualTo(-rounding));
                    before = value;
                }
            }
        }
    }

    [TestCase(Interpolation.Linear)]
    [TestCase(Interpolation.MonotoneCubic)]
    public void Outside_the_breakpoints_the_policy_decides(Interpolation interpolation)
    {
        double[] x = [0.0, 1.0, 2.0];
        double[] y = [1.0, 2.0, 4.0];
        var held = new LookupCurve("c", x, y, Extrapolation.Hold, interpolation);
        Assert.That(held.Evaluate(-3.0), Is.EqualTo(1.0));
        Assert.That(held.Evaluate(double.PositiveInfinity), Is.EqualTo(4.0));
        Assert.That(held.Derivative(7.0), Is.Zero);
        var straight = new LookupCurve("c", x, y, Extrapolation.Linear, interpolation);
        double slope = straight.Derivative(2.0);
        Assert.That(straight.Evaluate(5.0), Is.EqualTo(4.0 + (3.0 * slope)).Within(1e-13));
        Assert.That(straight.Derivative(5.0), Is.EqualTo(slope).Within(1e-14));
        Assert.That(straight.Slope.Derivative(5.0), Is.Zero);
        var error = new LookupCurve("c", x, y, Extrapolation.Error, interpolation);
        Assert.That(error.Evaluate(2.5), Is.NaN);
        Assert.That(error.Derivative(-0.5), Is.NaN);
        Assert.That(error.Evaluate(2.0), Is.EqualTo(4.0).Within(1e-14));
        Assert.That(held.Evaluate(double.NaN), Is.NaN);
        Assert.That(held.Derivative(double.NaN), Is.NaN);
    }

    [TestCase(Interpolation.Linear, 0)]
    [TestCase(Interpolation.Linear, 1)]
    [TestCase(Interpolation.MonotoneCubic, 0)]
    [TestCase(Interpolation.MonotoneCubic, 1)]
    [TestCase(Interpolation.MonotoneCubic, 2)]
    [TestCase(Interpolation.MonotoneCubic, 3)]
    public void Enclosures_hold_every_value_over_random_intervals(Interpolation interpolation, int order)
    {
        var random = new Random(13);
        for (int draw = 0; draw < 2000; draw++)
        {
            LookupCurve curve = Draw(random, Policies[draw % 3], interpolation);
            double width = curve.X[^1] - curve.X[0];
            for (int i = 0; i < order; i++)
            {
                curve = curve.Slope;
            }

            double centre = draw % 5 == 0 ? curve.X[random.Next(curve.X.Length)] : curve.X[0] + (width * ((1.6 * random.NextDouble()) - 0.3));
            Ball x = new(centre, width * Math.Pow(10.0, -9.0 * random.NextDouble()));
            var value = Ball.Lookup(curve, x);
            var slope = Ball.LookupSlope(curve, x);
            for (int k = 0; k <= 20; k++)
            {
                double at = x.Centre + (((0.1 * k) - 1.0) * 0.999999 * x.Radius); // a member however the sum is rounded
                double v = curve.Evaluate(at);
                double d = curve.Derivative(at);
                Assert.That(double.IsNaN(v) || (v >= value.Lower && v <= value.Upper), $"{v} of {value} at {at}");
                Assert.That(double.IsNaN(d) || (d >= slope.Lower && d <= slope.Upper), $"slope {d} of {slope} at {at}");
            }
        }
    }

    [Test]
    public void The_enclosure_of_a_cubic_piece_closes_in_with_the_square_of_the_width()
    {
        var curve = new LookupCurve("c", [0.0, 1.0, 2.0, 3.0], [0.0, 0.2, 1.0, 1.1], Extrapolation.Hold, Interpolation.MonotoneCubic);
        double Surplus(double r)
        {
            var value = Ball.Lookup(curve, new Ball(1.4, r));
            return (value.Upper - value.Lower) - (curve.Evaluate(1.4 + r) - curve.Evaluate(1.4 - r));
        }

        Assert.That(Surplus(1e-2), Is.Positive.And.LessThan(1e-3));
        Assert.That(Surplus(1e-2) / Surplus(1e-3), Is.EqualTo(100.0).Within(20.0));
    }

    [Test]
    public void Jets_hold_the_taylor_expansion_of_a_curve_along_a_parabola()
    {
        var random = new Random(14);
        for (int draw = 0; draw < 2000; draw++)
        {
            LookupCurve curve = Draw(random, Policies[draw % 2]);
            double width = curve.X[^1] - curve.X[0];
            double at = curve.X[0] + (width * ((1.4 * random.NextDouble()) - 0.2));
            double r = width * Math.Pow(10.0, -4.0 * random.NextDouble());
            var u = new Jet(new(at, r), new(1.0, 0.0), default(Ball));
            var f = Jet.Lookup(curve, u);
            double a = at - (r * random.NextDouble());
            double b = at + (r * random.NextDouble());
            double secant = (curve.Evaluate(b) - curve.Evaluate(a)) / (b - a);
            double noise = 1e-12 * (1.0 + curve.Y.Max(Math.Abs)) / (b - a);
            Assert.That(secant, Is.InRange(f.Slope.Lower - noise, f.Slope.Upper + noise));
            double middle = 0.5 * (a + b);
            double bend = (curve.Evaluate(a) - (2.0 * curve.Evaluate(middle)) + curve.Evaluate(b)) / ((b - a) * (b - a) / 4.0) / 2.0;
            double rough = 8.0 * noise / (b - a);
            Assert.That(bend, Is.InRange(f.HalfCurvature.Lower - rough, f.HalfCurvature.Upper + rough));
        }
    }

    [Test]
    public void A_cubic_is_smooth_across_breakpoints_and_a_line_is_not()
    {
        double[] x = [0.0, 1.0, 2.0, 3.0];
        double[] y = [0.0, 1.0, 4.0, 9.0];
        var across = new Jet(new(1.5, 1.0), new(1.0, 0.0), default(Ball));
        var cubic = Jet.Lookup(new LookupCurve("c", x, y, Extrapolation.Hold, Interpolation.MonotoneCubic), across);
        Assert.That(cubic.HalfCurvature.Lower, Is.GreaterThan(-10.0));
        Assert.That(cubic.HalfCurvature.Upper, Is.LessThan(10.0));
        Assert.That(Jet.Lookup(new LookupCurve("c", x, y), across).HalfCurvature.Upper, Is.EqualTo(double.PositiveInfinity));
    }

    [Test]
    public void Bad_points_are_refused_with_a_remedy()
    {
        Assert.That(LookupCurve.FindFault([0.0, 1.0], [0.0]), Does.Contain("2 breakpoints but 1 values"));
        Assert.That(LookupCurve.FindFault([0.0], [0.0]), Does.Contain("fewer than two"));
        Assert.That(LookupCurve.FindFault([0.0, double.NaN], [0.0, 1.0]), Does.Contain("finite"));
        Assert.That(LookupCurve.FindFault([0.0, 0.0], [0.0, 1.0]), Does.Contain("Sort"));
    }

    private static LookupCurve Draw(Random random, Extrapolation extrapolation, Interpolation interpolation = Interpolation.MonotoneCubic)
    {
        int n = 2 + random.Next(6);
        double[] x = new double[n];
        double[] y = new double[n];
        double at = (random.NextDouble() * 4.0) - 2.0;
        for (int i = 0; i < n; i++)
        {
            x[i] = at += 0.01 + random.NextDouble();
            y[i] = random.Next(4) == 0 && i > 0 ? y[i - 1] : (random.NextDouble() * 10.0) - 5.0;
        }

        return new("c", x, y, extrapolation, interpolation);
    }

    /// <summary>The cubic through two values and two slopes in the Hermite basis; slopes from the curve's own ends of pieces.</summary>
    private static double Hermite(LookupCurve curve, double at)
    {
        int i = 0;
        while (i + 2 < curve.X.Length && at >= curve.X[i + 1])
        {
            i++;
        }

        double h = curve.X[i + 1] - curve.X[i];
        double s = (at - curve.X[i]) / h;
        double m0 = Slope(curve, i);
        double m1 = Slope(curve, i + 1);
        return (curve.Y[i] * (1.0 + (2.0 * s)) * (1.0 - s) * (1.0 - s)) + (h * m0 * s * (1.0 - s) * (1.0 - s))
            + (curve.Y[i + 1] * s * s * (3.0 - (2.0 * s))) + (h * m1 * s * s * (s - 1.0));
    }

    /// <summary>The rule of Fritsch and Butland written out once more, from secants.</summary>
    private static double Slope(LookupCurve curve, int i)
    {
        double[] h = [.. curve.X.Zip(curve.X.Skip(1), (a, b) => b - a)];
        double[] d = [.. curve.Y.Zip(curve.Y.Skip(1), (a, b) => b - a).Zip(h, (rise, run) => rise / run)];
        int n = d.Length;
        if (n == 1)
        {
            return d[0];
        }

        if (i > 0 && i < n)
        {
            return d[i - 1] * d[i] <= 0.0 ? 0.0 : 3.0 * (h[i - 1] + h[i]) / ((((2.0 * h[i]) + h[i - 1]) / d[i - 1]) + ((h[i] + (2.0 * h[i - 1])) / d[i]));
        }

        (double h0, double h1, double d0, double d1) = i == 0 ? (h[0], h[1], d[0], d[1]) : (h[n - 1], h[n - 2], d[n - 1], d[n - 2]);
        double end = ((d0 * ((2.0 * h0) + h1)) - (d1 * h0)) / (h0 + h1);
        return end * d0 <= 0.0 ? 0.0 : d0 * d1 <= 0.0 && Math.Abs(end) > Math.Abs(3.0 * d0) ? 3.0 * d0 : end;
    }
}
