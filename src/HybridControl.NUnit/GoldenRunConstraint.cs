using HybridControl.Serialization;
using HybridControl.Simulation;

namespace HybridControl.NUnit;

/// <summary>A run stays within a band around a golden run.</summary>
public sealed class GoldenRunConstraint : RunConstraint
{
    private GoldenRun _golden;

    internal GoldenRunConstraint(GoldenRun golden) => _golden = golden;

    /// <inheritdoc/>
    public override string Description => FormattableString.Invariant(
        $"a run within {_golden.Absolute} + {_golden.Relative} |x| of the golden run, its jumps within {_golden.JumpTime} s");

    /// <summary>Sets the half width of the band: absolute, and relative to the golden value.</summary>
    public GoldenRunConstraint Within(double absolute, double relative = 0.0)
    {
        _golden = _golden with { Absolute = absolute, Relative = relative };
        return this;
    }

    /// <summary>Sets how far jumps may be from those of the golden run, in seconds.</summary>
    public GoldenRunConstraint JumpsWithin(double seconds)
    {
        _golden = _golden with { JumpTime = seconds };
        return this;
    }

    /// <summary>Compares these variables only.</summary>
    public GoldenRunConstraint Only(params ReadOnlySpan<string> variables)
    {
        _golden = _golden with { Only = [.. variables] };
        return this;
    }

    /// <inheritdoc/>
    protected override string? FaultOf(Trajectory run) => _golden.FirstDifference(run)?.ToString();
}
