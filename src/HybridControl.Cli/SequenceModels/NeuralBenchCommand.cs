using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using HybridControl.Gpu.Neural;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;

namespace HybridControl.Cli.SequenceModels;

/// <summary><c>hybrid neural bench</c>: how fast a model takes sequences in and steps, and where the time goes.</summary>
internal sealed class NeuralBenchCommand : Command
{
    private const long MostTokens = 1 << 26;

    private readonly Argument<string> _model = new("model") { Description = "Folder with config.json and safetensors, or with --random a config.json alone." };
    private readonly BackendOptions _backend = new();
    private readonly Option<int?> _prefill = OptionValues.Whole("--prefill", 1, 1_000_000, "Tokens of each stream that are taken in at once; 512 by default.");
    private readonly Option<int?> _decode = OptionValues.Whole("--decode", 1, 1_000_000, "Tokens that are taken in one by one; 64 by default.");
    private readonly Option<int?> _streams = OptionValues.Whole("--streams", 1, 100_000, "Sequences side by side; 1 by default.");
    private readonly Option<bool> _random = new("--random") { Description = "Draws the weights instead of reading them." };

    public NeuralBenchCommand(Terminal terminal, CancellationToken cancellation)
        : base("bench", "Measures prefill and decoding, with time and memory of each layer.")
    {
        Add(_model);
        foreach (Option option in new Option[] { _prefill, _decode, _streams, _random })
        {
            Add(option);
        }

        _backend.AddTo(this);
        SetAction(parsed => Run(parsed, terminal, cancellation));
    }

    private int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        int streams = parsed.GetValue(_streams) ?? 1;
        int length = parsed.GetValue(_prefill) ?? 512;
        int steps = parsed.GetValue(_decode) ?? 64;
        if ((long)streams * length > MostTokens)
        {
            throw new UsageException("--prefill", $"{streams} streams of {length} tokens are more than {MostTokens} in all", "Use fewer streams or shorter ones.");
        }

        using NeuralBackendChoice choice = _backend.ChoiceOf(parsed);
        using LayerStack stack = SequenceModelFiles.Load(
            parsed.GetRequiredValue(_model), choice.Backend, _backend.FormatOf(parsed), parsed.GetValue(_random) ? 1UL : null);
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{choice.Backend.Name} ({choice.Why}); {stack.ParameterCount:N0} parameters, {stack.ParameterBytes:N0} bytes; streams: {streams}"));
        using var times = new LayerTimes(choice.Backend);
        var logits = new float[checked(streams * stack.Outputs)];
        var feed = new BenchFeed(stack, streams);
        WarmUp(feed, stack, streams, length, logits);

        using SequenceState state = stack.NewState(streams);
        long start = Stopwatch.GetTimestamp();
        feed.Scan(length, state, logits, new ScanOptions { LastOnly = true, Observer = times, Cancellation = cancellation });
        Report("prefill", Stopwatch.GetElapsedTime(start).TotalSeconds, (long)streams * length);
        LayerReport.Write(terminal, stack, state, times.Seconds);

        times.Clear();
        start = Stopwatch.GetTimestamp();
        var observed = new ScanOptions { Observer = times };
        for (int i = 0; i < steps; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            feed.Scan(1, state, logits, observed);
        }

        Report("decode", Stopwatch.GetElapsedTime(start).TotalSeconds, (long)streams * steps);
        LayerReport.Write(terminal, stack, state, times.Seconds);
        return ExitCode.Ok;

        void Report(string what, double seconds, long count) => terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what}: {count:N0} tokens in {seconds:F3} s, {count / seconds:N0} tokens/s"));
    }

    /// <summary>Compiles what will be measured, and grows the working memory.</summary>
    private static void WarmUp(BenchFeed feed, LayerStack stack, int streams, int length, float[] logits)
    {
        using SequenceState state = stack.NewState(streams);
        feed.Scan(Math.Min(length, 64), state, logits, new ScanOptions { LastOnly = true });
        for (int i = 0; i < 3; i++)
        {
            feed.Scan(1, state, logits, ScanOptions.Default);
        }
    }
}
