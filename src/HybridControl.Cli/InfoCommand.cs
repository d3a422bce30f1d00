using System.CommandLine;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HybridControl.Numerics;

namespace HybridControl.Cli;

/// <summary><c>hybrid info</c>: the program and the machine, or a model.</summary>
internal sealed class InfoCommand : Command
{
    public InfoCommand(Terminal terminal)
        : base("info", "Describes the program and the machine, or a model.")
    {
        var model = new Argument<string?>("model") { Description = "Model file to describe.", Arity = ArgumentArity.ZeroOrOne };
        Add(model);
        SetAction(parsed => Run(parsed.GetValue(model), terminal));
    }

    private static int Run(string? path, Terminal terminal)
    {
        if (path is null)
        {
            DescribeMachine(terminal);
        }
        else
        {
            ModelReport.Write(ModelFinder.Load(path), terminal);
        }

        return ExitCode.Ok;
    }

    private static void DescribeMachine(Terminal terminal)
    {
        Assembly assembly = typeof(InfoCommand).Assembly;
        string version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        LinearAlgebraProvider.TryUseMkl();
        (string Name, string Value)[] lines =
        [
            ("version", version.Split('+')[0]),
            ("runtime", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}"),
            ("processors", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)),
            ("SIMD", Simd()),
            ("linear algebra", LinearAlgebraProvider.Describe()),
            ("GPU", "see hybrid devices"),
        ];
        foreach ((string name, string value) in lines)
        {
            terminal.Output.WriteLine($"{name,-16}{value}");
        }
    }

    private static string Simd()
    {
        if (!Vector.IsHardwareAccelerated)
        {
            return "none";
        }

        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        return FormattableString.Invariant($"{bits} bits, {bits / 64} doubles at once");
    }
}
