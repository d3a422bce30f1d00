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
    // Every fourth run is kept apart, to choose and to calibrate.
    private const int Kept = 4;

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
        bool keeps = runs.Count >= Kept;
        KpinProblem fitted = keeps ? model.With([.. runs.Where((_, i) => i % Kept != Kept - 1)]) : all;
        KpinProblem? kept = keeps ? model.With([.. runs.Where((_, i) => i % Kept == Kept - 1)]) : null;
        KpinFeatures features = KpinTraining.FeaturesFor(fitted, KpinInputs.Input);
        KpinDesign design = model.Design(level, features, fitted, parsed.GetValue(_bounds) ?? []);
        var network = new KpinNetwork(design, model.Transition.NoiseCount, parsed.GetValue(_seed) ?? 1);

        var clock = Stopwatch.StartNew();
        bool quiet = parsed.GetValue(_quiet);
        using var progress = new TrainingLine(terminal, !quiet);
        var trainer = new Trainer { Iterations = parsed.GetValue(_iterations) ?? 350, Progress = progress.Report };
        var training = new KpinTraining { Trainer = trainer, Seed = parsed.GetValue(_seed) ?? 1 };
        TrainingResult result = training.Run(fitted, network, kept, cancellation);
        progress.Dispose();
        if (result.Status == TrainingStatus.Canceled && result.BestIteration < 0)
        {
            return ExitCode.Cancelled;
        }

        KpinProblem judged = kept ?? fitted;
        network = KpinCalibration.Fit(judged, network);
        network = network.With(network.Design with { Envelope = KpinTraining.EnvelopeOf(fitted, network) });
        KpinFile.Save(target, network);
        if (!quiet)
        {
            Report(terminal, all, judged, network, result, clock.Elapsed.TotalSeconds, keeps);
            terminal.Output.WriteLine($"Network: {target}");
        }

        if (result.Finding is { } finding)
        {
            terminal.WriteFindings([finding]);
            return ExitCode.RunFailed;
        }

        return result.Status == TrainingStatus.Canceled ? ExitCode.Cancelled : ExitCode.Ok;
    }

    private static void Report(
        Terminal terminal, KpinProblem all, KpinProblem judged, KpinNetwork network, TrainingResult result, double seconds, bool keeps)
    {
        KpinScore plain = KpinScore.Of(judged, judged.StartNominal);
        KpinScore learned = KpinScore.Of(judged, network);
        string where = keeps ? $"{judged.Trajectories.Count} runs kept apart" : "the runs it was trained on";
        terminal.Output.WriteLine(FormattableString.Invariant(
            $"{all.Trajectories.Count} runs, {all.Trajectories.Sum(run => run.Count)} rows; {result.Losses.Length} iterations in {seconds:F1} s, the best one {result.BestIteration}."));
        terminal.Output.WriteLine($"On {where}, for each measurement:");
        Line("filter", plain);
        Line("with network", learned);

        void Line(string name, KpinScore score) => terminal.Output.WriteLine(FormattableString.Invariant(
            $"  {name,-14}log-likelihood {-score.NegativeLogLikelihood:F4}, normalised innovation squared {score.NormalizedInnovation:F3}"));
    }

    private static KpinLevel LevelOf(string name) => Levels.TryGetValue(name, out KpinLevel level)
        ? level
        : throw new UsageException("--level", $"unknown level '{name}'", Suggestions.For(name, Levels.Keys));
}
