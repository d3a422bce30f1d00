using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Plotting;

/// <summary>Starts a plot of a trajectory.</summary>
public static class TrajectoryPlots
{
    /// <summary>Plots variables over time.</summary>
    /// <param name="trajectory">The run.</param>
    /// <param name="names">States, discrete variables, inputs, outputs or parameters; none for all states.</param>
    /// <exception cref="ModelException">A name is unknown.</exception>
    public static TimePlot Plot(this Trajectory trajectory, params ReadOnlySpan<string> names)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        foreach (string name in names)
        {
            _ = trajectory.UnitOf(name);
        }

        return new TimePlot(trajectory, names.IsEmpty ? [.. trajectory.Model.States.Select(state => state.Name)] : [.. names]);
    }

    /// <summary>Plots one variable against another, coloured by mode.</summary>
    /// <param name="trajectory">The run.</param>
    /// <param name="x">Variable on the horizontal axis.</param>
    /// <param name="y">Variable on the vertical axis.</param>
    /// <exception cref="ModelException">A name is unknown.</exception>
    public static PhasePlot PlotPhase(this Trajectory trajectory, string x, string y)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        _ = trajectory.UnitOf(x);
        _ = trajectory.UnitOf(y);
        return new PhasePlot(trajectory, x, y);
    }
}
