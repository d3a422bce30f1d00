using System.Collections.Immutable;
using System.Diagnostics;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Serialization;
using HybridControl.Simulation;

namespace HybridControl.Cli;

/// <summary>One run to be carried out.</summary>
/// <param name="Path">Path of the model file.</param>
/// <param name="Model">The model.</param>
/// <param name="Until">End time in seconds.</param>
/// <param name="Options">Solver and values.</param>
/// <param name="Quiet">Whether to print errors only.</param>
internal sealed record RunRequest(string Path, HybridAutomaton Model, double Until, SimulationOptions Options, bool Quiet)
{
    /// <summary>Names to plot or tabulate.</summary>
    /// <exception cref="UsageException">A name is unknown.</exception>
    public IReadOnlyList<string> Names(string option, IReadOnlyList<string>? asked, IReadOnlyList<string> usual)
    {
        string[] known =
        [
            .. Model.States.Select(s => s.Name), .. Model.Discretes.Select(d => d.Name), .. Model.Inputs.Select(i => i.Name),
            .. Model.Outputs.Select(o => o.Name), .. Model.Parameters.Select(p => p.Name), .. Derivatives(DifferentiableNames),
        ];
        Finding[] faults = [.. (asked ?? []).Where(name => !known.Contains(name, StringComparer.Ordinal))
            .Select(name => new Finding(option, $"'{Model.Name}' has no variable '{name}'", Suggestions.For(name, known)))];
        return faults.Length > 0 ? throw new UsageException(faults) : asked ?? usual;
    }

    /// <summary>What the model suggests to plot: its experiment's names, else its states; and their derivatives, if any are asked for.</summary>
    public IReadOnlyList<string> SuggestedPlot
    {
        get
        {
            ImmutableArray<string> names =
                Model.Experiment is { Plot: { IsEmpty: false } plot } ? plot : [.. Model.States.Select(state => state.Name)];
            return [.. names, .. Derivatives(names.Intersect(DifferentiableNames))];
        }
    }

    // In the order of the table: by what is varied, then by variable.
    private IEnumerable<string> Derivatives(IEnumerable<string> variables) =>
        Options.Sensitivities.SelectMany(number => variables.Select(variable => $"d({variable})/d({number})"));

    private IEnumerable<string> DifferentiableNames =>
    [
        .. Model.States.Select(s => s.Name), .. Model.Discretes.Where(d => d.Type == DiscreteType.Real).Select(d => d.Name),
        .. Model.Outputs.Select(o => o.Name),
    ];

    /// <summary>The same run, differentiated with respect to some numbers.</summary>
    /// <exception cref="UsageException">A name is unknown.</exception>
    public RunRequest WithSensitivities(string option, IReadOnlyList<string>? names)
    {
        string[] known =
        [
            .. Model.Parameters.Select(p => p.Name), .. Model.States.Select(s => s.Name), .. Model.Discretes.Select(d => d.Name),
            .. Model.Inputs.Select(i => i.Name),
        ];
        Finding[] faults =
        [
            .. (names ?? []).Where(name => !known.Contains(name, StringComparer.Ordinal))
                .Select(name => new Finding(option, $"'{Model.Name}' has nothing called '{name}' to differentiate by", Suggestions.For(name, known))),
            .. (names ?? []).GroupBy(name => name, StringComparer.Ordinal).Where(same => same.Count() > 1)
                .Select(same => new Finding(option, $"'{same.Key}' stands there twice", "Name it once.")),
        ];
        return faults.Length > 0
            ? throw new UsageException(faults)
            : this with { Options = Options with { Sensitivities = [.. names ?? []] } };
    }

    /// <summary>Runs the model with the commands that it suggests.</summary>
    /// <returns>The trajectory, also if it ended early, and the seconds that it took.</returns>
    /// <exception cref="UsageException">The options do not fit the model.</exception>
    /// <exception cref="ModelException">The model asks for what cannot be run, whatever the options are; or a checkpoint does not fit.</exception>
    public (Trajectory Trajectory, double Seconds) Run(
        Terminal terminal, CancellationToken cancellation, CheckpointRequest? checkpoints = null)
    {
        terminal.WriteFindings(
            AutomatonValidator.Validate(Model).Select(finding => finding with { Where = $"{Path}, {finding.Where}" }), errorsOnly: Quiet);
        var clock = Stopwatch.StartNew();
        Trajectory trajectory;
        using (var progress = new ProgressLine(terminal, !Quiet, clock))
        {
            SimulationOptions options = Options with { Progress = progress, Snapshots = checkpoints?.Start(terminal, progress) };
            trajectory = checkpoints?.ResumePath is { } path
                ? Resume(path, options, terminal, cancellation)
                : Accuse(() => Scenario.For(Model).TrySimulate(Until, options, cancellation));
        }

        double seconds = clock.Elapsed.TotalSeconds;
        if (!Quiet)
        {
            RunReport.WriteIgnoredCommands(trajectory, terminal);
        }

        return (trajectory, seconds);
    }

    /// <summary>Does what may be refused before it begins: a model that can be run by what it suggests is spoilt by the options.</summary>
    /// <exception cref="UsageException">It is refused because of the options.</exception>
    /// <exception cref="ModelException">It is refused because of the solver that the model suggests.</exception>
    public T Accuse<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ModelException refusal) when (
            Model.Experiment?.Solver is not { } own || !SolverCheck.Of(Model, own).Concat(AlgebraicSolverCheck.Of(Model, own)).Any())
        {
            throw new UsageException(refusal.Findings);
        }
    }

    private Trajectory Resume(string path, SimulationOptions options, Terminal terminal, CancellationToken cancellation)
    {
        var checkpoint = RunCheckpoint.Load(path);
        SimulationRun run = checkpoint.Resume(Scenario.For(Model), options);
        if (checkpoint.Time > Until)
        {
            throw new UsageException("--until", FormattableString.Invariant($"{Until} s, but the checkpoint is at t = {checkpoint.Time} s"),
                "Name a later end, or start anew without --resume.");
        }

        if (!Quiet)
        {
            terminal.Output.WriteLine(FormattableString.Invariant(
                $"Resumed from {path} at t = {checkpoint.Time} s in mode {checkpoint.Mode}, {checkpoint.JumpIndex} jumps."));
        }

        run.AdvanceTo(Until, cancellation);
        return run.ToTrajectory();
    }

    /// <summary>Reports how a run ended.</summary>
    /// <param name="trajectory">The run.</param>
    /// <param name="terminal">Where to report.</param>
    /// <param name="checkpoint">The file from which it can go on; null for none.</param>
    /// <returns>The exit code.</returns>
    public static int Conclude(Trajectory trajectory, Terminal terminal, string? checkpoint = null)
    {
        if (trajectory.Status == RunStatus.Cancelled)
        {
            terminal.WriteError(trajectory.Model.Name, FormattableString.Invariant($"stopped at t = {trajectory.EndTime} s"),
                checkpoint is null ? "The result up to there is kept." : $"The result up to there is kept. Go on with --resume {checkpoint}.");
            return ExitCode.Cancelled;
        }

        if (trajectory.IsError)
        {
            terminal.Error.WriteLine($"error: {RunReport.Reason(trajectory)}");
            terminal.Error.WriteLine(FormattableString.Invariant($"       The result up to t = {trajectory.EndTime} s is kept."));
            return ExitCode.RunFailed;
        }

        return ExitCode.Ok;
    }
}
