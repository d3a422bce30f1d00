using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

/// <summary>Surfaces against bilinear functions and a slow evaluation, and their enclosures.</summary>
public class LookupSurfaceTests
{
    [Test]
    public void A_bilinear_function_is_reproduced_inside_and_continued_outside()
    {
        static double F(double x, double y) => 1.0 + (2.0 * x) - (0.5 * y) + (3.0 * x * y);
        double[] x = [-1.0, 0.0, 2.0];
        double[] y = [0.0, 0.25, 1.0, 4.0];
        double[] z = [.. from a in x from b in y select F(a, b)];
        var surface = new LookupSurface("s", x, y, z, Extrapolation.Linear);
        var random = new Random(21);
        for (int draw = 0; draw < 500; draw++)
        {
            double a = (random.NextDouble() * 6.0) - 3.0;
            double b = (random.NextDouble() * 8.0) - 2.0;
            Assert.That(surface.Evaluate(a, b), Is.EqualTo(F(a, b)).Within(1e-12));
            Assert.That(surface.SlopeX!.Evaluate(a, b), Is.EqualTo(2.0 + (3.0 * b)).Within(1e-12));
            Assert.That(surface.SlopeY!.Evaluate(a, b), Is.EqualTo((3.0 * a) - 0.5).Within(1e-12));
            Assert.That(surface.SlopeX!.SlopeY!.Evaluate(a, b), Is.EqualTo(3.0).Within(1e-12));
        }

        Assert.That(surface.SlopeX!.SlopeX, Is.Null);
        Assert.That(surface.SlopeY!.SlopeX, Is.EqualTo(surface.SlopeX!.SlopeY));
    }

    [Test]
    public void Random_surfaces_agree_with_interpolation_in_two_steps_and_their_slopes_with_differences()
    {
        var random = new Random(22);
        for (int draw = 0; draw < 2000; draw++)
        {
            LookupSurface surface = Draw(random, (Extrapolation)(draw % 2));
            double a = surface.X[0] + ((surface.X[^1] - surface.X[0]) * random.NextDouble());
            double b = surface.Y[0] + ((surface.Y[^1] - surface.Y[0]) * random.NextDouble());
            var rows = new LookupCurve("row", surface.X.AsSpan(), [.. Enumerable.Range(0, surface.X.Length).Select(i =>
                new LookupCurve("c", surface.Y.AsSpan(), surface.Z.AsSpan().Slice(i * surface.Y.Length, surface.Y.Length)).Evaluate(b))]);
            Assert.That(surface.Evaluate(a, b), Is.EqualTo(rows.Evaluate(a)).Within(1e-11));
            Assert.That(surface.SlopeX!.Evaluate(a, b), Is.EqualTo(rows.Derivative(a)).Within(1e-9));
        }
    }

    [Test]
    public void Outside_the_grid_the_policy_decides()
    {
        double[] z = [1.0, 2.0, 3.0, 5.0];
        var held = new LookupSurface("s", [0.0, 1.0], [0.0, 1.0], z);
        Assert.That(held.Evaluate(-4.0, 0.5), Is.EqualTo(1.5));
        Assert.That(held.Evaluate(9.0, 9.0), Is.EqualTo(5.0));
        Assert.That(held.SlopeX!.Evaluate(2.0, 0.5), Is.Zero);
        Assert.That(held.SlopeY!.Evaluate(2.0, 0.5), Is.EqualTo(2.0), "along the edge it still moves");
        Assert.That(held.Evaluate(double.NaN, 0.5), Is.NaN);
        Assert.That(held.Evaluate(0.5, double.NaN), Is.NaN);
        Assert.That(held.SlopeX!.Evaluate(2.0, double.NaN), Is.NaN);
        var error = new LookupSurface("s", [0.0, 1.0], [0.0, 1.0], z, Extrapolation.Error);
        Assert.That(error.Evaluate(1.0, 1.0), Is.EqualTo(5.0));
        Assert.That(error.Evaluate(1.5, 0.5), Is.NaN);
        Assert.That(error.SlopeX!.Evaluate(0.5, -0.5), Is.NaN);
    }

    [Test]
    public void Enclosures_hold_every_value_over_random_rectangles()
    {
        var random = new Random(23);
        for (int draw = 0; draw < 4000; draw++)
        {
            LookupSurface declared = Draw(random, (Extrapolation)(draw % 3));
            LookupSurface surface = (draw % 4) switch { 0 => declared.SlopeX!, 1 => declared.SlopeY!, 2 => declared.SlopeX!.SlopeY!, _ => declared };
            Ball x = Interval(random, surface.X[0], surface.X[^1]);
            Ball y = Interval(random, surface.Y[0], surface.Y[^1]);
            var value = Ball.Surface(surface, x, y);
            var jet = Jet.Surface(surface, new(x, new(1.0, 0.0), default(Ball)), new(y, new(0.5, 0.0), default(Ball)));
            for (int k = 0; k < 25; k++)
            {
                double a = x.Centre + (((0.5 * (k % 5)) - 1.0) * 0.999 * x.Radius);
                double b = y.Centre + (((0.5 * (k / 5)) - 1.0) * 0.999 * y.Radius);
                double v = surface.Evaluate(a, b);
                Assert.That(double.IsNaN(v) || (v >= value.Lower && v <= value.Upper), $"{v} of {value}");
                double rate = (surface.SlopeX?.Evaluate(a, b) ?? 0.0) + (0.5 * (surface.SlopeY?.Evaluate(a, b) ?? 0.0));
                Assert.That(double.IsNaN(rate) || (rate >= jet.Slope.Lower - 1e-9 && rate <= jet.Slope.Upper + 1e-9), $"rate {rate} of {jet.Slope}");
            }
        }
    }

    [Test]
    public void Inside_one_cell_a_jet_knows_the_twist_and_across_cells_nothing_of_it()
    {
        var surface = new LookupSurface("s", [0.0, 1.0, 2.0], [0.0, 1.0], [0.0, 0.0, 0.0, 2.0, 0.0, 1.0]);
        var inside = Jet.Surface(surface, new(new(0.5, 0.1), new(3.0, 0.0), default(Ball)), new(new(0.5, 0.1), new(5.0, 0.0), default(Ball)));
        Assert.That(inside.HalfCurvature.Lower, Is.EqualTo(30.0).Within(1e-9), "z = 2 x y, x' y' times the twist");
        Assert.That(inside.HalfCurvature.Upper, Is.EqualTo(30.0).Within(1e-9));
        var across = Jet.Surface(surface, new(new(1.0, 0.1), new(3.0, 0.0), default(Ball)), new(new(0.5, 0.1), new(5.0, 0.0), default(Ball)));
        Assert.That(across.HalfCurvature.Upper, Is.EqualTo(double.PositiveInfinity));
    }

    [Test]
    public void Bad_grids_are_refused_with_a_remedy()
    {
        Assert.That(LookupSurface.FindFault([0.0, 1.0], [0.0, 1.0], [1.0, 2.0, 3.0]), Does.Contain("2 by 2 breakpoints but 3 values"));
        Assert.That(LookupSurface.FindFault([1.0, 0.0], [0.0, 1.0], [1.0, 2.0, 3.0, 4.0]), Does.Contain("breakpoint 1 of x is 0 after 1"));
        Assert.That(LookupSurface.FindFault([0.0, 1.0], [0.0], [1.0, 2.0]), Does.Contain("fewer than two breakpoints of y"));
        Assert.That(LookupSurface.FindFault([0.0, 1.0], [0.0, 1.0], [1.0, 2.0, double.NaN, 4.0]), Does.Contain("the value at (1, 0) is NaN"));
    }

    private static Ball Interval(Random random, double first, double last) =>
        new(first + ((last - first) * ((1.6 * random.NextDouble()) - 0.3)), (last - first) * Math.Pow(10.0, -6.0 * random.NextDouble()));

    private static LookupSurface Draw(Random random, Extrapolation extrapolation)
    {
        double[] x = Grid(random);
        double[] y = Grid(random);
        return new("s", x, y, [.. Enumerable.Range(0, x.Length * y.Length).Select(_ => (random.NextDouble() * 10.0) - 5.0)], extrapolation);
    }

    private static double[] Grid(Random random)
    {
        double[] x = new double[2 + random.Next(4)];
        double at = (random.NextDouble() * 4.0) - 2.0;
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = at += 0.01 + random.NextDouble();
        }

        return x;
    }
}
