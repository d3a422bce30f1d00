using HybridControl.Requirements;

namespace HybridControl.NUnit;

/// <summary>Constraints of temporal logic: <c>Assert.That(run, Satisfies.Always("h &gt; 0"))</c>.</summary>
/// <remarks>Texts are formulas as in docs/guide/requirements.md, over the names of the model that ran.</remarks>
public static class Satisfies
{
    /// <summary>The formula holds at all times, to the end of the run or within an interval.</summary>
    public static TemporalConstraint Always(string formula) => new(always: true, formula, model => Requirements.Formula.Parse(formula, model));

    /// <summary>The formula holds at all times, to the end of the run or within an interval.</summary>
    public static TemporalConstraint Always(Formula formula)
    {
        ArgumentNullException.ThrowIfNull(formula);
        return new(always: true, formula.ToString(), _ => formula);
    }

    /// <summary>The formula holds at some time, of the run or of an interval.</summary>
    public static TemporalConstraint Eventually(string formula) => new(always: false, formula, model => Requirements.Formula.Parse(formula, model));

    /// <summary>The formula holds at some time, of the run or of an interval.</summary>
    public static TemporalConstraint Eventually(Formula formula)
    {
        ArgumentNullException.ThrowIfNull(formula);
        return new(always: false, formula.ToString(), _ => formula);
    }

    /// <summary>The run meets a formula.</summary>
    public static RequirementConstraint Formula(string formula) => new(formula, model => Requirements.Formula.Parse(formula, model));

    /// <summary>The run meets a formula.</summary>
    public static RequirementConstraint Formula(Formula formula)
    {
        ArgumentNullException.ThrowIfNull(formula);
        return new(formula.ToString(), _ => formula);
    }

    /// <summary>The run meets a requirement, under its name.</summary>
    public static RequirementConstraint Requirement(Requirement requirement)
    {
        ArgumentNullException.ThrowIfNull(requirement);
        return Formula(requirement.Formula).Named(requirement.Name);
    }
}
