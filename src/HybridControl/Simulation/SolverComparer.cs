using System.Collections.Immutable;
using System.Diagnostics;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <summary>Carries out a comparison of solvers.</summary>
internal sealed class SolverComparer
{
    // Recording keeps every step, so a method that is wrong for the model must end before it fills the memory.
    private const long MostValues = 20_000_000;
    private const int ReferencesTried = 4;

    private static readonly TimeSpan EnoughRepeating = TimeSpan.FromSeconds(0.1);

    private readonly Scenario _scenario;
    private readonly double _until;
    private readonly SimulationOptions _options;
    private readonly SolverComparisonOptions _comparison;
    private readonly CancellationToken _cancellation;
    private readonly double[] _tolerances;
    private readonly double _ratio;
    private readonly List<RefusedSolver> _refused = [];
    private readonly List<(Solver Solver, double Rung, SampledRun Run, double Seconds)> _runs = [];
    private int _done;
    private int _total;

    public SolverComparer(
        Scenario scenario, double until, SimulationOptions options, SolverComparisonOptions comparison, CancellationToken cancellation)
    {
        (_scenario, _until, _options, _comparison, _cancellation) = (scenario, until, options, comparison, cancellation);
        Finding[] findings = [.. Check()];
        if (findings.Length > 0)
        {
            throw new ModelException(findings);
        }

        _tolerances = [.. comparison.Tolerances.Distinct().OrderDescending()];
        _ratio = options.Solver is AdaptiveSolver usual ? usual.AbsoluteTolerance / usual.RelativeTolerance : 1e-3;
    }

    private bool IsCancelled => _cancellation.IsCancellationRequested;

    /// <summary>Runs everything.</summary>
    public SolverComparison Run()
    {
        Solver[] solvers = [.. Chosen().Where(IsUsable)];
        if (solvers.Length == 0)
        {
            throw new ModelException([.. _refused.Select(refused => refused.Findings[0] with { Where = refused.Solver })]);
        }

        _total = (solvers.Length * _tolerances.Length) + 2;
        foreach (Solver solver in solvers)
        {
            Climb(solver);
        }

        (SolverReference Reference, SampledRun Run)? truth = IsCancelled ? null : FindReference();
        return new()
        {
            Model = _scenario.Model.Name,
            Runs = [.. _runs.Select(entry => Judge(entry.Solver, entry.Rung, entry.Run, entry.Seconds, truth?.Run))],
            Refused = [.. _refused],
            Reference = truth?.Reference,
            Cancelled = IsCancelled,
        };
    }

    private static Finding? Positive(string where, double value) => value > 0.0
        ? null : new(where, FormattableString.Invariant($"{value}"), "Give a positive number.");

    private IEnumerable<Finding> Check()
    {
        foreach (string name in _comparison.Solvers.Where(name => !SolverCatalog.Names.Contains(name)))
        {
            yield return new("solvers", $"unknown solver '{name}'", SolverCatalog.Remedy(name));
        }

        foreach (Mode mode in _scenario.Model.Modes.Where(mode => !mode.Diffusion.IsEmpty))
        {
            yield return new(
                $"{_scenario.Model.Name}, modes.{mode.Name}.diffusion", "the flow is stochastic, and the error of a path is no measure of its method",
                "Compare ensembles of euler-maruyama and milstein at several steps.");
        }

        foreach (double tolerance in _comparison.Tolerances.Where(tolerance => !(tolerance is >= 1e-13 and <= 0.1)))
        {
            yield return new("tolerances", FormattableString.Invariant($"{tolerance}"), "Give numbers from 1e-13 to 0.1.");
        }

        if (_comparison.Tolerances.IsEmpty)
        {
            yield return new("tolerances", "there are none", "Give at least one, such as 1e-6.");
        }

        if (!(_until > _options.StartTime) || !double.IsFinite(_until))
        {
            yield return new(
                "until", FormattableString.Invariant($"end time {_until} s with start time {_options.StartTime} s"),
                "Give a finite end time after the start.");
        }

        Finding?[] counts =
        [
            Positive("points", _comparison.Points), Positive("repeats", _comparison.Repeats),
            Positive("longest run", _comparison.LongestRun.TotalSeconds),
        ];
        foreach (Finding finding in counts.OfType<Finding>())
        {
            yield return finding;
        }
    }

    private IEnumerable<Solver> Chosen() => _comparison.Solvers.IsEmpty
        ? SolverCatalog.Names.Select(Create).OfType<AdaptiveSolver>()
        : _comparison.Solvers.Distinct().Select(Create);

    private Solver Create(string name) => SolverCatalog.Create(name) with { MaximumStep = _options.Solver.MaximumStep };

    private bool IsUsable(Solver solver)
    {
        if (solver is StochasticSolver)
        {
            _refused.Add(new(solver.Name, [new(
                solver.Name, "a method for noise, which has an error in distribution", "Compare ensembles of it instead.")]));
            return false;
        }

        try
        {
            _scenario.CreateEngine(_options with { Solver = solver });
            return true;
        }
        catch (ModelException refusal)
        {
            string own = $"{solver.Name}: "; // who refuses stands there already
            _refused.Add(new(solver.Name, [.. refusal.Findings.Select(finding =>
                finding.What.StartsWith(own, StringComparison.Ordinal) ? finding with { What = finding.What[own.Length..] } : finding)]));
            return false;
        }
    }

    private void Climb(Solver solver)
    {
        for (int k = 0; k < _tolerances.Length && !IsCancelled; k++)
        {
            (Solver set, double rung) = solver switch
            {
                AdaptiveSolver method => (AtTolerance(method, _tolerances[k]), _tolerances[k]),
                FixedStepRungeKutta method => AtStep(method, 0.01 * (_until - _options.StartTime) * Math.Pow(0.25, k)),
                _ => (solver, double.NaN),
            };
            (SampledRun run, double seconds) = Measure(set, rung, repeats: _comparison.Repeats);
            if (IsCancelled)
            {
                return;
            }

            _runs.Add((solver, rung, run, seconds));
            if (run.Status is RunStatus.Cancelled or RunStatus.StepLimit)
            {
                _total -= _tolerances.Length - 1 - k;
                return; // it would take longer still
            }
        }
    }

    private AdaptiveSolver AtTolerance(AdaptiveSolver solver, double tolerance) =>
        solver with { RelativeTolerance = tolerance, AbsoluteTolerance = _ratio * tolerance };

    private static (Solver, double) AtStep(FixedStepRungeKutta solver, double step) => (solver with { Step = step }, step);

    private (SampledRun Run, double Seconds) Measure(Solver solver, double rung, int repeats)
    {
        _comparison.Progress?.Report(new(solver.Name, rung, _done++, _total));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        limit.CancelAfter(_comparison.LongestRun);
        SimulationOptions options = _options with
        {
            Solver = solver,
            Progress = null,
            Snapshots = null,
            Recording = Recording.Everything,
            MaxSteps = Math.Min(_options.MaxSteps, MostValues / Math.Max(1, _scenario.Model.States.Length)),
        };
        var run = SampledRun.Of(_scenario.TrySimulate(_until, options, limit.Token), _until, _comparison.Points);
        double least = run.IsComplete ? double.PositiveInfinity : double.NaN;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; run.IsComplete && !IsCancelled && IsWorthRepeating(i, repeats, Stopwatch.GetElapsedTime(start)); i++)
        {
            long begin = Stopwatch.GetTimestamp();
            _scenario.TrySimulate(_until, options with { Recording = Recording.Events }, _cancellation);
            least = Math.Min(least, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        return (run, least);
    }

    // Short runs are cheap to repeat, and the runtime still optimises; long ones need it less.
    private bool IsWorthRepeating(int done, int repeats, TimeSpan spent) => done == 0
        ? repeats > 0
        : (done < repeats && spent < _comparison.LongestRun) || (done < 20 * repeats && spent < EnoughRepeating);

    private (SolverReference Reference, SampledRun Run)? FindReference()
    {
        // The steps of a method of fixed step say nothing of the error that it will have.
        double tolerance = _runs.Exists(entry => entry.Solver is FixedStepRungeKutta) ? 1e-12 : Math.Max(1e-13, _tolerances[^1] / 100.0);
        var found = new List<(AdaptiveSolver Solver, SampledRun Run)>();
        (AdaptiveSolver, SampledRun)? twin = null;
        foreach (AdaptiveSolver solver in ReferenceMethods().Take(ReferencesTried))
        {
            (SampledRun run, _) = Measure(AtTolerance(solver, tolerance), tolerance, repeats: 0);
            if (run.IsComplete && found.Count == 1 && run.ErrorAgainst(found[0].Run, _ratio) == 0.0)
            {
                twin = (solver, run); // the same bits are the same method, as auto and what it chose: that checks nothing
            }
            else if (run.IsComplete)
            {
                found.Add((solver, run));
            }

            if (found.Count == 2)
            {
                break;
            }
        }

        if (found.Count == 1 && twin is { } same)
        {
            found.Add(same);
        }

        switch (found)
        {
            case []:
                return null;
            case [(AdaptiveSolver only, SampledRun run)]:
                SampledRun? looser = _runs.LastOrDefault(entry => entry.Solver.Name == only.Name && entry.Run.IsComplete).Run;
                return (new(only.Name, tolerance, "", looser?.ErrorAgainst(run, _ratio) ?? double.NaN), run);
            default:
                (AdaptiveSolver Solver, SampledRun Run) best = Trust(found[0].Solver) >= Trust(found[1].Solver) ? found[0] : found[1];
                (AdaptiveSolver Solver, SampledRun Run) other = best.Solver == found[0].Solver ? found[1] : found[0];
                return (new(best.Solver.Name, tolerance, other.Solver.Name, other.Run.ErrorAgainst(best.Run, _ratio)), best.Run);
        }
    }

    /// <summary>Methods for the reference, the fastest at the tightest tolerance first; then those that were not asked for, the closed form and high orders first.</summary>
    private IEnumerable<AdaptiveSolver> ReferenceMethods()
    {
        AdaptiveSolver[] measured =
        [
            .. _runs.Where(entry => entry.Rung == _tolerances[^1] && double.IsFinite(entry.Seconds))
                .OrderBy(entry => entry.Seconds).Select(entry => entry.Solver).OfType<AdaptiveSolver>(),
        ];
        IEnumerable<AdaptiveSolver> others = SolverCatalog.Names.Select(Create).OfType<AdaptiveSolver>()
            .Where(solver => !_runs.Exists(entry => entry.Solver.Name == solver.Name) && !_refused.Exists(entry => entry.Solver == solver.Name))
            .OrderByDescending(Trust)
            .Where(IsAccepted);
        return measured.Concat(others);
    }

    // The closed form has no error; the highest order of a multistep method is not that of its first steps after an event, and
    // instants lie between the ends of steps, where Radau IIA is of order 3.
    private static int Trust(AdaptiveSolver solver) => solver.IsSelective ? int.MaxValue : solver is Adams or Bdf or Radau5 ? 0 : solver.Order;

    private bool IsAccepted(Solver solver)
    {
        int before = _refused.Count;
        bool accepted = IsUsable(solver);
        _refused.RemoveRange(before, _refused.Count - before); // nobody asked for it
        return accepted;
    }

    private SolverRun Judge(Solver solver, double rung, SampledRun run, double seconds, SampledRun? truth)
    {
        string reason = run switch
        {
            { Status: RunStatus.Cancelled } => FormattableString.Invariant($"took longer than {_comparison.LongestRun.TotalSeconds:G3} s"),
            { IsComplete: false } => run.Reason,
            _ => truth is null ? "" : run.Differences(truth),
        };
        bool differs = run.IsComplete && reason.Length > 0;
        return new(
            solver.Name,
            rung,
            run.Status,
            reason,
            truth is null || !run.IsComplete || differs ? double.NaN : run.ErrorAgainst(truth, _ratio),
            truth is null ? double.NaN : run.EventErrorAgainst(truth),
            run.Statistics,
            seconds);
    }
}
