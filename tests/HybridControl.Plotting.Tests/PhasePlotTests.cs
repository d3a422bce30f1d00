using System.Xml.Linq;
using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using OxyPlot;

namespace HybridControl.Plotting.Tests;

public sealed class PhasePlotTests
{
    [Test]
    public void Axes_carry_names_and_units_and_visited_modes_are_listed()
    {
        string[] texts = TextsOf(SampleRuns.Flight().PlotPhase("airspeed", "altitude").ToSvg());
        Assert.That(
            texts, Does.Contain("airspeed [m/s]").And.Contain("altitude [m]").And.Contain("cruise").And.Contain("approach"));
    }

    [Test]
    public void Each_comparison_of_a_guard_is_one_surface()
    {
        List<GuardSurface> surfaces = GuardSurface.Of(SampleRuns.Ball(), "y", "v");
        Assert.Multiple(() =>
        {
            Assert.That(surfaces, Has.Count.EqualTo(2));
            Assert.That(surfaces.Select(s => s.ValueAt(0, 3)), Is.EquivalentTo([0.0, 3.0]));
        });
    }

    [Test]
    public void A_surface_uses_the_parameters_of_the_run()
    {
        GuardSurface circle = GuardSurface.Of(SampleRuns.Tanks(), "h1", "h2")[0];
        Assert.That(circle.ValueAt(0.9, 0.3), Is.EqualTo(0).Within(1e-15));
    }

    [Test]
    public void Guards_on_other_variables_are_left_out()
    {
        HybridAutomaton model = HybridAutomaton.Build("other", h =>
        {
            var (x, y, z) = (h.State("x"), h.State("y"), h.State("z"));
            var a = h.Mode("a");
            h.Transition(a, a).Guard(z >= 1 & Expr.Select(z > 0, x, y) >= 2);
            h.Transition(a, a).Guard(Expr.Time >= 3);
            h.Transition(a, a).Guard(x - y >= 4);
        });
        Trajectory run = new SyntheticRun(model).Segment("a", 0, 1, t => t, t => t, t => t).ToTrajectory();
        Assert.That(GuardSurface.Of(run, "x", "y"), Has.Count.EqualTo(1));
    }

    [Test]
    public void Guards_are_labelled_unless_left_out()
    {
        PhasePlot plot = SampleRuns.Ball(5).PlotPhase("y", "v");
        Assert.Multiple(() =>
        {
            Assert.That(TextsOf(plot.ToSvg()), Does.Contain("y ≤ 0").And.Contain("v < 0"));
            Assert.That(TextsOf(plot.WithoutGuards().ToSvg()), Does.Not.Contain("y ≤ 0"));
        });
    }

    [Test]
    public void The_zero_set_of_a_circle_is_one_closed_line()
    {
        var lines = ZeroSet.Of((x, y) => (x * x) + (y * y) - 1, (-2, 2), (-2, 2));
        Assert.Multiple(() =>
        {
            Assert.That(lines, Has.Count.EqualTo(1));
            Assert.That(lines[0][0], Is.EqualTo(lines[0][^1]));
            Assert.That(lines[0].Select(p => double.Hypot(p.X, p.Y)), Is.All.EqualTo(1).Within(1e-3));
        });
    }

    [Test]
    public void The_zero_set_of_a_straight_line_has_two_points()
    {
        var lines = ZeroSet.Of((x, y) => x - 0.3, (-1, 1), (-5, 5));
        Assert.Multiple(() =>
        {
            Assert.That(lines, Has.Count.EqualTo(1));
            Assert.That(lines[0], Has.Count.EqualTo(2));
            Assert.That(lines[0][0].X, Is.EqualTo(0.3).Within(1e-12));
        });
    }

    [Test]
    public void The_zero_set_leaves_out_values_that_are_not_numbers()
    {
        var lines = ZeroSet.Of((x, y) => Math.Sqrt(x) - 0.5, (-1, 1), (-1, 1));
        Assert.That(lines.SelectMany(line => line).Select(p => p.X), Is.All.EqualTo(0.25).Within(1e-3));
    }

    [Test]
    public void A_long_oscillation_stays_round_in_a_small_file()
    {
        HybridAutomaton model = HybridAutomaton.Build("oscillator", h =>
        {
            var (x, v) = (h.State("x", initial: 1), h.State("v"));
            h.Mode("swing").Flow((x, v), (v, -x));
        });
        Trajectory run = model.Simulate(until: 600);
        const double pixel = 2.36 / 400;
        List<DataPoint> points = PhaseCurve.Read(run, "x", "v", 0, 600).Thin(pixel, pixel, 0.15)[0].Points;
        double worst = points.Zip(points.Skip(1), (a, b) => 1 - double.Hypot((a.X + b.X) / 2, (a.Y + b.Y) / 2)).Max();
        Assert.Multiple(() =>
        {
            Assert.That(worst / pixel, Is.LessThan(0.25));
            Assert.That(run.PlotPhase("x", "v").ToSvg(), Has.Length.LessThan(300_000));
        });
    }

    [Test]
    public void Thinning_keeps_the_ends_and_the_turning_points()
    {
        Trajectory run = new SyntheticRun(SampleRuns.BallModel, 100)
            .Segment("fall", 0, 3, t => t < 1 ? t : t < 2 ? 2 - t : t - 2, _ => 0).ToTrajectory();
        List<DataPoint> points = PhaseCurve.Read(run, "y", "v", 0, 3).Thin(0.01, 0.01, 0.15)[0].Points;
        Assert.Multiple(() =>
        {
            Assert.That(points, Has.Count.LessThan(40));
            Assert.That(points[0].X, Is.EqualTo(0));
            Assert.That(points[^1].X, Is.EqualTo(1).Within(1e-12));
            Assert.That(points.Max(p => p.X), Is.GreaterThan(0.98));
        });
    }

    private static string[] TextsOf(string svg) =>
        [.. XDocument.Parse(svg).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
}
