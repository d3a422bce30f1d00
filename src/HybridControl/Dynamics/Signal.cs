using System.Collections.Immutable;

namespace HybridControl.Dynamics;

/// <summary>The course of an input over time.</summary>
/// <remarks>
/// Immutable. Each breakpoint of a signal is a time event, so that a solver never steps across one. Every signal but
/// the delegate is a known function of time between its breakpoints, so guards that depend on it stay provable.
/// </remarks>
public abstract record Signal
{
    /// <summary>The value at a time; at a breakpoint that of the piece to its right.</summary>
    public abstract double Evaluate(double time);

    /// <summary>The times at which the formula of the signal changes, ascending.</summary>
    public virtual ImmutableArray<double> Breakpoints => [];

    /// <summary>A constant signal.</summary>
    public static implicit operator Signal(double value) => new ConstantSignal(value);
}
