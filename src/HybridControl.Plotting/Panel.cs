using HybridControl.Simulation;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Curves of one unit above one stretch of the time axis.</summary>
internal sealed class Panel
{
    /// <summary>The least distance of ticks of a vertical axis, in pixels.</summary>
    public const double TicksApart = 26;

    public Panel(string unit) => Unit = unit;

    /// <summary>Unit that the curves share.</summary>
    public string Unit { get; }

    /// <summary>Names and points of the curves.</summary>
    public List<(string Name, List<CurvePoint> Points)> Curves { get; } = [];

    /// <summary>What stands beside the axis; null for the names of the curves.</summary>
    public string? Heading { get; init; }

    /// <summary>Number of the colour of the first curve.</summary>
    public int FirstColor { get; init; }

    /// <summary>Where the panel lies, in pixels.</summary>
    public OxyRect Box { get; set; }

    /// <summary>Value at the lower edge.</summary>
    public double Lowest { get; private set; }

    /// <summary>Value at the upper edge.</summary>
    public double Highest { get; private set; }

    /// <summary>The smallest difference of values that shows.</summary>
    public double Resolution => 1e-4 * (Highest - Lowest);

    /// <summary>Groups variables by unit, in the order in which each unit first occurs.</summary>
    public static List<Panel> Of(Trajectory run, IEnumerable<string> names, double from, double to)
    {
        var panels = new List<Panel>();
        foreach (string name in names)
        {
            List<CurvePoint> points = CurveReader.Read(run, name, from, to);
            string unit = run.UnitOf(name);
            Panel? panel = panels.Find(other => other.Unit == unit);
            if (panel is null)
            {
                panels.Add(panel = new Panel(unit));
            }

            panel.Curves.Add((name, points));
        }

        if (panels.Count == 0)
        {
            panels.Add(new Panel(""));
        }

        foreach (Panel panel in panels)
        {
            panel.Fit();
        }

        return panels;
    }

    /// <summary>Chooses the range of the vertical axis after the values.</summary>
    public void Fit() => (Lowest, Highest) = PlotRange.Of(Curves.SelectMany(curve => curve.Points.Select(p => p.Value)));

    /// <summary>The vertical axis title: names where there is room for them, and the unit.</summary>
    /// <param name="room">Length in pixels up to which several names are listed.</param>
    /// <param name="most">Length in pixels beyond which a name is shortened.</param>
    public string Title(double room, double most)
    {
        if (Heading is not null)
        {
            return PlotText.WithUnit(Heading, Unit, most);
        }

        string names = string.Join(", ", Curves.Select(curve => curve.Name));
        string title = PlotText.WithUnit(names, Unit);
        return Curves.Count <= 1 || PlotStyle.WidthOf(title) < room
            ? PlotText.WithUnit(names, Unit, most)
            : PlotText.WithUnit("", Unit, most);
    }

    /// <summary>The ticks of the vertical axis.</summary>
    public Ticks Ticks => new(Lowest, Highest, Box.Height, TicksApart);

    /// <summary>The height of a value, in pixels from the top of the picture.</summary>
    public double HeightOf(double value) => Box.Bottom - ((value - Lowest) / (Highest - Lowest) * Box.Height);
}
