using System.Collections.Immutable;

namespace HybridControl.Dynamics;

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
