using HybridControl.Diagnostics;
using HybridControl.Requirements.Robustness;
using HybridControl.Simulation;

namespace HybridControl.Requirements;

/// <summary>Judges a run while it advances: the verdict is there as soon as nothing that may follow can change it.</summary>
/// <remarks>
/// <para>
/// Attached to a <see cref="SimulationRun"/>, it looks at each step after it is accepted and at each instant after it is settled, reads the
/// dense record of the run, and leaves the run bit for bit as it would be alone. Robustness is an interval that narrows as the
/// run goes on; J. V. Deshmukh et al., Formal Methods Syst. Des. 51 (2017).
/// </para>
/// <para>
/// An always or eventually over a formula of bounded horizon keeps one extremum and looks back over that horizon only, and so do their
/// combinations by <c>!</c>, <c>&amp;</c>, <c>|</c> and implies. A step then costs in proportion to the steps within the horizon, and the
/// memory beside the record is bounded. Other formulas without a bound are judged anew whenever the run has grown by an eighth. After
/// <see cref="SimulationRun.Restore"/> the monitor judges anew from the start. Not thread-safe.
/// </para>
/// </remarks>
public sealed class RequirementMonitor : IRunWatcher
{
    private readonly SimulationRun _run;
    private readonly FormulaProgram _program;
    private readonly Verdict? _stopAt;
    private readonly IRunWatcher? _next;
    private OnlineFormula _formula;
    private double _reached = double.NegativeInfinity;

    private RequirementMonitor(SimulationRun run, Requirement requirement, Verdict? stopAt)
    {
        _run = run;
        _stopAt = stopAt;
        Requirement = requirement;
        _program = new FormulaProgram(requirement.Formula, run.Engine.Compiled);
        _formula = OnlineFormula.Of(requirement.Formula, _program);
        _next = run.Engine.Watcher;
        run.Engine.Watcher = this;
        Current = new(requirement, Verdict.Undecided, double.NegativeInfinity, double.PositiveInfinity, null, "the run has just begun");
        Look(run.Engine);
    }

    /// <summary>What is asked.</summary>
    public Requirement Requirement { get; }

    /// <summary>The verdict so far.</summary>
    public RequirementResult Current { get; private set; }

    /// <summary>The time of the run at which the verdict was decided, in seconds; null before.</summary>
    public double? DecidedAt { get; private set; }

    /// <summary>Begins to judge a run; any number of monitors can look at one.</summary>
    /// <param name="run">The run, recorded with every step.</param>
    /// <param name="requirement">What is asked; it is judged from the start of the run, also if that has passed.</param>
    /// <param name="stopAt">The verdict that ends the run, with the status <see cref="RunStatus.Cancelled"/>; null for none.</param>
    /// <exception cref="ModelException">The requirement does not fit the model, or the run keeps no steps.</exception>
    public static RequirementMonitor Attach(SimulationRun run, Requirement requirement, Verdict? stopAt = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(requirement);
        FormulaCheck.ThrowIfUnfit(requirement.Name, requirement.Formula, run.Engine.Compiled.Automaton);
        return run.KeepsSteps
            ? new RequirementMonitor(run, requirement, stopAt)
            : throw new ModelException("run", "it keeps no steps, so nothing is known between events", "Record everything: Recording.Everything.");
    }

    /// <summary>The verdict if the run ends here: intervals without an end end now.</summary>
    public RequirementResult Conclude()
    {
        Look(_run.Engine);
        return Current.Verdict != Verdict.Undecided
            ? Current
            : TrajectoryRequirements.Evaluate(ArcOf(_run.Engine, isComplete: true), Requirement, _program, TrajectoryRequirements.DefaultTolerance);
    }

    string? IRunWatcher.ReasonToStop(RunEngine engine)
    {
        Look(engine);
        return _stopAt is { } stop && stop != Verdict.Undecided && Current.Verdict == stop ? Current.ToString() : _next?.ReasonToStop(engine);
    }

    private static TraceArc ArcOf(RunEngine engine, bool isComplete) => new(
        engine.Compiled, engine.Record, engine.Record.Pieces.Length - 1, engine.Time, engine.States, isComplete);

    private void Look(RunEngine engine)
    {
        if (engine.Time < _reached)
        {
            // The run was put back.
            _formula = OnlineFormula.Of(Requirement.Formula, _program);
            DecidedAt = null;
        }
        else if (DecidedAt is not null)
        {
            return;
        }

        _reached = engine.Time;
        TraceArc trace = ArcOf(engine, isComplete: false);
        _formula.Update(trace);
        Current = new VerdictRule(trace, _program, new AtomSignals(trace, _program, TrajectoryRequirements.DefaultTolerance))
            .Judge(Requirement, _formula.Lower, _formula.Upper);
        DecidedAt = Current.Verdict == Verdict.Undecided ? null : engine.Time;
    }
}
