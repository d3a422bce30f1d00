using System.Globalization;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Benchmarks.Peers;

/// <summary>The peers' problems with every adaptive method, at the peers' tolerance and at tighter and looser ones.</summary>
/// <remarks>
/// Options: --out FILE for the lines, --only TEXT for rows that contain the text (several by commas), --solvers NAMES, --short for few
/// repeats, --report FILES for the ratios at equal error instead of a run.
/// </remarks>
internal static class PeerSuite
{
    private const double LongestRun = 3000.0; // milliseconds of a cold run

    // Looser and tighter than the peers' tolerance, so that a run of equal error is among them.
    private static readonly double[] s_sweep = [1.0, 1e3, 1e2, 30.0, 10.0, 3.0, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4];

    /// <summary>Runs the suite, or reports on runs of it.</summary>
    /// <returns>1 if a name is unknown; a ratio missed is a result, not a failure.</returns>
    public static int Run(string[] args)
    {
        if (Array.IndexOf(args, "--report") is >= 0 and int at)
        {
            return PeerReport.Print(args[(at + 1)..]);
        }

        string[] only = (ValueOf(args, "--only") ?? "").Split(',');
        PeerTiming timing = args.Contains("--short") ? PeerTiming.Short : PeerTiming.Whole;
        AdaptiveSolver[] solvers = [.. SolverCatalog.Names.Select(name => SolverCatalog.Create(name)).OfType<AdaptiveSolver>()];
        if (ValueOf(args, "--solvers")?.Split(',') is { } names)
        {
            if (names.Except(solvers.Select(solver => solver.Name)).ToArray() is { Length: > 0 } unknown)
            {
                Console.Error.WriteLine(
                    $"No adaptive method is called {string.Join(", ", unknown)}. Known: {string.Join(", ", solvers.Select(solver => solver.Name))}.");
                return 1;
            }

            solvers = [.. solvers.Where(solver => names.Contains(solver.Name))];
        }

        using TextWriter? file = ValueOf(args, "--out") is { } path ? new StreamWriter(path) { AutoFlush = true } : null;
        foreach (PeerProblem problem in PeerProblems.All())
        {
            foreach (AdaptiveSolver solver in solvers.Where(solver =>
                only.Any(text => $"{problem.Name} {problem.Variant} hc-{solver.Name}".Contains(text, StringComparison.Ordinal))))
            {
                Sweep(problem, solver, timing, file);
            }
        }

        return 0;
    }

    private static string? ValueOf(string[] args, string option)
    {
        int at = Array.IndexOf(args, option);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    private static void Sweep(PeerProblem problem, AdaptiveSolver solver, PeerTiming timing, TextWriter? file)
    {
        bool isWarm = false;
        foreach (double factor in s_sweep)
        {
            double relative = problem.Relative * factor;
            if (relative is < 1e-13 or > 1e-2)
            {
                continue;
            }

            bool isUsual = factor == 1.0;
            string peer = isUsual ? $"hc-{solver.Name}" : string.Create(CultureInfo.InvariantCulture, $"hc-{solver.Name}@{relative:0.#e-0}");
            Func<CancellationToken, PeerResult> run = problem.Prepare(new SimulationOptions
            {
                Solver = solver with { RelativeTolerance = relative, AbsoluteTolerance = problem.Absolute * factor },
                Recording = Recording.Events, // the peers record nothing
                Zeno = ZenoPolicy.Stop,
            });
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(LongestRun));
            if (First(run, limit.Token) is not { } first)
            {
                return; // a method for other flows
            }

            if (!first.IsComplete)
            {
                Console.Error.WriteLine($"{problem.Name} {problem.Variant} {peer}: {first.Note}");
                if (isUsual && limit.IsCancellationRequested)
                {
                    return; // not a method for this problem
                }

                continue;
            }

            PeerResult timed = timing.Measure(() => run(CancellationToken.None), isUsual, isWarm);
            isWarm = true;
            string line = timed.ToJson(problem.Name, problem.Variant, peer);
            Console.WriteLine(line);
            file?.WriteLine(line);
        }
    }

    private static PeerResult? First(Func<CancellationToken, PeerResult> run, CancellationToken cancellation)
    {
        try
        {
            return run(cancellation);
        }
        catch (ModelException)
        {
            return null;
        }
    }
}
