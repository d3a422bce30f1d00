using HybridControl.Automata;
using HybridControl.Requirements;
using HybridControl.Simulation;

namespace HybridControl.NUnit;

/// <summary>A run meets a formula of temporal logic; one that ends before that is decided does not.</summary>
public sealed class RequirementConstraint : RunConstraint
{
    private readonly Func<HybridAutomaton, Formula> _formula;
    private readonly string _text;
    private string _name = "";

    internal RequirementConstraint(string text, Func<HybridAutomaton, Formula> formula) => (_text, _formula) = (text, formula);

    /// <inheritdoc/>
    public override string Description => $"a run that meets {(_name.Length > 0 ? $"'{_name}': " : "")}{_text}";

    /// <summary>Gives the requirement a name for messages.</summary>
    public RequirementConstraint Named(string name)
    {
        _name = name;
        return this;
    }

    /// <inheritdoc/>
    protected override string? FaultOf(Trajectory run)
    {
        ArgumentNullException.ThrowIfNull(run);
        RequirementResult result = run.Check(new Requirement(_name, _formula(run.Model)));
        return result.Verdict == Verdict.Satisfied ? null : result.ToString();
    }
}
