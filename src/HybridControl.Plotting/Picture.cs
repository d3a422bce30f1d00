using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>A plot that is ready to be rendered once, and its size in units of 1/96 inch.</summary>
internal readonly record struct Picture(PlotModel Model, double Width, double Height);
