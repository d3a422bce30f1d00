using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Numerics;

/// <summary>Jets contain value, slope and curvature at every point of a piece.</summary>
public class JetTests
{
    [TestCaseSource(typeof(RealFunctions), nameof(RealFunctions.Unary))]
    public void A_jet_over_a_piece_contains_the_jets_at_its_points(RealFunction function) =>
        CheckContainment(function, two: false, seed: 21);

    [TestCaseSource(typeof(RealFunctions), nameof(RealFunctions.Binary))]
    public void A_jet_of_two_arguments_contains_the_jets_at_its_points(RealFunction function) =>
        CheckContainment(function, two: true, seed: 22);

    [TestCaseSource(typeof(RealFunctions), nameof(RealFunctions.Unary))]
    public void Slope_and_curvature_agree_with_differences(RealFunction function) => CheckDifferences(function, 23);

    [TestCaseSource(typeof(RealFunctions), nameof(RealFunctions.Binary))]
    public void Slope_and_curvature_of_two_arguments_agree_with_differences(RealFunction function) =>
        CheckDifferences(function, 24);

    [TestCase(0.0)]
    [TestCase(1.0)]
    [TestCase(2.0)]
    [TestCase(3.0)]
    [TestCase(-2.0)]
    [TestCase(0.5)]
    [TestCase(2.7)]
    public void Powers_with_constant_exponents_agree_with_differences(double exponent)
    {
        var random = new Random(25);
        for (int draw = 0; draw < 500; draw++)
        {
            double[] u = Quadratic(random);
            u[0] = Math.Abs(u[0]) + 0.1;
            Jet jet = Jet.Power(At(u, 0.0), Jet.Constant(exponent));
            CheckAgainst(jet, theta => Math.Pow(Value(u, theta), exponent), $"{exponent}");
        }
    }

    [Test]
    public void The_smaller_of_two_concave_functions_is_concave_and_its_slope_lies_between_theirs()
    {
        Jet a = new(new(0.0, 0.5), new(1.0, 0.0), new(-1.0, 0.5));
        Jet b = new(new(0.1, 0.5), new(-1.0, 0.0), new(-2.0, 0.5));
        Jet min = Jet.Min(a, b);
        Assert.That(min.HalfCurvature.Upper, Is.LessThan(0.0).And.GreaterThan(-0.6));
        Assert.That(min.HalfCurvature.Lower, Is.EqualTo(double.NegativeInfinity));
        Assert.That(min.Slope.Lower, Is.EqualTo(-1.0).Within(1e-14));
        Assert.That(min.Slope.Upper, Is.EqualTo(1.0).Within(1e-14));
        Jet max = Jet.Max(-a, -b);
        Assert.That(max.HalfCurvature.Lower, Is.GreaterThan(0.0));
        Assert.That((min + min - (max * Jet.Constant(2.0))).HalfCurvature.Upper, Is.LessThan(-1.0));
    }

    [Test]
    public void A_kink_keeps_its_half_line_through_sums_products_and_increasing_functions()
    {
        Jet kink = Jet.Min(new(new(1.0, 0.5), new(1.0, 0.0), default), new(new(1.0, 0.5), new(-1.0, 0.0), default));
        Assert.That(kink.HalfCurvature.Upper, Is.EqualTo(0.0).Within(1e-15));
        Assert.That((kink * Jet.Constant(-3.0)).HalfCurvature.Lower, Is.EqualTo(0.0).Within(1e-15));
        Assert.That((kink + Jet.Constant(1.0)).HalfCurvature.Upper, Is.EqualTo(0.0).Within(1e-15));
        Assert.That(Jet.Log(kink).HalfCurvature.Upper, Is.LessThan(0.01));
        Assert.That(Jet.Sin(kink * kink).HalfCurvature.Lower, Is.EqualTo(double.NegativeInfinity));
    }

    [Test]
    public void A_table_is_straight_between_breakpoints_and_unbounded_in_curvature_across_them()
    {
        var table = new LookupCurve("map", [0.0, 1.0, 2.0], [0.0, 1.0, 4.0]);
        Jet inside = Jet.Lookup(table, new(new(1.5, 0.25), new(2.0, 0.0), new(1.0, 0.0)));
        Assert.That(inside.Slope.Centre, Is.EqualTo(6.0).Within(1e-13));
        Assert.That(inside.HalfCurvature.Centre, Is.EqualTo(3.0).Within(1e-13));
        Jet across = Jet.Lookup(table, new(new(1.0, 0.25), new(2.0, 0.0), new(1.0, 0.0)));
        Assert.That(across.Slope.Lower, Is.EqualTo(2.0).Within(1e-13));
        Assert.That(across.Slope.Upper, Is.EqualTo(6.0).Within(1e-13));
        Assert.That(across.HalfCurvature.Upper, Is.EqualTo(double.PositiveInfinity));
        Jet held = Jet.Lookup(table, new(new(5.0, 0.5), new(2.0, 0.0), new(1.0, 0.0)));
        Assert.That(held.Slope, Is.EqualTo(default(Ball)).Or.Property("Centre").EqualTo(0.0));
        Assert.That(held.Value.Centre, Is.EqualTo(4.0));
    }

    private static void CheckContainment(RealFunction function, bool two, int seed)
    {
        var random = new Random(seed);
        for (int draw = 0; draw < 3000; draw++)
        {
            double[] u = Quadratic(random);
            double[] v = two ? Quadratic(random) : [0.0, 0.0, 0.0];
            double rho = Math.Pow(10, -4 * random.NextDouble()) * 0.5;
            Jet piece = function.OnJets(Over(u, rho), Over(v, rho));
            for (int i = -2; i <= 2; i++)
            {
                Jet point = function.OnJets(At(u, rho * i / 2.0), At(v, rho * i / 2.0));
                if (!double.IsFinite(point.Value.Radius) || !double.IsFinite(point.Slope.Radius))
                {
                    continue;
                }

                string where = $"{function}, draw {draw}, {i}: {point} in {piece}";
                Assert.That(Overlaps(point.Value, piece.Value), where);
                Assert.That(Overlaps(point.Slope, piece.Slope), where);
                if (double.IsFinite(point.HalfCurvature.Radius))
                {
                    Assert.That(point.HalfCurvature.Lower <= piece.HalfCurvature.Upper, where);
                    Assert.That(point.HalfCurvature.Upper >= piece.HalfCurvature.Lower, where);
                }
            }
        }
    }

    private static void CheckDifferences(RealFunction function, int seed)
    {
        var random = new Random(seed);
        for (int draw = 0; draw < 500; draw++)
        {
            double[] u = Quadratic(random);
            double[] v = Quadratic(random);
            Jet jet = function.OnJets(At(u, 0.0), At(v, 0.0));
            CheckAgainst(jet, theta => function.OnDoubles(Value(u, theta), Value(v, theta)), $"{function}, draw {draw}");
        }
    }

    /// <summary>Differences over 1e-3 err by the next derivatives, bounded here by comparing two widths.</summary>
    private static void CheckAgainst(Jet jet, Func<double, double> f, string where)
    {
        if (!double.IsFinite(jet.HalfCurvature.Radius) || !(jet.Slope.Radius < 1e-6))
        {
            return;
        }

        const double H = 1e-3;
        double slope = (f(H) - f(-H)) / (2 * H);
        double coarse = (f(2 * H) - f(-2 * H)) / (4 * H);
        double curve = (f(H) - (2 * f(0.0)) + f(-H)) / (2 * H * H);
        double coarseCurve = (f(2 * H) - (2 * f(0.0)) + f(-2 * H)) / (8 * H * H);
        double size = 1 + Math.Abs(f(0.0));
        if (!double.IsFinite(slope + coarse + curve + coarseCurve) || Math.Abs(curve - coarseCurve) > 0.05 * size)
        {
            return; // a pole or a kink is near: nothing to compare with
        }

        Assert.That(jet.Slope.Centre, Is.EqualTo(slope).Within((2 * Math.Abs(slope - coarse)) + (1e-9 * size)), where);
        Assert.That(
            jet.HalfCurvature.Centre, Is.EqualTo(curve).Within((2 * Math.Abs(curve - coarseCurve)) + (1e-6 * size)), where);
    }

    private static bool Overlaps(Ball point, Ball piece) =>
        !(piece.Radius < double.PositiveInfinity) || (point.Lower <= piece.Upper && point.Upper >= piece.Lower);

    private static double[] Quadratic(Random random) =>
        [(random.NextDouble() - 0.4) * 3, (random.NextDouble() - 0.5) * 4, (random.NextDouble() - 0.5) * 4];

    private static double Value(double[] u, double theta) => u[0] + (theta * (u[1] + (theta * u[2])));

    private static Jet At(double[] u, double theta) => new(
        new(Value(u, theta), 1e-15), new(u[1] + (2 * u[2] * theta), 1e-15), new(u[2], 1e-15));

    private static Jet Over(double[] u, double rho) => new(
        new(u[0], (rho * (Math.Abs(u[1]) + (rho * Math.Abs(u[2])))) + 1e-15),
        new(u[1], (2 * rho * Math.Abs(u[2])) + 1e-15),
        new(u[2], 1e-15));
}
