using System.Collections.Immutable;

namespace HybridControl.Simulation;

/// <summary>What a run met with that deserves attention: what nearly happened, what could not be proved, what cost the steps.</summary>
/// <remarks>
/// Made from the statistics, the log and the recorded steps after the run, which it neither changes nor slows. Without recorded
/// steps (<see cref="Recording.Events"/>) nothing is said about small steps and stiffness. Immutable and thread-safe.
/// </remarks>
public sealed record RunExplanation
{
    private RunExplanation(ImmutableArray<RunDiagnosis> diagnoses) => Diagnoses = diagnoses;

    /// <summary>The diagnoses: what puts results in doubt first, what only costs time last.</summary>
    public ImmutableArray<RunDiagnosis> Diagnoses { get; }

    /// <summary>Explains a run, whatever its status.</summary>
    public static RunExplanation Of(Trajectory run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new(
        [
            .. EventDiagnoses.Accumulation(run), .. EventDiagnoses.Chattering(run), .. FlowDiagnoses.Discontinuities(run),
            .. GuardDiagnoses.NotBounded(run), .. GuardDiagnoses.NearMisses(run), .. EventDiagnoses.Grazing(run), .. EventDiagnoses.Sensitivities(run),
            .. GuardDiagnoses.Undecided(run), .. FlowDiagnoses.SmallSteps(run), .. FlowDiagnoses.Stiffness(run),
            .. GuardDiagnoses.BudgetSpent(run), .. GuardDiagnoses.Costly(run),
        ]);
    }
}
