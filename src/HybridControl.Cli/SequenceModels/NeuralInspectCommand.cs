using System.CommandLine;
using System.Globalization;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Stacks.Sizing;
using Spectre.Console;

namespace HybridControl.Cli.SequenceModels;

/// <summary><c>hybrid neural inspect</c>: what a model is made of and what it takes, without loading its weights.</summary>
internal sealed class NeuralInspectCommand : Command
{
    private const double Gibibyte = 1L << 30;
    private const int SingleBytes = 4;
    private const int HalfBytes = 2;

    private readonly Argument<string> _model = new("model") { Description = "Folder with config.json, a config.json, or a .safetensors file." };
    private readonly Option<double?> _memory = OptionValues.Positive("--memory", "GiB", "Memory for parameters and state together; 24 by default.");

    public NeuralInspectCommand(Terminal terminal)
        : base("inspect", "Says what a model is made of, what it remembers of a sequence, and how long a sequence fits into memory.")
    {
        Add(_model);
        Add(_memory);
        SetAction(parsed => Run(parsed, terminal));
    }

    private int Run(ParseResult parsed, Terminal terminal)
    {
        string model = parsed.GetRequiredValue(_model);
        if (OutputFile.Has(model, ".safetensors"))
        {
            ListTensors(model, terminal);
        }
        else
        {
            DescribeStack(model, parsed.GetValue(_memory) ?? 24.0, terminal);
        }

        return ExitCode.Ok;
    }

    private static void ListTensors(string path, Terminal terminal)
    {
        using SafetensorsFile file = SafetensorsFile.Load(path);
        var table = new Table().AddColumns("tensor", "format", "shape", "bytes");
        foreach (SafetensorsEntry tensor in file.Tensors)
        {
            table.AddRow(new Text(tensor.Name), new Text(tensor.Type.ToString()), new Text(string.Join(" x ", tensor.Shape)), new Text(Whole(tensor.End - tensor.Begin)));
        }

        terminal.WriteTable(table);
        foreach ((string name, string text) in file.Metadata)
        {
            terminal.Output.WriteLine($"{name}: {text}");
        }

        terminal.Output.WriteLine($"{file.Tensors.Length} tensors, {Whole(file.Tensors.Sum(tensor => tensor.Count))} numbers");
    }

    private static void DescribeStack(string model, double memory, Terminal terminal)
    {
        (string kind, StackDescription description) = SequenceModelFiles.Describe(model);
        using LayerStack stack = StackSizes.Skeleton(description);
        var table = new Table().AddColumns("layer", "blocks", "parameters", "state, numbers", "cache, numbers a token");
        ILookup<string, StateSlot> byLayer = stack.StateLayout.Slots.ToLookup(slot => string.Join('.', slot.Name.Split('.').Take(2)));
        foreach ((StackLayer layer, LayerDescription parts) in stack.Layers.Zip(description.Layers))
        {
            StateSlot[] slots = [.. byLayer[layer.Name]];
            table.AddRow(
                new Text(layer.Name),
                new Text(string.Join(" + ", parts.Blocks.Select(block => NameOf(block.Mixer)))),
                new Text(Whole(layer.ParameterCount)),
                new Text(Whole(slots.Where(slot => !slot.IsCache).Sum(slot => (long)slot.Columns))),
                new Text(string.Join(" + ", slots.Where(slot => slot.IsCache).Select(CacheText))));
        }

        terminal.Output.WriteLine($"{kind}: width {description.Width}, {description.Layers.Length} layers, {(description.Vocabulary > 0 ? $"vocabulary {description.Vocabulary}" : "takes signals")}");
        terminal.WriteTable(table);
        Summarize(StackSizes.Of(description), memory, terminal);
    }

    private static void Summarize(StackSizes sizes, double memory, Terminal terminal)
    {
        TextWriter output = terminal.Output;
        output.WriteLine($"parameters           {Whole(sizes.Parameters)}");
        output.WriteLine(FormattableString.Invariant(
            $"  bytes              {Size(sizes.Parameters * SingleBytes)} with 32 bits, {Size(sizes.Parameters * HalfBytes)} with 16, {Size(sizes.Parameters)} with 8"));
        output.WriteLine($"state of a stream    {Whole(sizes.StateNumbers * SingleBytes)} bytes with 32 bits, whatever its length");
        output.WriteLine(FormattableString.Invariant($"cache of a stream    {sizes.KeyNumbers * HalfBytes:0.##} bytes a token with 16 bits") +
            (sizes.WindowNumbers > 0 ? $", and {Whole(sizes.WindowNumbers * HalfBytes)} for windows" : ""));
        long longest = sizes.LongestContext(memory * Gibibyte, HalfBytes, SingleBytes, HalfBytes);
        output.WriteLine(FormattableString.Invariant($"longest sequence     ") +
            (longest == long.MaxValue ? "no bound" : $"{Whole(longest)} tokens") +
            FormattableString.Invariant($" in {memory:0.##} GiB, weights and cache with 16 bits"));
    }

    private static string CacheText(StateSlot slot) => slot.Window > 0
        ? $"{Whole(slot.Columns + slot.ValueColumns)} in a window of {Whole(slot.Window)}"
        : Whole(slot.Columns + slot.ValueColumns);

    private static string Size(double bytes) => bytes >= Gibibyte
        ? FormattableString.Invariant($"{bytes / Gibibyte:0.00} GiB")
        : FormattableString.Invariant($"{bytes / (1 << 20):0.00} MiB");

    private static string NameOf(MixerDescription mixer) =>
        mixer.GetType().Name.Replace("Description", "", StringComparison.Ordinal);

    private static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
