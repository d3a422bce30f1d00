using HybridControl.Dynamics;

namespace HybridControl.Simulation;

/// <summary>What the steps tell about the flow.</summary>
internal static class FlowDiagnoses
{
    private const double SmallShare = 1e-8;
    private const int ManySteps = 100;
    private const int Samples = 40;
    private const int Rounds = 24;
    private const double Limit = 2.5; // explicit methods of order five are stable up to a product of about 3.3

    public static IEnumerable<RunDiagnosis> Discontinuities(Trajectory run) =>
        from cluster in run.Statistics.Rejected
        let mode = run.At(Math.Min(cluster.Time, run.EndTime), Side.Left).Mode
        select new RunDiagnosis
        {
            Kind = DiagnosisKind.Discontinuity,
            Subject = cluster.State,
            Mode = mode,
            From = cluster.From,
            To = cluster.Time,
            Count = cluster.Rejections,
            Value = cluster.Shortest,
            What = FormattableString.Invariant(
                $"discontinuity: {cluster.Rejections} steps were rejected at t = {cluster.Time:R} s in mode '{mode}', from {cluster.Before:G3} s down to {cluster.Shortest:G3} s; the error of '{cluster.State}' was largest"),
            Mend = "The flow looks discontinuous there: declare its switch with select or as two modes, or at a known time as a step or a table of an input.",
        };

    public static IEnumerable<RunDiagnosis> SmallSteps(Trajectory run)
    {
        ReadOnlySpan<double> sizes = run.Record.StepSizes;
        double small = SmallShare * (run.EndTime - run.StartTime);
        (int from, int to) = (0, 0);
        for (int i = 0, start = 0; i <= sizes.Length; i++)
        {
            if (i < sizes.Length && sizes[i] <= small)
            {
                continue;
            }

            if (i - start > to - from)
            {
                (from, to) = (start, i);
            }

            start = i + 1;
        }

        if (to - from < ManySteps)
        {
            return [];
        }

        (double begin, double end) = (run.Record.StepTimes[from], run.Record.StepTimes[to - 1]);
        string mode = run.At(begin).Mode;
        return
        [
            new()
            {
                Kind = DiagnosisKind.SmallSteps,
                Subject = "",
                Mode = mode,
                From = begin,
                To = end,
                Count = to - from,
                Value = (end - begin) / (to - from),
                What = FormattableString.Invariant(
                    $"small steps: {to - from} steps of {(end - begin) / (to - from):G3} s on average between t = {begin:R} s and {end:R} s in mode '{mode}'"),
                Mend = "Look at what happens there: events or ticks that follow each other fast, a flow that is not smooth, or states whose absolute tolerance is far below their size.",
            },
        ];
    }

    // The product of step and the greatest rate of the flow, on steps spread over the run.
    public static IEnumerable<RunDiagnosis> Stiffness(Trajectory run)
    {
        TrajectoryRecorder record = run.Record;
        int steps = record.StepSizes.Length;
        if (steps < ManySteps || record.StateCount == 0)
        {
            return [];
        }

        int limited = 0;
        int first = -1;
        double largest = 0.0;
        for (int k = 0; k < Samples; k++)
        {
            int step = (int)(((2L * k) + 1) * steps / (2 * Samples));
            double product = record.StepSizes[step] * FastestRate(run, step);
            if (product >= Limit)
            {
                limited++;
                first = first < 0 ? step : first;
                largest = Math.Max(largest, product / record.StepSizes[step]);
            }
        }

        if (2 * limited < Samples)
        {
            return [];
        }

        return
        [
            new()
            {
                Kind = DiagnosisKind.Stiffness,
                Subject = "",
                Mode = run.At(record.StepTimes[first]).Mode,
                From = record.StepTimes[first],
                To = run.EndTime,
                Count = steps,
                Value = largest,
                What = FormattableString.Invariant(
                    $"stiffness: in {100 * limited / Samples} % of the steps looked at, stability and not accuracy set the length; the flow has rates up to {largest:G3} 1/s"),
                Mend = "Replace what settles at once by the value at which it settles, or slow it down where that does not matter; tighter tolerances cost little here.",
            },
        ];
    }

    // Power iteration on differences of the right-hand side: the spectral radius of its Jacobian, to a few per cent.
    private static double FastestRate(Trajectory run, int step)
    {
        TrajectoryRecorder record = run.Record;
        int n = record.StateCount;
        int piece = PieceOf(record, step);
        OdeFunction flow = run.Compiled.Mode(record.Pieces[piece].Mode).Ode;
        double[] data = [.. record.DataOf(piece), 0.0];
        double time = record.StepTimes[step];
        double[] x = new double[n + 1];
        double[] f = new double[n + 1];
        double[] moved = new double[n + 1];
        double[] slope = new double[n + 1];
        for (int i = 0; i < n; i++)
        {
            x[i] = record.CoefficientsOf(step)[i * (record.Degree + 1)];
            moved[i] = x[i] + (1e-7 * (1.0 + Math.Abs(x[i])) * (1.0 + (0.1 * i)));
        }

        flow.Derivatives(time, ref x[0], ref data[0], ref f[0]);
        double rate = 0.0;
        for (int round = 0; round < Rounds; round++)
        {
            double distance = Distance(moved, x);
            flow.Derivatives(time, ref moved[0], ref data[0], ref slope[0]);
            double change = Distance(slope, f);
            if (!(distance > 0.0) || !double.IsFinite(change) || change == 0.0)
            {
                return double.IsFinite(rate) ? rate : 0.0;
            }

            // Two rounds together, so that a pair of complex eigenvalues does not mislead.
            rate = round == 0 ? change / distance : Math.Sqrt(rate * change / distance);
            double scale = 1e-7 * (1.0 + Norm(x)) / change;
            for (int i = 0; i < n; i++)
            {
                moved[i] = x[i] + (scale * (slope[i] - f[i]));
            }
        }

        return rate;
    }

    private static int PieceOf(TrajectoryRecorder record, int step)
    {
        int low = 0;
        int high = record.Pieces.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = record.Pieces[middle].FirstStep <= step ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    private static double Distance(double[] a, double[] b)
    {
        double sum = 0.0;
        for (int i = 0; i < a.Length - 1; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return Math.Sqrt(sum);
    }

    private static double Norm(double[] a) => Distance(a, new double[a.Length]);
}
