using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Serialization;
using HybridControl.Simulation;

namespace HybridControl.Plotting;

/// <summary>Several runs in one picture: a panel for each variable, a colour for each run.</summary>
/// <remarks>
/// The runs may come from different models, solvers or files, start and end at different times and jump at their own: what
/// they share is the variables that are shown. The first run is the reference of <see cref="WithDifference"/>. Immutable
/// and thread-safe; each setting returns a new plot. The same plot gives the same bytes every time.
/// </remarks>
public sealed class ComparisonPlot
{
    private readonly ImmutableArray<ComparedRun> _runs;
    private ImmutableArray<string> _names;
    private bool _markJumps;
    private bool _difference;
    private string _title = "";
    private (double Width, double Height) _size;
    private (double From, double To)? _range;

    internal ComparisonPlot(ImmutableArray<ComparedRun> runs, ImmutableArray<string> names)
    {
        _runs = runs;
        _names = names;
    }

    private ComparisonPlot(ComparisonPlot plot, ComparedRun run)
        : this(plot._runs.Add(run), plot._names)
    {
        (_markJumps, _difference, _title, _size, _range) = (plot._markJumps, plot._difference, plot._title, plot._size, plot._range);
        CheckNames(_names);
        if (plot._runs.Any(other => other.Label == run.Label))
        {
            throw new ModelException(run.Label, $"two runs are called '{run.Label}'", "Give each run a label of its own.");
        }
    }

    /// <summary>Adds a run.</summary>
    /// <param name="other">The run.</param>
    /// <param name="label">Its name in the legend.</param>
    /// <exception cref="ModelException">The run lacks a variable that is shown, or the label is taken.</exception>
    public ComparisonPlot Compare(Trajectory other, string label)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(this, ComparedRun.Of(other, label));
    }

    /// <summary>Adds a run that was saved as a table; its curves are straight between rows.</summary>
    /// <param name="other">The table.</param>
    /// <param name="label">Its name in the legend.</param>
    /// <exception cref="ModelException">The table lacks a variable that is shown, or the label is taken.</exception>
    public ComparisonPlot Compare(TrajectoryTable other, string label)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(this, ComparedRun.Of(other, label));
    }

    /// <summary>Chooses the variables, a panel for each.</summary>
    /// <exception cref="ModelException">A run does not have one of them.</exception>
    public ComparisonPlot Show(params ReadOnlySpan<string> names)
    {
        ImmutableArray<string> chosen = [.. names];
        CheckNames(chosen);
        return With(plot => plot._names = chosen);
    }

    /// <summary>Adds a panel below each variable: each run minus the first one.</summary>
    public ComparisonPlot WithDifference() => With(plot => plot._difference = true);

    /// <summary>Marks the jumps of each run in its colour: left limit as an open disc, the value after the jump as a filled one.</summary>
    public ComparisonPlot MarkJumps() => With(plot => plot._markJumps = true);

    /// <summary>Sets the title; empty, the default, for none.</summary>
    public ComparisonPlot Title(string title) => With(plot => plot._title = title ?? "");

    /// <summary>Sets the size of the picture in pixels; by default it suits the number of panels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size leaves no room, or is above 20,000.</exception>
    public ComparisonPlot Size(double width, double height)
    {
        SvgOutput.CheckSize(width, height);
        return With(plot => plot._size = (width, height));
    }

    /// <summary>Shows a stretch of time, in seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The times are not finite or not in order.</exception>
    public ComparisonPlot Between(double start, double end)
    {
        TimeRange.Check(start, end);
        return With(plot => plot._range = (start, end));
    }

    /// <summary>The picture as SVG text.</summary>
    public string ToSvg() => SvgOutput.Render(Draw());

    /// <summary>Writes the picture as SVG, PNG or PDF, after the extension of the path; an existing file is replaced.</summary>
    /// <param name="path">A file that ends in .svg, .png or .pdf.</param>
    /// <param name="dpi">Pixels of a PNG for each inch of 96 units, 24 to 1200; the other two have no pixels.</param>
    /// <exception cref="ModelException">The extension is none of these, the file cannot be written, or a PNG or PDF finds no font.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dpi"/> is out of range.</exception>
    public void Save(string path, double dpi = PictureFile.UsualDpi) => PictureFile.Save(path, Draw, dpi);

    private Picture Draw()
    {
        (double from, double to) = _range ?? (_runs.Min(run => run.Start), _runs.Max(run => run.End));
        var panels = new List<Panel>();
        foreach (string name in _names)
        {
            string unit = _runs.Select(run => run.UnitOf(name)).FirstOrDefault(known => known is not null) ?? "";
            var panel = new Panel(unit) { Heading = name };
            panel.Curves.AddRange(_runs.Select(run => (run.Label, run.Read(name, from, to))));
            panel.Fit();
            panels.Add(panel);
            if (_difference && _runs.Length > 1)
            {
                var difference = new Panel(unit) { Heading = $"difference of {name}", FirstColor = 1 };
                difference.Curves.AddRange(_runs.Skip(1).Select(run => (run.Label, RunDifference.Of(run, _runs[0], name, from, to))));
                difference.Fit();
                panels.Add(difference);
            }
        }

        var layout = new TimeLayout
        {
            Time = TimeRange.Visible(from, to),
            Panels = panels,
            Bands = [],
            ModeNames = [],
            Title = _title,
        };
        layout.Arrange(_size.Width, _size.Height);
        double[]? jumps = _markJumps
            ? [.. _runs.SelectMany(run => run.Jumps).Where(time => time >= from && time <= to).Distinct().Order()]
            : null;
        return new(TimePlotModel.Build(layout, jumps), layout.Width, layout.Height);
    }

    private void CheckNames(ImmutableArray<string> names)
    {
        Finding[] faults =
        [
            .. from run in _runs
               from name in names
               where !run.Names.Contains(name, StringComparer.Ordinal)
               select new Finding(run.Label, $"the run has no variable '{name}'", Suggestions.For(name, run.Names)),
        ];
        if (faults.Length > 0)
        {
            throw new ModelException([.. faults]);
        }
    }

    private ComparisonPlot With(Action<ComparisonPlot> change)
    {
        var copy = (ComparisonPlot)MemberwiseClone();
        change(copy);
        return copy;
    }
}
