using HybridControl.Automata;
using HybridControl.Requirements;
using HybridControl.Simulation;

namespace HybridControl.NUnit;

/// <summary>A formula holds at all times, or at some time, of an interval from the start of the run on.</summary>
public sealed class TemporalConstraint : RunConstraint
{
    private readonly Func<HybridAutomaton, Formula> _operand;
    private readonly string _text;
    private readonly bool _always;
    private double _from;
    private double _to = double.PositiveInfinity;

    internal TemporalConstraint(bool always, string text, Func<HybridAutomaton, Formula> operand) =>
        (_always, _text, _operand) = (always, text, operand);

    /// <inheritdoc/>
    public override string Description => $"a run that meets {(_always ? "always" : "eventually")}{new TimeInterval(_from, _to)}({_text})";

    /// <summary>Ends the interval, in seconds after the start of the run.</summary>
    public TemporalConstraint Within(double seconds)
    {
        _to = seconds;
        return this;
    }

    /// <summary>Begins the interval, in seconds after the start of the run.</summary>
    public TemporalConstraint From(double seconds)
    {
        _from = seconds;
        return this;
    }

    /// <inheritdoc/>
    protected override string? FaultOf(Trajectory run)
    {
        ArgumentNullException.ThrowIfNull(run);
        Formula operand = _operand(run.Model);
        RequirementResult result = run.Check(_always ? Formula.Always(operand, _from, _to) : Formula.Eventually(operand, _from, _to));
        return result.Verdict == Verdict.Satisfied ? null : result.ToString();
    }
}
