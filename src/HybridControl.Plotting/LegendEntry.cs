using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>How a legend shows what its entry stands for.</summary>
internal enum LegendMark
{
    Line,
    Area,
    Disc,
    Ring,
}

/// <summary>One line of a legend.</summary>
internal sealed record LegendEntry(string Name, OxyColor Color, LegendMark Mark);
