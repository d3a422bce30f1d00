using HybridControl.Requirements;

namespace HybridControl.NUnit;

/// <summary>Constraints on the modes of a run, for <c>using static</c>: <c>Assert.That(run, SwitchesTo("closed").Before(2.5))</c>.</summary>
public static class RunConstraints
{
    /// <summary>The run switches to a mode.</summary>
    public static SwitchConstraint SwitchesTo(string mode)
    {
        ArgumentNullException.ThrowIfNull(mode);
        return new(mode);
    }

    /// <summary>The run is in one of these modes at all times, to its end or within an interval.</summary>
    public static TemporalConstraint StaysIn(params ReadOnlySpan<string> modes)
    {
        var formulas = new Formula[modes.Length];
        for (int i = 0; i < modes.Length; i++)
        {
            formulas[i] = Formula.Mode(modes[i]);
        }

        return Satisfies.Always(Formula.Any(formulas));
    }
}
