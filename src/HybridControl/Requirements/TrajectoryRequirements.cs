using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Requirements.Robustness;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Requirements;

/// <summary>Judges runs by requirements.</summary>
public static class TrajectoryRequirements
{
    /// <summary>Half the width within which robustness of comparisons that are not affine is known, relative to the size of their values.</summary>
    public const double DefaultTolerance = 1e-7;

    /// <summary>Judges a run by a requirement.</summary>
    /// <param name="run">A run recorded with every step.</param>
    /// <param name="requirement">The requirement.</param>
    /// <param name="tolerance">
    /// How far curves of comparisons that are not affine in time and states may lie from the truth between exact extrema, relative
    /// to the size of their values. Extrema, and affine comparisons everywhere, are exact to rounding.
    /// </param>
    /// <returns>Verdict, robustness and witness. A run that was cancelled or ended in an error is judged as one that would go on.</returns>
    /// <exception cref="ModelException">The requirement does not fit the model, or the run was not recorded with every step.</exception>
    /// <remarks>Cost: about linear in the steps of the run for each operator. Thread-safe.</remarks>
    public static RequirementResult Check(this Trajectory run, Requirement requirement, double tolerance = DefaultTolerance)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(requirement);
        FormulaCheck.ThrowIfUnfit(requirement.Name, requirement.Formula, run.Model);
        RequireDense(run.Record);
        return Evaluate(ArcOf(run), requirement, new FormulaProgram(requirement.Formula, run.Compiled), tolerance);
    }

    /// <summary>Judges a run by a formula.</summary>
    /// <exception cref="ModelException">The formula does not fit the model, or the run was not recorded with every step.</exception>
    public static RequirementResult Check(this Trajectory run, Formula formula) => run.Check(new Requirement("", formula));

    /// <summary>Judges a run by a formula as text.</summary>
    /// <exception cref="ExprParseException">The text is not a formula.</exception>
    /// <exception cref="ModelException">The run was not recorded with every step.</exception>
    public static RequirementResult Check(this Trajectory run, string formula)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Check(new Requirement("", Formula.Parse(formula, run.Model)));
    }

    /// <summary>Throws unless a run meets a formula.</summary>
    /// <exception cref="RequirementException">It does not, or ends before that is decided; the message says when, where and why.</exception>
    /// <exception cref="ModelException">The formula does not fit the model, or the run was not recorded with every step.</exception>
    public static void Require(this Trajectory run, Formula formula) => ThrowUnlessMet(run.Check(formula));

    /// <summary>Throws unless a run meets a formula as text.</summary>
    /// <exception cref="RequirementException">It does not, or ends before that is decided; the message says when, where and why.</exception>
    /// <exception cref="ExprParseException">The text is not a formula.</exception>
    public static void Require(this Trajectory run, string formula) => ThrowUnlessMet(run.Check(formula));

    internal static RequirementResult Evaluate(TraceArc trace, Requirement requirement, FormulaProgram program, double tolerance)
    {
        var evaluator = new RobustnessEvaluator(trace, program, tolerance);
        Curve lower = evaluator.Value(requirement.Formula, upper: false);
        Curve upper = evaluator.ReachedBeyond ? evaluator.Value(requirement.Formula, upper: true) : lower;
        return new VerdictRule(trace, program, evaluator.Atoms).Judge(requirement, lower, upper);
    }

    // A run that broke off says nothing about what would have followed.
    internal static TraceArc ArcOf(Trajectory run) => new(run.Compiled, run.Record, isComplete: !run.IsError && run.Status != RunStatus.Cancelled);

    private static void RequireDense(TrajectoryRecorder record)
    {
        if (record.StepTimes.IsEmpty && record.Pieces[^1].End > record.Pieces[0].Start)
        {
            throw new ModelException(
                "run", "it was recorded without its steps, so nothing is known between events", "Record everything: Recording.Everything.");
        }
    }

    private static void ThrowUnlessMet(RequirementResult result)
    {
        if (result.Verdict != Verdict.Satisfied)
        {
            throw new RequirementException(result);
        }
    }
}
