using System.CommandLine;
using System.Diagnostics;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Neural.Kpin;
using HybridControl.Neural.Training;
using HybridControl.Numerics;

namespace HybridControl.Cli.Training;

/// <summary><c>hybrid train kpin</c>: trains the network of a Kalman filter on measurements of one mode.</summary>
internal sealed class TrainKpinCommand : Command
{
    private static readonly Dictionary<string, KpinLevel> Levels = new(StringComparer.Ordinal)
    {
        ["residual"] = KpinLevel.Residual,
        ["noise"] = KpinLevel.ResidualAndNoise,
        ["gain"] = KpinLevel.Gain,
    };

    private readonly Argument<string> _model = new("model") { Description = "Model with a section of estimation: a file, or a name that hybrid models lists." };
    private readonly Option<string> _data = new("--data", "-d")
    {
        Description = "Measurements as .csv: columns time (or t), one for each sensor (empty or NaN where missing) and each input, and run where there are several.",
        HelpName = "file",
        Required = true,
    };

    private readonly Option<string?> _mode = new("--mode") { Description = "Mode that was measured; by default the initial one.", HelpName = "name" };
    private readonly Option<string?> _out = new("--out", "-o") { Description = "Where to write the network; by default MODEL.kpin.safetensors.", HelpName = "file" };
    private readonly Option<string?> _level = new("--level") { Description = "What to correct: residual, noise (and residual, the default), or gain (and both).", HelpName = "name" };
    private readonly Option<IReadOnlyList<(string Name, double Value)>> _bounds = OptionValues.Settings(
        "--bound", "Lets the rate of a state be corrected by at most a value; by default that of each state with process noise, by twice its spread.");

    private readonly Option<ulong?> _seed = OptionValues.Whole("--seed", 0UL, ulong.MaxValue, "Seed of the first weights; 1 by default.");
    private readonly Option<int?> _iterations = OptionValues.Whole("--iterations", 1, 1_000_000, "Steps of the training; 350 by default.");
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print errors only." };

    public TrainKpinCommand(Terminal terminal, CancellationToken cancellation)
        : base("kpin", "Trains a network that corrects the Kalman filter of one mode, from measurements alone.")
    {
        Add(_model);
        foreach (Option option in new Option[] { _data, _mode, _out, _level, _bounds, _seed, _iterations, _quiet })
        {
            Add(option);
        }

        SetAction(parsed => Run(parsed, terminal, cancellation));
    }

    private int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        HybridAutomaton automaton = ModelFinder.Load(parsed.GetRequiredValue(_model));
        string data = parsed.GetRequiredValue(_data);
        string target = parsed.GetValue(_out) ?? $"{automaton.Name}.kpin.safetensors";
        OutputFile.Check("--out", target, ".safetensors");
        OutputFile.CheckDistinct(("--data", data), ("--out", target));
        KpinLevel level = LevelOf(parsed.GetValue(_level) ?? "noise");
        KpinModel model = KpinModel.Of(automaton, parsed.GetValue(_mode));
        IReadOnlyList<KpinTrajectory> runs = MeasurementRuns.Load(data, model);
        KpinProblem all = model.With(runs);
        KpinFeatures features = KpinTraining.FeaturesFor(all, KpinInputs.Input);
        KpinDesign design = model.Design(level, features, all, parsed.GetValue(_bounds) ?? []);
        var network = new KpinNetwork(design, model.Transition.NoiseCount, parsed.GetValue(_seed) ?? 1);

        var clock = Stopwatch.StartNew();
        bool quiet = parsed.GetValue(_quiet);
        using var progress = new TrainingLine(terminal, !quiet);
        var trainer = new Trainer { Iterations = parsed.GetValue(_iterations) ?? 350, Progress = progress.Report };
        var training = new KpinTraining { Trainer = trainer, Seed = parsed.GetValue(_seed) ?? 1 };
        KpinFit fit = training.Fit(all, network, cancellation);
        progress.Dispose();
        if (fit.Training is { Status: TrainingStatus.Cancelled, BestIteration: < 0 })
        {
            return ExitCode.Cancelled;
        }

        KpinFile.Save(target, fit.Network);
        if (!quiet)
        {
            Report(terminal, all, fit, clock.Elapsed.TotalSeconds);
            terminal.Output.WriteLine($"Network: {target}");
        }

        if (fit.Finding is { } finding)
        {
            terminal.WriteFindings([finding]);
            return ExitCode.RunFailed;
        }

        return fit.IsCancelled ? ExitCode.Cancelled : ExitCode.Ok;
    }

    private static void Report(Terminal terminal, KpinProblem all, KpinFit fit, double seconds)
    {
        int trainings = 1 + fit.Parts.Length;
        string how = fit.Parts.Length > 0 ? $"{trainings} trainings" : "one training";
        terminal.Output.WriteLine(FormattableString.Invariant(
            $"{all.Trajectories.Count} runs, {all.Trajectories.Sum(run => run.Count)} rows; {how} of {fit.Training.Losses.Length} iterations in {seconds:F1} s, the best one {fit.Training.BestIteration}."));
        string where = fit.HeldOut is null ? "the runs it was trained on, not calibrated"
            : fit.Parts.Length > 0 ? "runs that were held out, each once"
            : "the run it was trained on";
        terminal.Output.WriteLine($"On {where}, for each measurement:");
        Line("filter", KpinScore.Of(all, all.StartNominal));
        Line("with network", fit.HeldOut ?? KpinScore.Of(all, fit.Network));
        if (fit.HeldOut is not null)
        {
            terminal.Output.WriteLine(FormattableString.Invariant(
                $"Calibrated: process noise x {fit.Network.Design.ProcessFactor:F2}, measurement noise x {fit.Network.Design.MeasurementFactor:F2}."));
        }

        void Line(string name, KpinScore score) => terminal.Output.WriteLine(FormattableString.Invariant(
            $"  {name,-14}log-likelihood {-score.NegativeLogLikelihood:F4}, normalised innovation squared {score.NormalizedInnovation:F3}"));
    }

    private static KpinLevel LevelOf(string name) => Levels.TryGetValue(name, out KpinLevel level)
        ? level
        : throw new UsageException("--level", $"unknown level '{name}'", Suggestions.For(name, Levels.Keys));
}
