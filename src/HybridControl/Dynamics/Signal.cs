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

/// <summary>The same value at all times.</summary>
/// <param name="Value">The value.</param>
public sealed record ConstantSignal(double Value) : Signal
{
    /// <inheritdoc/>
    public override double Evaluate(double time) => Value;
}

/// <summary>One value before an instant, another from it on.</summary>
/// <param name="At">Time of the step, in seconds.</param>
/// <param name="Before">Value before.</param>
/// <param name="After">Value from then on.</param>
public sealed record StepSignal(double At, double Before, double After) : Signal
{
    /// <inheritdoc/>
    public override ImmutableArray<double> Breakpoints => [At];

    /// <inheritdoc/>
    public override double Evaluate(double time) => time < At ? Before : After;
}

/// <summary>A straight line between two instants, constant outside.</summary>
/// <param name="Start">Time at which the ramp begins, in seconds.</param>
/// <param name="End">Time at which it ends; later than <paramref name="Start"/>.</param>
/// <param name="From">Value up to the start.</param>
/// <param name="To">Value from the end on.</param>
public sealed record RampSignal(double Start, double End, double From, double To) : Signal
{
    /// <inheritdoc/>
    public override ImmutableArray<double> Breakpoints => [Start, End];

    /// <inheritdoc/>
    public override double Evaluate(double time) =>
        time < Start ? From : time >= End ? To : From + ((time - Start) * ((To - From) / (End - Start)));
}

/// <summary>offset + amplitude * sin(2 pi frequency t + phase).</summary>
/// <param name="Amplitude">Amplitude.</param>
/// <param name="Frequency">Frequency in hertz.</param>
/// <param name="Phase">Phase in radians.</param>
/// <param name="Offset">Mean value.</param>
public sealed record SineSignal(double Amplitude, double Frequency, double Phase = 0.0, double Offset = 0.0) : Signal
{
    /// <inheritdoc/>
    public override double Evaluate(double time) =>
        Offset + (Amplitude * Math.Sin((2.0 * Math.PI * Frequency * time) + Phase));
}

/// <summary>Given points, joined by straight lines or by steps; the first and last values hold outside.</summary>
/// <param name="Times">Times in seconds, strictly increasing.</param>
/// <param name="Values">Values, one for each time.</param>
/// <param name="Linear">Whether to join the points by straight lines; else each value holds until the next time.</param>
public sealed record TableSignal(ImmutableArray<double> Times, ImmutableArray<double> Values, bool Linear = true) : Signal
{
    /// <inheritdoc/>
    public override ImmutableArray<double> Breakpoints => Times;

    /// <inheritdoc/>
    public override double Evaluate(double time)
    {
        int next = Times.BinarySearch(time);
        next = next >= 0 ? next + 1 : ~next;
        if (next == 0)
        {
            return Values[0];
        }

        if (next == Times.Length || !Linear)
        {
            return Values[next - 1];
        }

        double slope = (Values[next] - Values[next - 1]) / (Times[next] - Times[next - 1]);
        return Values[next - 1] + ((time - Times[next - 1]) * slope);
    }

    /// <inheritdoc/>
    public bool Equals(TableSignal? other) =>
        other is not null && Linear == other.Linear && Times.AsSpan().SequenceEqual(other.Times.AsSpan()) &&
        Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Times.Length, Linear);
}

/// <summary>A C# function of time: CPU only, no file form, and guards that depend on it are sampled, not proved.</summary>
/// <param name="Function">The function. It is called at any time, in any order.</param>
/// <param name="Times">Times at which the function is not smooth, ascending.</param>
public sealed record DelegateSignal(Func<double, double> Function, ImmutableArray<double> Times) : Signal
{
    /// <summary>A signal without breakpoints.</summary>
    public DelegateSignal(Func<double, double> function)
        : this(function, [])
    {
    }

    /// <inheritdoc/>
    public override ImmutableArray<double> Breakpoints => Times;

    /// <inheritdoc/>
    public override double Evaluate(double time) => Function(time);
}
