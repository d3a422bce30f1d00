using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Stacks.Sizing;

namespace HybridControl.Benchmarks.Neural;

/// <summary>What released models take at their released shapes: counted from their configurations, which lie beside this file.</summary>
internal static class ReleasedShapes
{
    private const double Gibibyte = 1024.0 * 1024.0 * 1024.0;
    private const double Memory = 24.0 * Gibibyte;

    /// <summary>Bytes of the key and value of a token in a dense network of 32 layers with eight key heads of 128, in 16 bits.</summary>
    private const double DenseTokenBytes = 131072.0;

    /// <summary>Counts and prints.</summary>
    public static void Print()
    {
        Console.WriteLine();
        Console.WriteLine("| model | parameters | GiB of weights, 16 bits | attention caches | KV bytes a token, 16 bits | state bytes, 32 bits | = dense tokens | state + KV at 32k, MiB | longest context in 24 GiB |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (string path in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Neural", "Shapes"), "*.json").Order(StringComparer.Ordinal))
        {
            string text = File.ReadAllText(path);
            using JsonDocument document = JsonDocument.Parse(text);
            string name = document.RootElement.GetProperty("_name").GetString()!;
            try
            {
                Print(name, Describe(ModelConfig.Parse(text, path)));
            }
            catch (ModelException fault)
            {
                Console.WriteLine($"| {name} | {fault.Findings[0].What} | | | | | | | |");
            }
        }
    }

    private static void Print(string name, StackDescription description)
    {
        StackSizes sizes = StackSizes.Of(description);
        using LayerStack stack = StackSizes.Skeleton(description);
        int growing = stack.StateLayout.Slots.Count(slot => slot.IsCache && slot.Window == 0);
        int windowed = stack.StateLayout.Slots.Count(slot => slot.IsCache && slot.Window > 0);
        string caches = windowed == 0 ? HybridStacks.Invariant($"{growing}") : HybridStacks.Invariant($"{growing} + {windowed} of a window");
        double state = sizes.BytesAt(0, sizeof(float), 2);
        Console.WriteLine(HybridStacks.Invariant(
            $"| {name} | {sizes.Parameters:N0} | {2.0 * sizes.Parameters / Gibibyte:F1} | {caches} | {2.0 * sizes.KeyNumbers:N0} | {state:N0} | {state / DenseTokenBytes:F0} | {sizes.BytesAt(32768, sizeof(float), 2) / 1048576.0:N0} | {Longest(sizes)} |"));
    }

    private static string Longest(StackSizes sizes)
    {
        long half = sizes.LongestContext(Memory, 2.0, sizeof(float), 2);
        long byteWide = sizes.LongestContext(Memory, 1.0, sizeof(float), 2);
        return half > 0 ? Text(half) : byteWide > 0 ? $"weights in 16 bits do not fit; in 8 bits {Text(byteWide)}" : "weights do not fit, not even in 8 bits";

        static string Text(long tokens) => tokens == long.MaxValue ? "no bound" : HybridStacks.Invariant($"{tokens:N0}");
    }

    private static StackDescription Describe(ModelConfig config) =>
        config.ModelType == "llama" ? Dense(config) : HuggingFaceModel.Describe(config).Stack;

    /// <summary>A dense network, to compare with: attention with rotary positions and a gated network in every layer.</summary>
    private static StackDescription Dense(ModelConfig config)
    {
        int width = config.Size("hidden_size");
        int heads = config.Size("num_attention_heads");
        int vocabulary = config.Size("vocab_size");
        var layer = new LayerDescription(
            [
                new()
                {
                    Name = "attention",
                    Norm = new(),
                    Mixer = new AttentionDescription { Heads = heads, KeyHeads = config.Size("num_key_value_heads"), HeadWidth = width / heads, Rotary = new() },
                },
                new() { Name = "channels", Norm = new(), Mixer = new GluDescription { Hidden = config.Size("intermediate_size") } },
            ]);
        return new()
        {
            Width = width,
            Vocabulary = vocabulary,
            Layers = [.. Enumerable.Repeat(layer, config.Size("num_hidden_layers"))],
            FinalNorm = new(),
            Outputs = vocabulary,
            TiedHead = config.Flag("tie_word_embeddings", false),
        };
    }
}
