using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Automata.Sensitivities;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <summary>The derivatives of a solution with respect to one number p: a parameter, or the initial value of a state.</summary>
/// <remarks>Values at fixed times: dx(t)/dp. Immutable and thread-safe.</remarks>
public sealed class OdeSensitivity
{
    private readonly OdeSolution _solution;
    private readonly Trajectory _run;
    private readonly TrajectorySensitivity _values;
    private readonly double _sign;

    internal OdeSensitivity(OdeSolution solution, Trajectory run, double sign, string name)
    {
        (_solution, _run, _sign, Name) = (solution, run, sign, name);
        _values = run.Sensitivity(name);
    }

    /// <summary>p: the name of a parameter or of a state.</summary>
    public string Name { get; }

    /// <summary>dt/dp of each of <see cref="OdeSolution.Roots"/>, in seconds per unit of p; infinite where a condition only touches.</summary>
    public ImmutableArray<double> RootTimes => [.. _solution.Roots.Select(root => _sign * RateOf(root.Name, _sign * root.Time))];

    /// <summary>dx/dp of all states, in the order of the problem.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside the solution.</exception>
    public ImmutableArray<double> At(double time) => _values.At(_solution.RunTime(time));

    /// <summary>dx/dp of one state.</summary>
    /// <exception cref="Diagnostics.ModelException">The name is unknown.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside the solution.</exception>
    public double Value(string state, double time) => _values.Value(state, _solution.RunTime(time));

    // Watches are monitors of the only mode, in their order.
    private double RateOf(string watch, double time)
    {
        SensitivityModel model = _run.Compiled.Sensitivities!;
        int k = model.Names.IndexOf(Name);
        CompiledGuard[] guards = _run.Compiled.Mode(0).Guards;
        ExprProgram program = model.GuardOf(0, Array.FindIndex(guards, guard => guard.Name == watch));
        double[] values = _run.EvaluateAt(program, time);
        return -values[2 + k] / values[0] / _run.Record.DataOf(0)[model.ScaleSlot(k)];
    }
}
