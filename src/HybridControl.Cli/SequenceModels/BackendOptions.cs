using System.CommandLine;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Tensors;
using HybridControl.Numerics;

namespace HybridControl.Cli.SequenceModels;

/// <summary>Options that say where a sequence model runs and how its weights are kept.</summary>
internal sealed class BackendOptions
{
    private static readonly string[] Places = ["auto", "cpu", "scalar", "gpu"];
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

    /// <summary>The back-end that was asked for; the caller disposes of it.</summary>
    /// <exception cref="UsageException">The word is unknown, or options contradict each other.</exception>
    /// <exception cref="ModelException">There is no such device; the findings say why.</exception>
    public ITensorBackend BackendOf(ParseResult parsed)
    {
        string place = parsed.GetValue(_on) ?? "auto";
        bool wide = parsed.GetValue(_double);
        int threads = parsed.GetValue(_threads) ?? 0;
        return place switch
        {
            "cpu" => Processor(wide, threads),
            "scalar" => wide ? new ScalarBackend<double>() : new ScalarBackend<float>(),
            "gpu" => DeviceBackend.Open(PrecisionOf(wide)),
            "auto" => DeviceBackend.TryOpen(PrecisionOf(wide)) ?? Processor(wide, threads),
            _ => throw new UsageException("--on", $"unknown place '{place}'", Suggestions.For(place, Places)),
        };
    }

    private static Precision PrecisionOf(bool wide) => wide ? Precision.Double : Precision.Single;

    private static ITensorBackend Processor(bool wide, int threads) => wide ? new SimdBackend<double>(threads) : new SimdBackend<float>(threads);
}
