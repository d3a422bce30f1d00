using System.CommandLine;
using HybridControl.Diagnostics;
using HybridControl.Gpu.Neural;
using HybridControl.Neural.Tensors;
using HybridControl.Numerics;

namespace HybridControl.Cli.SequenceModels;

/// <summary>Options that say where a sequence model runs and how its weights are kept.</summary>
internal sealed class BackendOptions
{
    // The words of --on are those of ensembles where they mean the same.
    private static readonly Dictionary<string, string> Places = new(StringComparer.Ordinal)
    {
        ["auto"] = "auto",
        ["cpu"] = "simd",
        ["scalar"] = "scalar",
        ["gpu"] = "gpu",
    };

    private static readonly Dictionary<string, WeightFormat> Formats = new(StringComparer.Ordinal)
    {
        ["native"] = WeightFormat.Native,
        ["bf16"] = WeightFormat.BFloat16,
        ["int8"] = WeightFormat.Int8,
    };

    private readonly Option<string?> _on = new("--on")
    {
        Description = "Where it runs: auto (a GPU if there is one, the default), cpu (vector instructions), scalar (plain loops), gpu.",
        HelpName = "place",
    };

    private readonly Option<string?> _weights = new("--weights") { Description = "How matrices are kept: native (the default), bf16, int8.", HelpName = "format" };
    private readonly Option<bool> _double = new("--double") { Description = "Compute with 64 bits." };
    private readonly Option<int?> _threads = OptionValues.Whole("--threads", 1, 1024, "Threads of the processor; by default all.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_on);
        command.Add(_weights);
        command.Add(_double);
        command.Add(_threads);
    }

    /// <summary>How matrices are kept.</summary>
    /// <exception cref="UsageException">The word is unknown.</exception>
    public WeightFormat FormatOf(ParseResult parsed)
    {
        string name = parsed.GetValue(_weights) ?? "native";
        return Formats.TryGetValue(name, out WeightFormat format)
            ? format
            : throw new UsageException("--weights", $"unknown format '{name}'", Suggestions.For(name, Formats.Keys));
    }

    /// <summary>What was asked for, and why; the caller disposes of it.</summary>
    /// <exception cref="UsageException">The word is unknown.</exception>
    /// <exception cref="ModelException">There is no such device; the findings say why.</exception>
    public NeuralBackendChoice ChoiceOf(ParseResult parsed)
    {
        string place = parsed.GetValue(_on) ?? "auto";
        return Places.TryGetValue(place, out string? kind)
            ? NeuralBackends.Open(kind, parsed.GetValue(_double) ? Precision.Double : Precision.Single, parsed.GetValue(_threads) ?? 0)
            : throw new UsageException("--on", $"unknown place '{place}'", Suggestions.For(place, Places.Keys));
    }
}
