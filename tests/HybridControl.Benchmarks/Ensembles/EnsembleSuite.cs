using System.Diagnostics;
using System.Globalization;
using HybridControl.Benchmarks.Peers;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Lanes;

namespace HybridControl.Benchmarks.Ensembles;

/// <summary>The problems of docs/benchmarks/ensembles.md: lines for the table of the peers, and the gain by lanes on divided modes.</summary>
internal static class EnsembleSuite
{
    private const double BudgetMilliseconds = 2500.0;
    private const double WarmUpMilliseconds = 1500.0;
    private const int Checked = 50;

    private static readonly (LaneWidth Width, string Name)[] s_widths =
        [(LaneWidth.Vector512, "avx512"), (LaneWidth.Vector256, "avx2"), (LaneWidth.Scalar, "scalar")];

    /// <summary>Runs the suite; options --out FILE and --only TEXT.</summary>
    public static int Run(string[] args)
    {
        string? path = ValueOf(args, "--out");
        string only = ValueOf(args, "--only") ?? "";
        using TextWriter? file = path is null ? null : new StreamWriter(path) { AutoFlush = true };
        foreach ((string problem, string variant, EnsemblePlan plan, Func<List<EnsembleBlock>, PeerResult> judge) in Peers())
        {
            RunPeer(problem, variant, plan, judge, only, file);
        }

        RunStiff(only, file);
        RunDivergent(only, file);
        return 0;
    }

    private static string? ValueOf(string[] args, string option)
    {
        int at = Array.IndexOf(args, option);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    private static IEnumerable<(string, string, EnsemblePlan, Func<List<EnsembleBlock>, PeerResult>)> Peers()
    {
        yield return ("P8a_lorenz100k", "rk4_1000steps", EnsemblePlans.Lorenz(), JudgeLorenz);
        yield return ("P8b_balls100k", "dp5_rtol1e-6", EnsemblePlans.Balls(), JudgeBalls);
    }

    private static void RunPeer(
        string problem, string variant, EnsemblePlan plan, Func<List<EnsembleBlock>, PeerResult> judge, string only, TextWriter? file)
    {
        foreach ((LaneWidth width, string name) in s_widths)
        {
            for (int threads = 1; threads <= 2; threads++)
            {
                string peer = string.Create(CultureInfo.InvariantCulture, $"hc-{name}-{threads}thr");
                if (width <= LaneCompiler.Best && $"{problem} {variant} {peer}".Contains(only, StringComparison.Ordinal))
                {
                    Write(Measure(plan, new CpuEnsembleBackend(threads, width), judge).ToJson(problem, variant, peer), file);
                }
            }
        }
    }

    private static void RunStiff(string only, TextWriter? file)
    {
        foreach ((string problem, EnsemblePlan plan) in new[] { ("stiff_robertson10k", EnsemblePlans.Robertson(10_000)), ("stiff_vdp10k", EnsemblePlans.VanDerPol(10_000)) })
        {
            RunPeer(problem, "rodas5p_rtol1e-6", plan, Count, only, file);
        }
    }

    private static void RunDivergent(string only, TextWriter? file)
    {
        var gains = new Dictionary<LaneWidth, List<double>>();
        foreach ((string name, EnsemblePlan plan) in EnsemblePlans.Divergent())
        {
            var times = new Dictionary<LaneWidth, double>();
            foreach ((LaneWidth width, string lanes) in s_widths)
            {
                string problem = $"lanes_{name.Replace(' ', '_')}";
                if (width > LaneCompiler.Best || !$"{problem} dp5_rtol1e-6 hc-{lanes}-1thr".Contains(only, StringComparison.Ordinal))
                {
                    continue;
                }

                var backend = new CpuEnsembleBackend(1, width);
                string note = width == LaneWidth.Scalar ? "" : Occupancy(backend, plan);
                PeerResult result = Measure(plan, backend, blocks => Count(blocks) with { Note = note });
                times[width] = result.MinimumMilliseconds;
                Write(result.ToJson(problem, "dp5_rtol1e-6", $"hc-{lanes}-1thr"), file);
            }

            foreach ((LaneWidth width, double time) in times.Where(entry => times.ContainsKey(LaneWidth.Scalar) && entry.Key != LaneWidth.Scalar))
            {
                gains.TryAdd(width, []);
                gains[width].Add(times[LaneWidth.Scalar] / time);
            }
        }

        foreach ((LaneWidth width, List<double> factors) in gains)
        {
            double mean = Math.Exp(factors.Average(Math.Log));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{width} over scalar: {string.Join(", ", factors.Select(f => f.ToString("F2", CultureInfo.InvariantCulture)))}; geometric mean {mean:F2}"));
        }
    }

    private static void Write(string line, TextWriter? file)
    {
        Console.WriteLine(line);
        file?.WriteLine(line);
    }

    private static string Occupancy(CpuEnsembleBackend backend, EnsemblePlan plan)
    {
        LaneStatistics counts = backend.Measure(plan, 0, PlanSampler.For(plan).BlockCount)[0];
        LaneMachine machine = backend.MachineOf(plan);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"lanes busy: loops {counts.Occupancy(p => machine.Repeats[p] ? machine.Costs[p] : 0.0):P0}, other programs {counts.Occupancy(p => machine.Repeats[p] ? 0.0 : machine.Costs[p]):P0}; {counts.Moves} moves");
    }

    private static PeerResult Measure(EnsemblePlan plan, CpuEnsembleBackend backend, Func<List<EnsembleBlock>, PeerResult> judge)
    {
        if (backend.Check(plan) is { IsEmpty: false } findings)
        {
            throw new ModelException(findings);
        }

        long blockCount = PlanSampler.For(plan).BlockCount;
        var blocks = new List<EnsembleBlock>();
        double RunOnce()
        {
            blocks.Clear();
            long begin = Stopwatch.GetTimestamp();
            backend.Run(plan, 0, blockCount, blocks.Add, CancellationToken.None);
            return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        }

        for (double spent = 0.0; spent < WarmUpMilliseconds;)
        {
            spent += RunOnce();
        }

        var times = new List<double>();
        for (double spent = 0.0; times.Count < 201 && (times.Count < 3 || spent < BudgetMilliseconds); spent += times[^1])
        {
            times.Add(RunOnce());
        }

        PeerResult result = judge(blocks);
        times.Sort();
        return result with { Milliseconds = times[times.Count / 2], MinimumMilliseconds = times[0] };
    }

    private static PeerResult JudgeLorenz(List<EnsembleBlock> blocks)
    {
        double error = 0.0;
        for (int q = 0; q < Checked; q++)
        {
            int i = q * 2040;
            double[] exact = EnsembleReferences.Lorenz(i);
            EnsembleBlock block = blocks[i / EnsembleBlock.Capacity];
            for (int j = 0; j < exact.Length; j++)
            {
                double value = block.Scalar(block.Layout.FirstState + j)[i % EnsembleBlock.Capacity];
                error = Math.Max(error, Math.Abs(value - exact[j]));
            }
        }

        PeerResult count = Count(blocks);
        return count with { Rhs = 4 * count.Steps, Error = error, Note = "err vs double-double RK4 of the same step" };
    }

    private static PeerResult JudgeBalls(List<EnsembleBlock> blocks)
    {
        double error = 0.0;
        long expected = 0;
        foreach (EnsembleBlock block in blocks)
        {
            for (int k = 0; k < block.Count; k++)
            {
                (double height, int bounces) = EnsembleReferences.Ball((int)block.First + k);
                error = Math.Max(error, Math.Abs(block.Scalar(block.Layout.FirstState)[k] - height));
                expected += bounces;
            }
        }

        PeerResult count = Count(blocks);
        return count with
        {
            Error = error,
            Note = count.Events == expected ? "rhs not counted" : FormattableString.Invariant($"bounces {count.Events} expected {expected}"),
        };
    }

    private static PeerResult Count(List<EnsembleBlock> blocks)
    {
        double steps = 0.0;
        double jumps = 0.0;
        int failed = 0;
        foreach (EnsembleBlock block in blocks)
        {
            for (int k = 0; k < block.Count; k++)
            {
                steps += block.Scalar(EnsembleLayout.Steps)[k];
                jumps += block.Scalar(EnsembleLayout.Jumps)[k];
                failed += block.Scalar(EnsembleLayout.Status)[k] == (int)TrajectoryStatus.Completed ? 0 : 1;
            }
        }

        return new PeerResult(0, (long)steps, (long)jumps, double.NaN, failed == 0 ? "" : $"{failed} FAILED");
    }
}
