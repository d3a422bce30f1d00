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
}
