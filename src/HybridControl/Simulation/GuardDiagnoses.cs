namespace HybridControl.Simulation;

/// <summary>What the statistics of guards tell.</summary>
internal static class GuardDiagnoses
{
    private const double CostlyShare = 1.0 / 3.0;
    private const long FewSteps = 30;

    public static IEnumerable<RunDiagnosis> NearMisses(Trajectory run) =>
        from guard in run.Statistics.Guards
        where guard.NearMisses > 0
        select new RunDiagnosis
        {
            Kind = DiagnosisKind.NearMiss,
            Subject = guard.Name,
            Mode = guard.Mode,
            From = guard.ClosestMissTime,
            To = guard.ClosestMissTime,
            Count = guard.NearMisses,
            Value = guard.ClosestMiss,
            What = FormattableString.Invariant(
                $"near miss: '{guard.Name}' in mode '{guard.Mode}' turned back at {guard.ClosestMiss:G4} from its surface at t = {guard.ClosestMissTime:R} s{Times(guard.NearMisses, "; it came close in {0} steps")}"),
            Mend = "Tighten the tolerances to see on which side it stays; if reaching the surface should count, move the threshold or let the transition fire on a touch.",
        };

    public static IEnumerable<RunDiagnosis> NotBounded(Trajectory run) =>
        from guard in run.Statistics.Guards
        where guard.NotBounded > 0
        select new RunDiagnosis
        {
            Kind = DiagnosisKind.NotBounded,
            Subject = guard.Name,
            Mode = guard.Mode,
            From = guard.NotBoundedFrom,
            To = guard.NotBoundedTo,
            Count = guard.NotBounded,
            What = FormattableString.Invariant(
                $"not bounded: nothing could be proved about '{guard.Name}' in mode '{guard.Mode}' on {guard.NotBounded} pieces between t = {guard.NotBoundedFrom:R} s and {guard.NotBoundedTo:R} s; samples were taken instead, and a pair of events between two of them would be missed"),
            Mend = "Write the guard as an expression if it is a C# function or reads one; if it has a pole or a root of something negative there, multiply the denominator out or clamp the argument; a longest step makes samples denser.",
        };

    public static IEnumerable<RunDiagnosis> Undecided(Trajectory run) =>
        from guard in run.Statistics.Guards
        where guard.FloorHits > 0
        select new RunDiagnosis
        {
            Kind = DiagnosisKind.Undecided,
            Subject = guard.Name,
            Mode = guard.Mode,
            Count = guard.FloorHits,
            What = FormattableString.Invariant(
                $"undecided: '{guard.Name}' in mode '{guard.Mode}' lay so close to its surface that {guard.FloorHits} pieces were halved down to the resolution of time, where samples decided"),
            Mend = "Where the guard stays on its surface or reaches it flat, give it a margin, or write a power as its base: x >= 0, not x^4 >= 0.",
        };

    public static IEnumerable<RunDiagnosis> BudgetSpent(Trajectory run) =>
        from guard in run.Statistics.Guards
        where guard.BudgetCuts > 0
        select new RunDiagnosis
        {
            Kind = DiagnosisKind.BudgetSpent,
            Subject = guard.Name,
            Mode = guard.Mode,
            Count = guard.BudgetCuts,
            What = FormattableString.Invariant(
                $"budget spent: in {guard.BudgetCuts} steps {EventSearch.Budget} pieces did not decide '{guard.Name}' in mode '{guard.Mode}'; the steps were cut"),
            Mend = "Simplify the guard: terms that cancel, such as sin(x)^2 + cos(x)^2 - 1 or equal states subtracted inside a function, are zero and cannot be told from it.",
        };

    public static IEnumerable<RunDiagnosis> Costly(Trajectory run) =>
        from guard in run.Statistics.Guards
        let steps = guard.Dismissed + guard.Escalated
        let share = (double)(guard.Escalated - guard.AffineDecisions) / steps
        where steps >= FewSteps && guard.Pieces > guard.Escalated && share > CostlyShare
        select new RunDiagnosis
        {
            Kind = DiagnosisKind.CostlyGuard,
            Subject = guard.Name,
            Mode = guard.Mode,
            Count = guard.Escalated,
            Value = share,
            What = FormattableString.Invariant(
                $"costly guard: '{guard.Name}' in mode '{guard.Mode}' needed a closer look in {100.0 * share:F0} % of {steps} steps, {(double)guard.Pieces / guard.Escalated:F1} pieces each"),
            Mend = "Rewrite it so that bounds are sharp: let each variable occur once (complete squares), split 'and' and 'or' into transitions, compare squares instead of roots.",
        };

    private static string Times(long count, string text) =>
        count > 1 ? string.Format(System.Globalization.CultureInfo.InvariantCulture, text, count) : "";
}
