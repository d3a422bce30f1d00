using System.Globalization;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Where and why a filter lost the system.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Run">Number of the run, from 0.</param>
/// <param name="Step">Number of the innovation in the run, from 0, at which it was noticed.</param>
/// <param name="Component">Number of the state that shows it; -1 where none does.</param>
/// <param name="Value">The NIS or the standard deviation that crossed the limit.</param>
/// <param name="Limit">The limit.</param>
public sealed record Divergence(DivergenceReason Reason, int Run, int Step, int Component, double Value, double Limit)
{
    /// <summary>One sentence.</summary>
    public override string ToString() => Words(Component < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"x{Component}"));

    internal string Words(string state)
    {
        string what = Reason switch
        {
            DivergenceReason.NonFinite => state.Length == 0 ? "the innovation or its covariance is not finite" : $"'{state}' is not finite",
            DivergenceReason.InnovationsBeyondGate => string.Create(CultureInfo.InvariantCulture, $"NIS stays beyond {Limit:G4}, now {Value:G4}"),
            DivergenceReason.CovarianceCollapse => string.Create(
                CultureInfo.InvariantCulture, $"the deviation of '{state}' fell to {Value:G3} (limit {Limit:G3}) while NIS stays beyond its gate"),
            _ => string.Create(CultureInfo.InvariantCulture, $"the deviation of '{state}' grew to {Value:G3} (limit {Limit:G3})"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"run {Run}, step {Step}: {what}");
    }
}
