using System.CommandLine;
using System.Globalization;
using HybridControl.Gpu.Neural;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;

namespace HybridControl.Cli.SequenceModels;

/// <summary><c>hybrid neural generate</c>: continues a sequence of tokens.</summary>
internal sealed class NeuralGenerateCommand : Command
{
    private readonly Argument<string> _model = new("model") { Description = "Folder with config.json and safetensors." };
    private readonly BackendOptions _backend = new();
    private readonly Option<string> _tokens = new("--tokens") { Description = "Token ids to begin with, separated by commas, or @file.", HelpName = "1,5,7", Required = true };
    private readonly Option<int?> _count = OptionValues.Whole("--count", 1, int.MaxValue, "Tokens to generate; 32 by default.");
    private readonly Option<double?> _temperature = OptionValues.Positive("--temperature", "x", "Draws tokens at a temperature; without it the likeliest is taken.");
    private readonly Option<int?> _top = OptionValues.Whole("--top", 1, int.MaxValue, "Draws among the likeliest so many only.");
    private readonly Option<ulong?> _seed = OptionValues.Whole("--seed", 0UL, ulong.MaxValue, "Seed of the draws; 1 by default.");
    private readonly Option<string?> _state = new("--state") { Description = "Goes on from a state that was saved.", HelpName = "file" };
    private readonly Option<string?> _saveState = new("--save-state") { Description = "Saves what is remembered at the end.", HelpName = "file" };

    public NeuralGenerateCommand(Terminal terminal, CancellationToken cancellation)
        : base("generate", "Continues a sequence of token ids.")
    {
        Add(_model);
        foreach (Option option in new Option[] { _tokens, _count, _temperature, _top, _seed, _state, _saveState })
        {
            Add(option);
        }

        _backend.AddTo(this);
        SetAction(parsed => Run(parsed, terminal, cancellation));
    }

    private int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        if (parsed.GetValue(_temperature) is null && (parsed.GetValue(_top) is not null || parsed.GetValue(_seed) is not null))
        {
            throw new UsageException("--temperature", "--top and --seed need it: without a temperature the likeliest token is taken", "Write for instance --temperature 1.");
        }

        int[] prompt = TokenList.Read(parsed.GetRequiredValue(_tokens));
        string? save = parsed.GetValue(_saveState);
        OutputFile.Check("--save-state", save, ".safetensors");
        using NeuralBackendChoice choice = _backend.ChoiceOf(parsed);
        using LayerStack stack = SequenceModelFiles.Load(parsed.GetRequiredValue(_model), choice.Backend, _backend.FormatOf(parsed));
        using SequenceState state = parsed.GetValue(_state) is { } saved ? SequenceStateFile.Load(saved, stack) : stack.NewState();
        var sampler = new TokenSampler(parsed.GetValue(_temperature) ?? 0.0, parsed.GetValue(_top) ?? int.MaxValue, parsed.GetValue(_seed) ?? 1);
        var logits = new float[stack.Outputs];
        stack.Scan(prompt, 1, state, logits, new ScanOptions { LastOnly = true, Cancellation = cancellation });
        int count = parsed.GetValue(_count) ?? 32;
        int done = 0;
        while (done < count && !cancellation.IsCancellationRequested)
        {
            int token = sampler.Next(logits);
            terminal.Output.Write($"{(done > 0 ? "," : "")}{token.ToString(CultureInfo.InvariantCulture)}");
            done++;
            stack.Step([token], state, logits);
        }

        terminal.Output.WriteLine();
        if (save is not null)
        {
            SequenceStateFile.Save(state, save);
        }

        return done < count ? ExitCode.Cancelled : ExitCode.Ok;
    }
}
