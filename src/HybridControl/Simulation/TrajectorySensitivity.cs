using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Simulation;

/// <summary>The derivatives of a run with respect to one number p, along the whole of hybrid time.</summary>
/// <remarks>
/// <para>
/// A value at (t, j) is the derivative with t held fixed: dx(t)/dp. It jumps where the state jumps or its rate does, as the
/// saltation matrix says, and has both sides there. Values come from the dense output, like those of states.
/// </para>
/// <para>
/// Derivatives are those of the sequence of events that was run. The log holds a record of <see cref="LogKind.Sensitivity"/>
/// where they hold for small changes only, or on one side; NaN from where on they do not exist. Immutable and thread-safe.
/// </para>
/// </remarks>
public sealed class TrajectorySensitivity
{
    private readonly Trajectory _run;
    private readonly int _number;
    private readonly ImmutableArray<string> _states;

    internal TrajectorySensitivity(Trajectory run, string name, int number)
    {
        (_run, _number, Name) = (run, number, name);
        _states = [.. run.Model.States.Select(state => VariableReader.DerivativeName(state.Name, name))];
    }

    /// <summary>p: the name of a parameter, of a state or discrete variable (its initial value), or of an input.</summary>
    public string Name { get; }

    /// <summary>dt/dp of each jump, in the order of <see cref="Trajectory.Jumps"/>: seconds per unit of p.</summary>
    public ImmutableArray<double> JumpTimes => [.. _run.Jumps.Select(jump => jump.TimeSensitivities[_number])];

    /// <summary>dx/dp of the n states at a time, in the order of the model.</summary>
    /// <param name="time">Time in seconds, within the run.</param>
    /// <param name="side">Which side of a jump is meant.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside the run.</exception>
    public ImmutableArray<double> At(double time, Side side = Side.Right) => [.. _states.Select(name => _run.Value(name, time, side))];

    /// <summary>dx/dp of the n states at an end of the segment of a jump index.</summary>
    /// <param name="jumpIndex">j, from 0 to the number of jumps.</param>
    /// <param name="side">Left for the end of the segment, before jump j + 1; right for its start, after jump j.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such segment.</exception>
    public ImmutableArray<double> AtEnd(int jumpIndex, Side side)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(jumpIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(jumpIndex, _run.Jumps.Length);
        return [.. _states.Select(name => _run.ReadEnd(jumpIndex, side, name))];
    }

    /// <summary>The derivative of a state, a real discrete variable or an output at a time.</summary>
    /// <exception cref="ModelException">The name is unknown, or has no derivative.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside the run.</exception>
    public double Value(string variable, double time, Side side = Side.Right) =>
        _run.Value(VariableReader.DerivativeName(variable, Name), time, side);
}
