using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Checks;
using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Ensembles;

/// <summary>Checks a plan and reports every finding at once.</summary>
/// <remarks>
/// What a particular back-end cannot do is not asked here: see <see cref="IEnsembleBackend.Check"/>. Places are called as a plan file
/// calls them: <c>vary.e</c>, <c>record.final[1]</c>. Thread-safe. Cost: linear in the plan, but for the correlations.
/// </remarks>
public static class PlanValidator
{
    /// <summary>Every finding about a plan; about its model alone if the model has errors.</summary>
    public static ImmutableArray<Finding> Validate(EnsemblePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ImmutableArray<Finding> model = AutomatonValidator.Validate(plan.Model);
        if (model.Any(finding => finding.Severity == Severity.Error))
        {
            return [.. model.Select(finding => finding with { Where = $"model, {finding.Where}" })];
        }

        var findings = new FindingList();
        CheckRun(plan, findings);
        foreach (Finding finding in SolverCheck.Of(plan.Model, plan.Solver).Concat(AlgebraicSolverCheck.Of(plan.Model, plan.Solver)))
        {
            findings.Error(finding.Where, finding.What, finding.Mend);
        }

        new PlanSettingCheck(plan, findings).Run();
        SamplingCheck.Run(plan, findings);
        new PlanRecordCheck(plan, findings).Run();
        return findings.ToImmutable();
    }

    /// <summary>Refuses a plan with errors.</summary>
    /// <exception cref="ModelException">The plan has errors; the exception carries all findings.</exception>
    public static void ThrowIfInvalid(EnsemblePlan plan)
    {
        ImmutableArray<Finding> findings = Validate(plan);
        if (findings.Any(finding => finding.Severity == Severity.Error))
        {
            throw new ModelException(findings);
        }
    }

    /// <summary>What keeping everything that a valid plan records takes: bytes of all trajectories together.</summary>
    public static double BytesOf(EnsemblePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return (double)EnsembleLayout.Of(plan).Width * sizeof(double) * (PlanSampler.SampleCountOf(plan) ?? double.PositiveInfinity) * plan.AlternativeCount;
    }

    /// <summary>Whether all that a plan records fits, with what takes most; empty if it does.</summary>
    /// <param name="plan">A valid plan.</param>
    /// <param name="bytesAvailable">Bytes of memory or disk that there are.</param>
    public static ImmutableArray<Finding> CheckMemory(EnsemblePlan plan, double bytesAvailable)
    {
        double bytes = BytesOf(plan);
        if (bytes <= bytesAvailable)
        {
            return [];
        }

        var layout = EnsembleLayout.Of(plan);
        (string What, long Width) largest = new[]
        {
            ("the grid samples", (long)layout.GridTimes.Length * layout.Grid.Length), ("the events", 2L * layout.EventSlots),
            ("the final values and records", layout.Scalars.Length), ("the samples", layout.Samples.Length),
        }.MaxBy(part => part.Item2);
        return
        [
            new(
                "size",
                FormattableString.Invariant(
                    $"the results take {Words(bytes)}, {layout.Width * sizeof(double)} bytes for each trajectory, but there are {Words(bytesAvailable)}"),
                FormattableString.Invariant(
                    $"Most of it is {largest.What} ({largest.Width * sizeof(double)} bytes): record less, run fewer trajectories, or keep statistics only.")),
        ];
    }

    private static void CheckRun(EnsemblePlan plan, FindingList findings)
    {
        if (!double.IsFinite(plan.StartTime))
        {
            findings.Error("start", FormattableString.Invariant($"the start time is {plan.StartTime} s"), "Give a finite time.");
        }

        if (!double.IsFinite(plan.Until))
        {
            findings.Error("until", FormattableString.Invariant($"the end time is {plan.Until} s"), "Give a finite time.");
        }
        else if (plan.Until <= plan.StartTime)
        {
            findings.Error(
                "until", FormattableString.Invariant($"the end time is {plan.Until} s, but the start is at {plan.StartTime} s"),
                "Give an end after the start.");
        }

        foreach (Finding finding in plan.Solver.Validate())
        {
            findings.Error("solver", $"{finding.Where["solver ".Length..]}: {finding.What}", finding.Mend);
        }

        if (plan.MaxSteps < 1)
        {
            findings.Error("maxSteps", FormattableString.Invariant($"at most {plan.MaxSteps} steps"), "Allow at least one.");
        }

        if (plan.MaxJumpsPerInstant < 1)
        {
            findings.Error("maxJumpsPerInstant", FormattableString.Invariant($"at most {plan.MaxJumpsPerInstant} jumps"), "Allow at least one.");
        }

        if (!(plan.EventTolerance >= 0.0 && double.IsFinite(plan.EventTolerance)))
        {
            findings.Error(
                "eventTolerance", FormattableString.Invariant($"the tolerance is {plan.EventTolerance} s"),
                "Give a finite number of seconds, or zero for the resolution of time.");
        }

        if (!Enum.IsDefined(plan.Design))
        {
            findings.Error(
                "design", FormattableString.Invariant($"unknown design {(int)plan.Design}"), $"Known: {string.Join(", ", Enum.GetNames<SamplingDesign>())}.");
        }
    }

    private static string Words(double bytes) => bytes switch
    {
        >= 1L << 40 => FormattableString.Invariant($"{bytes / (1L << 40):0.#} TiB"),
        >= 1 << 30 => FormattableString.Invariant($"{bytes / (1 << 30):0.#} GiB"),
        >= 1 << 20 => FormattableString.Invariant($"{bytes / (1 << 20):0.#} MiB"),
        _ => FormattableString.Invariant($"{bytes:0} bytes"),
    };
}
