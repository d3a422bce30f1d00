using HybridControl.Requirements;
using HybridControl.Requirements.Robustness;
using HybridControl.Simulation;

namespace HybridControl.Ensembles.Falsification;

/// <summary>Evaluates points of the unit cube within a budget, several at a time, and keeps the worst.</summary>
internal sealed class FalsificationSearch(FalsificationProblem problem, FalsificationOptions options, CancellationToken cancellation)
{
    private readonly FormulaProgram? _shared = problem.Searched.Any(quantity => quantity is SearchedInput { Linear: true })
        ? null
        : new FormulaProgram(problem.Requirement.Formula, problem.Model.Compiled);

    private (FalsificationCase Case, RequirementResult Verdict, double Robustness)? _worst;
    private int _evaluations;

    /// <summary>Runs that are left.</summary>
    public int Left => options.Budget - _evaluations;

    /// <summary>Whether the search is over.</summary>
    public bool IsOver => Left <= 0 || cancellation.IsCancellationRequested ||
        (options.StopsAtViolation && _worst is { Verdict.Verdict: Verdict.Violated });

    /// <summary>Evaluates points; those beyond the budget, or after a cancellation, get infinity.</summary>
    /// <param name="points">The points.</param>
    /// <returns>Their robustness.</returns>
    public double[] Evaluate(IReadOnlyList<double[]> points)
    {
        int count = Math.Min(points.Count, Left);
        var found = new (FalsificationCase Case, RequirementResult Verdict, double Robustness)?[points.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads > 0 ? options.Threads : Environment.ProcessorCount };
        Parallel.For(0, count, parallel, i => found[i] = cancellation.IsCancellationRequested ? null : Judge(points[i]));
        _evaluations += found.Count(one => one is not null);
        foreach ((FalsificationCase Case, RequirementResult Verdict, double Robustness)? one in found)
        {
            if (one is { } run && (_worst is null || IsWorse(run.Verdict, run.Robustness, _worst.Value)))
            {
                _worst = run;
            }
        }

        options.Progress?.Report(new(_evaluations, options.Budget, _worst?.Robustness ?? double.PositiveInfinity));
        return [.. found.Select(one => one?.Robustness ?? double.PositiveInfinity)];
    }

    /// <summary>The worst run.</summary>
    public FalsificationResult Result()
    {
        if (_worst is not { } worst)
        {
            throw new OperationCanceledException(cancellation);
        }

        return new(worst.Case, worst.Verdict, worst.Robustness, _evaluations);
    }

    private static bool IsWorse(
        RequirementResult verdict, double robustness, (FalsificationCase Case, RequirementResult Verdict, double Robustness) worst) =>
        robustness < worst.Robustness ||
        (robustness == worst.Robustness && verdict.Verdict == Verdict.Violated && worst.Verdict.Verdict != Verdict.Violated);

    // A run that broke off without a violation guides nowhere.
    private (FalsificationCase Case, RequirementResult Verdict, double Robustness)? Judge(double[] point)
    {
        var one = FalsificationCase.At(problem, point);
        Trajectory run = one.Run(new() { Solver = problem.Solver, Zeno = Automata.ZenoPolicy.Stop }, cancellation);
        if (run.Status == RunStatus.Cancelled)
        {
            return null;
        }

        RequirementResult verdict = TrajectoryRequirements.Evaluate(
            TrajectoryRequirements.ArcOf(run), problem.Requirement,
            _shared ?? new FormulaProgram(problem.Requirement.Formula, run.Compiled), TrajectoryRequirements.DefaultTolerance);
        double robustness = verdict.Verdict switch
        {
            Verdict.Undecided => double.IsFinite(verdict.Upper) ? verdict.Upper : double.IsFinite(verdict.Lower) ? verdict.Lower : double.PositiveInfinity,
            _ => verdict.Robustness,
        };
        return (one, verdict, verdict.Verdict == Verdict.Undecided ? Math.Max(robustness, 0.0) : robustness);
    }
}
