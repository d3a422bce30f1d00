namespace HybridControl.Simulation;

/// <summary>What the events and the log tell.</summary>
internal static class EventDiagnoses
{
    /// <summary>So many successive events of one name.</summary>
    private const int Burst = 20;

    /// <summary>Within this share of the run.</summary>
    private const double BurstShare = 1e-4;

    public static IEnumerable<RunDiagnosis> Accumulation(Trajectory run)
    {
        if (run.Status == RunStatus.Zeno)
        {
            yield return new()
            {
                Kind = DiagnosisKind.Accumulation,
                Subject = run.Jumps.IsEmpty ? "" : run.Jumps[^1].Transition,
                Mode = run.Segments[^1].Mode,
                From = run.EndTime,
                To = run.EndTime,
                Count = run.Jumps.Length,
                What = FormattableString.Invariant($"accumulation: events follow each other ever faster before t = {run.EndTime:R} s, and the run stopped there"),
                Mend = "Add what comes after the limit: a mode of rest or sliding, entered when the speed or the interval is small enough.",
            };
        }
    }

    public static IEnumerable<RunDiagnosis> Chattering(Trajectory run)
    {
        if (run.Jumps.Length + run.Log.Length <= Burst)
        {
            yield break;
        }

        double span = Math.Max(BurstShare * (run.EndTime - run.StartTime), double.Epsilon);
        var events = run.Jumps.Select(jump => (Name: jump.Transition, jump.Time, Kind: "transition"))
            .Concat(run.Log.Where(record => record.Kind == LogKind.Branch).Select(record => (record.Name, record.Time, Kind: "choice")));
        foreach (IGrouping<(string Name, string Kind), double> times in events.GroupBy(e => (e.Name, e.Kind), e => e.Time))
        {
            double[] sorted = [.. times];
            int fast = Enumerable.Range(0, Math.Max(sorted.Length - Burst, 0)).Count(i => sorted[i + Burst] - sorted[i] <= span);
            if (fast == 0)
            {
                continue;
            }

            int first = Enumerable.Range(0, sorted.Length - Burst).First(i => sorted[i + Burst] - sorted[i] <= span);
            yield return new()
            {
                Kind = DiagnosisKind.Chattering,
                Subject = times.Key.Name,
                Mode = run.At(sorted[first]).Mode,
                From = sorted[first],
                To = sorted[^1],
                Count = sorted.Length,
                Value = (sorted[first + Burst] - sorted[first]) / Burst,
                What = FormattableString.Invariant(
                    $"chattering: the {times.Key.Kind} '{times.Key.Name}' changed {sorted.Length} times, from t = {sorted[first]:R} s every {(sorted[first + Burst] - sorted[first]) / Burst:G3} s"),
                Mend = "Two flows push against each other across the surface: add a mode that slides along it, a hysteresis between the two thresholds, or a delay.",
            };
        }
    }

    public static IEnumerable<RunDiagnosis> Sensitivities(Trajectory run) =>
        from records in run.Log.Where(record => record.Kind == LogKind.Sensitivity).GroupBy(record => record.Name)
        let first = records.First()
        select new RunDiagnosis
        {
            Kind = DiagnosisKind.Sensitivity,
            Subject = records.Key,
            Mode = run.At(first.Time, Side.Left).Mode,
            From = first.Time,
            To = records.Last().Time,
            Count = records.Count(),
            What = FormattableString.Invariant(
                $"sensitivity: {first.Detail}, first at t = {first.Time:R} s{(records.Count() > 1 ? FormattableString.Invariant($", {records.Count()} times") : "")}"),
            Mend = "Compare with runs at changed values before you trust the derivatives after it, or move the values away from it.",
        };

    public static IEnumerable<RunDiagnosis> Grazing(Trajectory run) =>
        from touches in run.Log.Where(record => record.Kind == LogKind.Grazing).GroupBy(record => record.Name)
        let first = touches.First()
        select new RunDiagnosis
        {
            Kind = DiagnosisKind.Grazing,
            Subject = touches.Key,
            Mode = run.At(first.Time, Side.Left).Mode,
            From = first.Time,
            To = touches.Last().Time,
            Count = touches.Count(),
            Value = 0.0,
            What = FormattableString.Invariant(
                $"grazing: '{touches.Key}' touched its surface without crossing it, first at t = {first.Time:R} s{(touches.Count() > 1 ? FormattableString.Invariant($", {touches.Count()} times") : "")}"),
            Mend = "Whether it crosses hangs on rounding: let the transition fire on a touch if that should count, or move the threshold off the turning point.",
        };
}
