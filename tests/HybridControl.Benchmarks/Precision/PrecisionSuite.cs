using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Benchmarks.Peers;
using HybridControl.Plotting;
using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Benchmarks.Precision;

/// <summary>Work and precision of every stiff method on the problems of docs/benchmarks/solvers.md, beside CVODE and RADAU5.</summary>
internal static class PrecisionSuite
{
    private const double LongestRun = 1500.0;
    private static readonly double[] s_tolerances = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11];

    /// <summary>Runs the suite; options --out FILE, --only PROBLEMS, --solvers NAMES, --plots FOLDER, --ours and --short.</summary>
    /// <returns>1 if a name is unknown.</returns>
    public static int Run(string[] args)
    {
        IReadOnlyList<StiffProblem> problems = StiffProblems.All();
        Solver[] solvers = [.. SolverCatalog.Names.Select(name => SolverCatalog.Create(name)).OfType<AdaptiveSolver>()];
        string[] only = ValueOf(args, "--only")?.Split(',') ?? [.. problems.Select(problem => problem.Name)];
        string[] names = ValueOf(args, "--solvers")?.Split(',') ?? [.. solvers.Select(solver => solver.Name)];
        string[] unknown = [.. only.Except(problems.Select(problem => problem.Name)), .. names.Except(solvers.Select(solver => solver.Name))];
        if (unknown.Length > 0)
        {
            Console.Error.WriteLine(
                $"Unknown: {string.Join(", ", unknown)}. Problems: {string.Join(", ", problems.Select(problem => problem.Name))}; solvers: {string.Join(", ", solvers.Select(solver => solver.Name))}.");
            return 1;
        }

        PeerTiming timing = args.Contains("--short") ? PeerTiming.Short : new(300.0, 20, 200.0, 200.0);
        PrecisionPeers? peers = args.Contains("--ours") ? null : PrecisionPeers.Find();
        using TextWriter? file = ValueOf(args, "--out") is { } path ? new StreamWriter(path) { AutoFlush = true } : null;
        foreach (StiffProblem problem in problems.Where(problem => only.Contains(problem.Name)))
        {
            Console.WriteLine($"\n### {problem.Title}\n");
            Console.WriteLine("| method | rtol | error | ms | steps | right-hand sides | Jacobians | factorisations |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
            PrecisionRow[] rows =
            [
                .. solvers.OfType<AdaptiveSolver>().Where(solver => names.Contains(solver.Name)).SelectMany(solver => Climb(problem, solver, timing)),
                .. peers?.Measure(problem, s_tolerances, timing.SweepMilliseconds) ?? [],
            ];
            foreach (PrecisionRow row in rows)
            {
                Console.WriteLine(row.ToMarkdown());
                file?.WriteLine(row.ToJson());
            }

            if (ValueOf(args, "--plots") is { } folder)
            {
                Draw(problem, rows).Save(Path.Combine(folder, $"solvers-{problem.Name}.svg"));
            }
        }

        return 0;
    }

    private static string? ValueOf(string[] args, string option)
    {
        int at = Array.IndexOf(args, option);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    private static IEnumerable<PrecisionRow> Climb(StiffProblem problem, AdaptiveSolver solver, PeerTiming timing)
    {
        Scenario scenario = Scenario.For(problem.Model);
        bool isWarm = false;
        foreach (double tolerance in s_tolerances)
        {
            var options = new SimulationOptions
            {
                Solver = solver with { RelativeTolerance = tolerance, AbsoluteTolerance = problem.Scale * tolerance },
                Recording = Recording.Events,
                Zeno = ZenoPolicy.Stop,
            };
            if (First(problem, scenario, options) is not { } first)
            {
                yield break;
            }

            if (first.Status != RunStatus.Completed)
            {
                Console.Error.WriteLine($"{problem.Name}, {solver.Name} at {tolerance:G1}: {first.Status}. {first.Reason}");
                if (first.Status == RunStatus.Cancelled)
                {
                    yield break; // tighter ones take longer still
                }

                continue;
            }

            RunStatistics cost = first.Statistics;
            PeerResult timed = timing.Measure(
                () =>
                {
                    scenario.TrySimulate(problem.Until, options);
                    return new PeerResult(0, 0, 0, 0.0);
                },
                isWarm: isWarm);
            isWarm = true;
            yield return new(
                problem.Name, solver.Name, tolerance, problem.ErrorOf(first), timed.MinimumMilliseconds, cost.Steps, cost.RightHandSides,
                cost.Jacobians, cost.Factorizations);
        }
    }

    private static Trajectory? First(StiffProblem problem, Scenario scenario, SimulationOptions options)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(LongestRun));
        try
        {
            return scenario.TrySimulate(problem.Until, options, limit.Token);
        }
        catch (ModelException refusal)
        {
            Console.Error.WriteLine($"{problem.Name}, {options.Solver.Name}: {refusal.Findings[0].What}");
            return null;
        }
    }

    private static CurvePlot Draw(StiffProblem problem, PrecisionRow[] rows)
    {
        CurvePlot plot = Plot.Curves("relative error", "time", yUnit: "ms", logarithmicX: true, logarithmicY: true).Title(problem.Title);
        foreach (IGrouping<string, PrecisionRow> method in rows.Where(row => row.Error > 0.0 && row.Error < 1.0).GroupBy(row => row.Method))
        {
            plot = plot.Curve(method.Key, [.. method.Select(row => row.Error)], [.. method.Select(row => row.Milliseconds)], marked: true);
        }

        return plot;
    }
}
