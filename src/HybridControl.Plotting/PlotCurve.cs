namespace HybridControl.Plotting;

/// <summary>How a curve of a <see cref="CurvePlot"/> is drawn.</summary>
internal enum PlotCurveStyle
{
    Line,
    Marked,
    Guide,
    Region,
}

/// <summary>One curve of a <see cref="CurvePlot"/>.</summary>
internal sealed record PlotCurve(string Name, double[] X, double[] Y, PlotCurveStyle Style);
