using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>What a picture of an ensemble shows: ranges and titles of its axes, a legend, and how it is drawn.</summary>
internal abstract class Chart
{
    /// <summary>Range of the horizontal axis.</summary>
    public abstract (double Lowest, double Highest) XRange { get; }

    /// <summary>Range of the vertical axis; of no use where there are rows.</summary>
    public abstract (double Lowest, double Highest) YRange { get; }

    /// <summary>Name and unit of the horizontal axis.</summary>
    public abstract (string Name, string Unit) X { get; }

    /// <summary>Name and unit of the vertical axis.</summary>
    public abstract (string Name, string Unit) Y { get; }

    /// <summary>Whether the values of the horizontal and the vertical axis are exponents of ten.</summary>
    public virtual (bool X, bool Y) AreDecades => (false, false);

    /// <summary>Entries of the legend from top to bottom.</summary>
    public virtual IReadOnlyList<LegendEntry> Legend => [];

    /// <summary>Names of rows, from top to bottom, that stand in place of a vertical scale; empty for a scale.</summary>
    public virtual IReadOnlyList<string> Rows => [];

    /// <summary>Title unless the user sets one.</summary>
    public abstract string Title { get; }

    /// <summary>Size of the area between the axes unless the user sets a size.</summary>
    public virtual (double Width, double Height) Area => (540, 270);

    /// <summary>Draws the contents; what lies outside of the area is cut off.</summary>
    public abstract void Draw(IRenderContext rc, ChartLayout layout);
}
