using System.CommandLine;
using System.Globalization;
using System.Text;
using HybridControl.Diagnostics;
using HybridControl.Gpu.Neural;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Serialization;

namespace HybridControl.Cli.SequenceModels;

/// <summary><c>hybrid neural run</c>: scans a sequence and writes what comes out.</summary>
internal sealed class NeuralRunCommand : Command
{
    private const int ShownOutputs = 5;

    private readonly Argument<string> _model = new("model") { Description = "Folder with config.json and safetensors." };
    private readonly BackendOptions _backend = new();
    private readonly Option<string?> _tokens = new("--tokens") { Description = "Token ids separated by commas, or @file.", HelpName = "1,5,7" };
    private readonly Option<string?> _data = new("--data", "-d") { Description = "Signal as .csv: a header, then a row for each sample.", HelpName = "file" };
    private readonly Option<string?> _out = new("--out", "-o") { Description = "Where to write the outputs, a row for each token.", HelpName = "file.csv" };
    private readonly Option<bool> _last = new("--last") { Description = "Only the outputs after the last token." };
    private readonly Option<string?> _state = new("--state") { Description = "Goes on from a state that was saved.", HelpName = "file" };
    private readonly Option<string?> _saveState = new("--save-state") { Description = "Saves what is remembered at the end.", HelpName = "file" };
    private readonly Option<bool> _report = new("--report") { Description = "Prints time and memory of each layer." };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print errors only." };

    public NeuralRunCommand(Terminal terminal, CancellationToken cancellation)
        : base("run", "Scans a sequence of tokens or samples and writes what comes out.")
    {
        Add(_model);
        foreach (Option option in new Option[] { _tokens, _data, _out, _last, _state, _saveState, _report, _quiet })
        {
            Add(option);
        }

        _backend.AddTo(this);
        SetAction(parsed => Run(parsed, terminal, cancellation));
    }

    private int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        (string? tokens, string? data) = (parsed.GetValue(_tokens), parsed.GetValue(_data));
        if ((tokens is null) == (data is null))
        {
            throw tokens is null
                ? new UsageException("--tokens", "one of --tokens and --data is needed", "Write for instance --tokens 1,5,7.")
                : new UsageException("--data", "--tokens is given as well", "A model takes tokens or signals: give one of the two.");
        }

        (string? target, string? save) = (parsed.GetValue(_out), parsed.GetValue(_saveState));
        OutputFile.Check("--out", target, ".csv");
        OutputFile.Check("--save-state", save, ".safetensors");
        OutputFile.CheckDistinct(("--data", data), ("--out", target), ("--save-state", save));
        using NeuralBackendChoice choice = _backend.ChoiceOf(parsed);
        using LayerStack stack = SequenceModelFiles.Load(parsed.GetRequiredValue(_model), choice.Backend, _backend.FormatOf(parsed));
        using SequenceState state = parsed.GetValue(_state) is { } saved ? SequenceStateFile.Load(saved, stack) : stack.NewState();
        CheckOneStream(state, parsed.GetValue(_state));
        using var times = new LayerTimes(choice.Backend);
        using var progress = new TokenLine(terminal, !parsed.GetValue(_quiet));
        var options = new ScanOptions
        {
            LastOnly = parsed.GetValue(_last),
            Observer = parsed.GetValue(_report) ? times : null,
            Progress = progress,
            Cancellation = cancellation,
        };
        float[] outputs = tokens is not null ? ScanTokens(stack, state, TokenList.Read(tokens), options) : ScanSamples(stack, state, data!, options);
        progress.Dispose();
        if (save is not null)
        {
            SequenceStateFile.Save(state, save);
        }

        if (target is not null)
        {
            Write(target, outputs, stack.Outputs);
        }

        if (!parsed.GetValue(_quiet))
        {
            terminal.Output.WriteLine($"Ran on {choice.Backend.Name} ({choice.Why}); position {state.PositionOf(0).ToString(CultureInfo.InvariantCulture)}, state {Bytes(state.Bytes)}.");
            ShowLast(terminal, outputs.AsSpan(Math.Max(0, outputs.Length - stack.Outputs)), tokens is not null);
        }

        if (parsed.GetValue(_report))
        {
            LayerReport.Write(terminal, stack, state, times.Seconds);
            terminal.Output.WriteLine("Times of a first pass hold the compilation of the program; hybrid neural bench measures without it.");
        }

        return ExitCode.Ok;
    }

    private static void CheckOneStream(SequenceState state, string? path)
    {
        if (state.Streams != 1)
        {
            throw new ModelException(path!, $"the state holds {state.Streams} sequences; one is expected", "Save the state of one sequence.");
        }
    }

    private static float[] ScanTokens(LayerStack stack, SequenceState state, int[] ids, ScanOptions options)
    {
        var outputs = new float[checked((options.LastOnly ? 1 : ids.Length) * stack.Outputs)];
        stack.Scan(ids, 1, state, outputs, options);
        return outputs;
    }

    private static float[] ScanSamples(LayerStack stack, SequenceState state, string path, ScanOptions options)
    {
        if (stack.Description.Vocabulary > 0)
        {
            throw new ModelException("--data", "the model takes tokens, not signals", "Give it token ids with --tokens.");
        }

        int width = stack.Description.Signals > 0 ? stack.Description.Signals : stack.Description.Width;
        float[] samples = SignalTable.Load(path, width);
        var outputs = new float[checked((options.LastOnly ? 1 : samples.Length / width) * stack.Outputs)];
        stack.Scan(samples, 1, state, outputs, options);
        return outputs;
    }

    private static void ShowLast(Terminal terminal, ReadOnlySpan<float> last, bool areLogits)
    {
        if (!areLogits)
        {
            terminal.Output.WriteLine($"last output: {string.Join(", ", last[..Math.Min(last.Length, ShownOutputs)].ToArray().Select(value => value.ToString("G6", CultureInfo.InvariantCulture)))}");
            return;
        }

        double[] logits = [.. last.ToArray().Select(value => (double)value)];
        double greatest = logits.Max();
        double total = logits.Sum(value => Math.Exp(value - greatest));
        foreach (int id in Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).Take(ShownOutputs))
        {
            terminal.Output.WriteLine(FormattableString.Invariant($"  token {id,-8} logit {logits[id],10:F4}   probability {Math.Exp(logits[id] - greatest) / total:F4}"));
        }
    }

    private static void Write(string path, float[] outputs, int width) => DurableFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(string.Join(',', Enumerable.Range(0, width).Select(i => string.Create(CultureInfo.InvariantCulture, $"y{i}"))));
        for (int r = 0; r < outputs.Length / width; r++)
        {
            writer.WriteLine(string.Join(',', new ArraySegment<float>(outputs, r * width, width).Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
        }
    });

    private static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes");
}
