using System.Globalization;
using System.Xml.Linq;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using OxyPlot;

namespace HybridControl.Plotting.Tests;

public sealed class TimePlotTests
{
    private static readonly HybridAutomaton OneState = HybridAutomaton.Build("signal", h =>
    {
        _ = h.State("x", unit: "V");
        h.Mode("only");
        h.Mode("other");
    });

    [Test]
    public void Axes_carry_names_and_units()
    {
        string[] texts = TextsOf(SampleRuns.Ball().Plot().ToSvg());
        Assert.That(texts, Does.Contain("y [m]").And.Contain("v [m/s]").And.Contain("t [s]").And.Contain("bouncing ball"));
    }

    [Test]
    public void Modes_are_named_only_when_shaded()
    {
        Trajectory run = SampleRuns.Thermostat(4);
        Assert.Multiple(() =>
        {
            Assert.That(TextsOf(run.Plot().ShadeModes().ToSvg()), Does.Contain("on").And.Contain("off"));
            Assert.That(TextsOf(run.Plot().ToSvg()), Does.Not.Contain("on").And.Not.Contain("off"));
        });
    }

    [Test]
    public void Modes_without_room_for_a_name_are_listed()
    {
        string[] texts = TextsOf(SampleRuns.Converter().Plot().ShadeModes().ToSvg());
        Assert.That(texts, Does.Contain("conducting").And.Contain("blocking"));
    }

    [Test]
    public void Variables_of_one_unit_share_a_panel_with_a_legend()
    {
        string[] texts = TextsOf(SampleRuns.Flight().Plot("pitch", "altitude", "roll").ToSvg());
        Assert.Multiple(() =>
        {
            Assert.That(texts, Does.Contain("pitch, roll [deg]").And.Contain("altitude [m]"));
            Assert.That(texts, Does.Contain("pitch").And.Contain("roll").And.Not.Contain("altitude"));
        });
    }

    [Test]
    public void A_curve_is_broken_where_its_value_jumps_and_only_there()
    {
        Trajectory run = SampleRuns.Ball(5);
        Assert.Multiple(() =>
        {
            Assert.That(CurvesOf(run.Plot("v").ToSvg()), Has.Length.EqualTo(run.Segments.Length));
            Assert.That(CurvesOf(run.Plot("y").ToSvg()), Has.Length.EqualTo(1));
        });
    }

    [Test]
    public void Both_sides_of_a_jump_are_marked_where_the_value_jumps()
    {
        Trajectory run = SampleRuns.Ball(5);
        Assert.Multiple(() =>
        {
            Assert.That(Elements(run.Plot("v").MarkJumps().ToSvg(), "ellipse"), Has.Length.EqualTo(2 * run.Jumps.Length));
            Assert.That(Elements(run.Plot("y").MarkJumps().ToSvg(), "ellipse"), Is.Empty);
        });
    }

    [Test]
    public void Jumps_at_one_instant_are_one_discontinuity_with_its_outer_sides()
    {
        Trajectory run = new SyntheticRun(OneState)
            .Segment("only", 0, 1, _ => 0)
            .Segment("other", 1, 1, _ => 5)
            .Segment("only", 1, 2, _ => 2)
            .ToTrajectory();
        List<Discontinuity> found = Discontinuity.Find(CurveReader.Read(run, "x", 0, 2), 0);
        Assert.That(found, Is.EqualTo(new[] { new Discontinuity(1, 0, 2, 0, 5) }));
    }

    [Test]
    public void Values_that_are_not_numbers_leave_gaps()
    {
        Trajectory run = new SyntheticRun(OneState, 100)
            .Segment("only", 0, 10, t => t is > 4 and < 6 ? double.NaN : Math.Sin(t))
            .ToTrajectory();
        string svg = run.Plot().ToSvg();
        Assert.Multiple(() =>
        {
            Assert.That(CurvesOf(svg), Has.Length.EqualTo(2));
            Assert.That(svg, Does.Not.Contain("NaN"));
        });
    }

    [Test]
    public void A_run_of_nothing_but_gaps_still_draws_its_axes()
    {
        Trajectory run = new SyntheticRun(OneState).Segment("only", 0, 1, _ => double.NaN).ToTrajectory();
        Assert.That(TextsOf(run.Plot().ToSvg()), Does.Contain("x [V]"));
    }

    [Test]
    public void An_empty_run_still_draws_its_axes()
    {
        Trajectory run = new SyntheticRun(OneState).ToTrajectory();
        Assert.Multiple(() =>
        {
            Assert.That(TextsOf(run.Plot().ShadeModes().MarkJumps().ToSvg()), Does.Contain("x [V]"));
            Assert.That(TextsOf(run.PlotPhase("x", "x").ToSvg()), Does.Contain("x [V]"));
        });
    }

    [Test]
    public void A_run_of_one_instant_is_a_dot()
    {
        string svg = new SyntheticRun(OneState).Segment("only", 3, 3, _ => 7).ToTrajectory().Plot().ToSvg();
        Assert.That(Elements(svg, "ellipse"), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_long_noisy_run_keeps_its_peaks_in_a_small_file()
    {
        Trajectory run = new SyntheticRun(OneState, 300_000)
            .Segment("only", 0, 100, t => Math.Abs(t - 50) < 1e-4 ? 9 : Math.Sin(1e5 * t)).ToTrajectory();
        List<Stroke> strokes = Stroke.Of(CurveReader.Read(run, "x", 0, 100), 0, 0.1, 0.1);
        Assert.Multiple(() =>
        {
            Assert.That(strokes, Has.Count.EqualTo(1));
            Assert.That(strokes[0].Points, Has.Count.LessThan(5_000));
            Assert.That(strokes[0].Points.Max(p => p.Y), Is.EqualTo(9).Within(1e-6));
            Assert.That(run.Plot().ToSvg(), Has.Length.LessThan(300_000));
        });
    }

    [Test]
    public void Between_shows_that_part_of_time_only()
    {
        string svg = SampleRuns.Ball().Plot("y").Between(8, 9).MarkJumps().ToSvg();
        string[] texts = TextsOf(svg);
        Assert.That(texts, Does.Contain("8.0").And.Contain("9.0").And.Not.Contain("12"));
    }

    [Test]
    public void Between_times_outside_the_run_is_refused_with_a_remedy()
    {
        Trajectory run = SampleRuns.Ball(3);
        Assert.Multiple(() =>
        {
            Assert.That(
                () => run.Plot("y").Between(5, 10),
                Throws.TypeOf<ModelException>().With.Message.Contains("Between(5, 10)").And.Message.Contains("simulate longer"));
            Assert.That(() => run.PlotPhase("y", "v").Between(5, 10), Throws.TypeOf<ModelException>());
            Assert.That(() => run.Plot("y").Between(-2, -1), Throws.TypeOf<ModelException>());
            Assert.That(() => run.Plot("y").Between(2, 10), Throws.Nothing);
            Assert.That(() => SampleRuns.Pendulum(0).Plot().Between(0, 1), Throws.Nothing);
        });
    }

    [Test]
    public void Long_titles_are_shortened_to_the_picture()
    {
        string title = string.Join(' ', Enumerable.Repeat("a long title", 30));
        foreach (string svg in new[] { SampleRuns.Ball(3).Plot("y").Title(title).ToSvg(), SampleRuns.Ball(3).PlotPhase("y", "v").Title(title).ToSvg() })
        {
            string written = TextsOf(svg).Single(text => text.StartsWith("a long title", StringComparison.Ordinal));
            Assert.That(written, Does.EndWith("…"));
            Assert.That(PlotStyle.WidthOf(written, PlotStyle.TitleSize), Is.InRange(400, 720));
        }
    }

    [Test]
    public void Long_names_of_axes_are_shortened_and_keep_their_unit()
    {
        string name = string.Concat(Enumerable.Repeat("temperature_", 12));
        HybridAutomaton model = HybridAutomaton.Build("names", h =>
        {
            _ = h.State(name, unit: "degC");
            _ = h.State("x", unit: "m");
            h.Mode("only");
        });
        Trajectory run = new SyntheticRun(model).Segment("only", 0, 1, t => t, t => t).ToTrajectory();
        foreach (string svg in new[] { run.Plot().ToSvg(), run.Plot(name).ToSvg(), run.PlotPhase(name, "x").ToSvg(), run.PlotPhase("x", name).ToSvg() })
        {
            string written = TextsOf(svg).Single(text => text.StartsWith("temperature_", StringComparison.Ordinal));
            Assert.That(written, Does.EndWith("… [°C]"));
            Assert.That(PlotStyle.WidthOf(written), Is.LessThan(530));
        }
    }

    [Test]
    public void Twelve_modes_have_colours_of_their_own_that_leave_names_legible()
    {
        var swatches = Enumerable.Range(0, 12).Select(PlotStyle.ModeSwatch).ToArray();
        for (int i = 0; i < swatches.Length; i++)
        {
            OxyColor a = swatches[i];
            Assert.That((0.299 * a.R) + (0.587 * a.G) + (0.114 * a.B), Is.GreaterThan(150));
            foreach (OxyColor b in swatches.Take(i))
            {
                Assert.That(Math.Abs(a.R - b.R) + Math.Abs(a.G - b.G) + Math.Abs(a.B - b.B), Is.GreaterThan(60), $"{a} and {b}");
            }
        }
    }

    [Test]
    public void Size_and_title_are_as_asked()
    {
        string svg = SampleRuns.Ball().Plot("y").Title("drop").Size(400, 250).ToSvg();
        XElement root = XDocument.Parse(svg).Root!;
        Assert.Multiple(() =>
        {
            Assert.That((string?)root.Attribute("width"), Is.EqualTo("400"));
            Assert.That((string?)root.Attribute("height"), Is.EqualTo("250"));
            Assert.That(TextsOf(svg), Does.Contain("drop").And.Not.Contain("bouncing ball"));
        });
    }

    [Test]
    public void Settings_do_not_change_the_plot_they_start_from()
    {
        TimePlot plot = SampleRuns.Ball().Plot("y");
        string before = plot.ToSvg();
        _ = plot.ShadeModes().MarkJumps().Title("other").Size(300, 300).Between(1, 2);
        Assert.That(plot.ToSvg(), Is.EqualTo(before));
    }

    [Test]
    public void Settings_that_make_no_sense_are_refused()
    {
        TimePlot plot = SampleRuns.Ball().Plot("y");
        Assert.Multiple(() =>
        {
            Assert.That(() => plot.Size(10, 300), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => plot.Size(double.NaN, 300), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => plot.Between(2, 1), Throws.TypeOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public void An_unknown_name_is_refused_at_once()
    {
        Trajectory run = SampleRuns.Ball();
        Assert.Multiple(() =>
        {
            Assert.That(() => run.Plot("w"), Throws.TypeOf<ModelException>().With.Message.Contains("unknown name 'w'"));
            Assert.That(() => run.PlotPhase("y", "w"), Throws.TypeOf<ModelException>());
        });
    }

    [Test]
    public void Many_curves_stay_within_the_size_limit()
    {
        HybridAutomaton model = HybridAutomaton.Build("many", h =>
        {
            for (int i = 0; i < 12; i++)
            {
                _ = h.State("x" + i.ToString(CultureInfo.InvariantCulture), unit: "V");
            }

            h.Mode("only");
        });
        var run = new SyntheticRun(model, 4);
        for (int s = 0; s < 500; s++)
        {
            int number = s;
            run.Segment("only", s, s + 1, [.. Enumerable.Range(0, 12).Select(i => (Func<double, double>)(t => i + (number % 2)))]);
        }

        Assert.That(run.ToTrajectory().Plot().ShadeModes().MarkJumps().ToSvg(), Has.Length.LessThan(300_000));
    }

    private static XElement[] Elements(string svg, string name) =>
        [.. XDocument.Parse(svg).Descendants().Where(element => element.Name.LocalName == name)];

    private static string[] TextsOf(string svg) => [.. Elements(svg, "text").Select(element => element.Value)];

    /// <summary>The strokes in the colour of the first curve.</summary>
    private static XElement[] CurvesOf(string svg) =>
        [.. Elements(svg, "polyline").Where(line => ((string?)line.Attribute("style"))!.Contains("stroke:rgb(0,114,178)", StringComparison.Ordinal))];
}
