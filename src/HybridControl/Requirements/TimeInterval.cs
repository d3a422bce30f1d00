using HybridControl.Diagnostics;

namespace HybridControl.Requirements;

/// <summary>A closed interval of times from now on, in seconds: [From, To], or [From, end of the run].</summary>
/// <param name="From">Its beginning, not negative.</param>
/// <param name="To">Its end, not before the beginning; infinity for the end of the run.</param>
public readonly record struct TimeInterval(double From, double To)
{
    /// <summary>From now to the end of the run.</summary>
    public static TimeInterval ToEnd => new(0.0, double.PositiveInfinity);

    /// <summary>Whether it ends before the run must.</summary>
    public bool IsBounded => !double.IsPositiveInfinity(To);

    /// <summary>The interval as text; empty for <see cref="ToEnd"/>.</summary>
    public override string ToString() => Equals(ToEnd)
        ? ""
        : IsBounded ? FormattableString.Invariant($"[{From:R}, {To:R}]") : FormattableString.Invariant($"[{From:R}, inf]");

    /// <summary>What is wrong with it, or null.</summary>
    internal string? Fault() =>
        !(From >= 0.0) || double.IsInfinity(From) ? FormattableString.Invariant($"the interval begins at {From} s")
        : !(To >= From) ? FormattableString.Invariant($"the interval ends at {To} s, before it begins at {From} s")
        : null;

    internal TimeInterval Checked() =>
        Fault() is { } fault ? throw new ModelException("formula", fault, FaultMend) : this;

    internal const string FaultMend = "Give a finite beginning that is not negative, and an end that is not before it.";
}
