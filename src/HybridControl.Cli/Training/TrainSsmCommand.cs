using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Identification;
using HybridControl.Neural.Training;
using HybridControl.Plotting;

namespace HybridControl.Cli.Training;

/// <summary><c>hybrid train ssm</c>: identifies a linear system from inputs and outputs.</summary>
internal sealed class TrainSsmCommand : Command
{
    private const int CheckpointEvery = 50;
    private const double HeldOut = 0.25;

    private readonly Argument<string> _data = new("data")
    {
        Description = "Inputs and outputs as .csv, sampled at even times: a column for each, time (or t), and run where there are several; an empty output is missing.",
    };

    private readonly Option<IReadOnlyList<string>?> _inputs = OptionValues.Names(
        "--inputs", "u1,u2", "Columns of inputs; a name without a column stands for all that add a number to it. u by default.");

    private readonly Option<IReadOnlyList<string>?> _outputs = OptionValues.Names("--outputs", "y1,y2", "Columns of outputs, likewise; y by default.");
    private readonly Option<int?> _order = OptionValues.Whole("--order", 1, 64, "Number of poles; by default where singular values of the data fall most, up to 8. With --layers, pairs of poles of each layer, 6 by default.");
    private readonly Option<int?> _layers = OptionValues.Whole("--layers", 0, 64, "Layers of a nonlinear stack of gated S5 layers; 0, the default, for a linear system.");
    private readonly Option<ulong?> _seed = OptionValues.Whole("--seed", 0UL, ulong.MaxValue, "Seed of the first numbers of a stack; 1 by default.");
    private readonly Option<double?> _period = OptionValues.Positive("--period", "seconds", "Seconds between rows where no column of time tells; 1 by default.");
    private readonly Option<int?> _epochs = OptionValues.Whole("--epochs", 1, 1_000_000, "Steps of the training; 300 by default.");
    private readonly Option<string?> _out = new("--out", "-o") { Description = "Where to write the system; by default DATA.ssm.safetensors.", HelpName = "file" };
    private readonly Option<string?> _plot = new("--plot") { Description = "Draws outputs and what the system makes of the inputs alone, as .svg, .png or .pdf.", HelpName = "file" };
    private readonly Option<string?> _checkpoint = new("--checkpoint") { Description = "Where to write the state of the training when stopped, and every 50 steps.", HelpName = "file" };
    private readonly Option<string?> _resume = new("--resume") { Description = "Goes on from a checkpoint, to the same bits as without the stop; goes on writing it.", HelpName = "file" };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print errors only." };

    public TrainSsmCommand(Terminal terminal, CancellationToken cancellation)
        : base("ssm", "Identifies a linear system (an S5 layer with its poles), or a nonlinear stack of such layers, from inputs and outputs.")
    {
        Add(_data);
        foreach (Option option in new Option[] { _inputs, _outputs, _order, _layers, _seed, _period, _epochs, _out, _plot, _checkpoint, _resume, _quiet })
        {
            Add(option);
        }

        SetAction(parsed => Run(parsed, terminal, cancellation));
    }

    private int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        string path = parsed.GetRequiredValue(_data);
        string target = parsed.GetValue(_out) ?? $"{Path.GetFileNameWithoutExtension(path)}.ssm.safetensors";
        string? plot = parsed.GetValue(_plot);
        string? resume = parsed.GetValue(_resume);
        string? checkpoint = parsed.GetValue(_checkpoint) ?? resume;
        CheckFiles(path, target, plot, checkpoint);
        (IdentificationData data, TrainingCheckpoint? start) = Load(parsed, path, resume);

        var clock = Stopwatch.StartNew();
        bool quiet = parsed.GetValue(_quiet);
        using var progress = new TrainingLine(terminal, !quiet);
        Trainer Adapted(Trainer usual) => usual with
        {
            Iterations = parsed.GetValue(_epochs) ?? usual.Iterations,
            Progress = progress.Report,
            CheckpointPath = checkpoint,
            CheckpointEvery = checkpoint is null ? 0 : CheckpointEvery,
            ResumeFrom = start,
        };
        Action report;
        Func<ImmutableArray<double>> foretold;
        TrainingResult training;
        if (parsed.GetValue(_layers) is > 0 and int layers)
        {
            var identification = new SequenceIdentification { Layers = layers, HeldOut = HeldOut, Seed = parsed.GetValue(_seed) ?? 1 };
            identification = identification with { Modes = parsed.GetValue(_order) ?? identification.Modes, Trainer = Adapted(identification.Trainer) };
            SequenceFit fit = identification.Fit(data, cancellation);
            progress.Dispose();
            SequenceFile.Save(target, fit.System);
            report = () => SsmReport.Write(data, fit, clock.Elapsed.TotalSeconds, terminal);
            foretold = () => fit.System.Foretell(data)[0];
            training = fit.Training;
        }
        else
        {
            var identification = new SsmIdentification { Order = parsed.GetValue(_order), HeldOut = HeldOut };
            SsmFit fit = (identification with { Trainer = Adapted(identification.Trainer) }).Fit(data, cancellation);
            progress.Dispose();
            SsmFile.Save(target, fit.Model);
            report = () => SsmReport.Write(data, fit, clock.Elapsed.TotalSeconds, terminal);
            foretold = () => fit.Model.Foretell(data, corrects: false, HeldOut)[0];
            training = fit.Training;
        }

        if (!quiet)
        {
            report();
            terminal.Output.WriteLine($"System: {target}");
        }

        if (plot is not null)
        {
            SsmReport.Plot(data, foretold().AsSpan()).Title(Path.GetFileName(path)).Save(plot);
            if (!quiet)
            {
                terminal.Output.WriteLine($"Plot: {plot}");
            }
        }

        return Conclude(training, checkpoint, terminal);
    }

    // All that is wrong with the names of files.
    private static void CheckFiles(string data, string target, string? plot, string? checkpoint)
    {
        var findings = new List<Finding>();
        Collect(() => OutputFile.Check("--out", target, ".safetensors"));
        Collect(() => OutputFile.Check("--plot", plot, ".svg"));
        Collect(() => OutputFile.Check("--checkpoint", checkpoint, ".safetensors"));
        Collect(() => OutputFile.CheckDistinct(("the data", data), ("--out", target), ("--plot", plot), ("--checkpoint", checkpoint)));
        if (findings.Count > 0)
        {
            throw new UsageException(findings);
        }

        void Collect(Action check)
        {
            try
            {
                check();
            }
            catch (UsageException fault)
            {
                findings.AddRange(fault.Findings);
            }
            catch (ModelException fault)
            {
                findings.AddRange(fault.Findings);
            }
        }
    }

    // The data and the checkpoint, or what is wrong with either.
    private (IdentificationData Data, TrainingCheckpoint? Start) Load(ParseResult parsed, string path, string? resume)
    {
        var findings = new List<Finding>();
        IdentificationData? data = null;
        TrainingCheckpoint? start = null;
        Collect(() => data = IdentificationData.LoadCsv(path, parsed.GetValue(_inputs), parsed.GetValue(_outputs), parsed.GetValue(_period)));
        if (resume is not null)
        {
            Collect(() => start = TrainingCheckpoint.Load(resume));
        }

        return findings.Count > 0 ? throw new ModelException(findings) : (data!, start);

        void Collect(Action read)
        {
            try
            {
                read();
            }
            catch (ModelException fault)
            {
                findings.AddRange(fault.Findings);
            }
        }
    }

    private static int Conclude(TrainingResult training, string? checkpoint, Terminal terminal)
    {
        if (training.Finding is { } finding)
        {
            terminal.WriteFindings([finding]);
            return ExitCode.RunFailed;
        }

        if (training.Status != TrainingStatus.Cancelled)
        {
            return ExitCode.Ok;
        }

        terminal.WriteError(
            "hybrid train ssm",
            $"stopped after {training.Losses.Length} iterations",
            checkpoint is null ? "The best system so far is kept." : $"The best system so far is kept. Go on with --resume {checkpoint}.");
        return ExitCode.Cancelled;
    }
}
