using System.CommandLine;
using System.Globalization;
using System.Runtime.Intrinsics;
using HybridControl.Gpu.Devices;
using Spectre.Console;

namespace HybridControl.Cli;

/// <summary><c>hybrid devices</c>: what ensembles can run on, and why a device was not found.</summary>
internal sealed class DevicesCommand : Command
{
    public DevicesCommand(Terminal terminal)
        : base("devices", "Lists what ensembles can run on: CPU lanes, CUDA and OpenCL devices, and what keeps a device from being found.") =>
        SetAction(_ => Run(terminal));

    private static int Run(Terminal terminal)
    {
        terminal.Output.WriteLine($"CPU     {Lanes()}, {Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)} threads");
        foreach (GpuDevice device in GpuDevice.All())
        {
            using (device)
            {
                string kind = device.IsProcessor ? "a processor: --on cpu is faster" : device.HasDouble ? "usable" : "no 64-bit numbers: not usable";
                terminal.Output.WriteLine(FormattableString.Invariant(
                    $"{device.Kind,-8}{device.Name}, {device.MemoryBytes / (double)(1L << 30):0.0} GiB, {kind}"));
            }
        }

        terminal.Output.WriteLine();
        terminal.Output.WriteLine("What was looked at:");
        var table = new Table().AddColumns("interface", "what", "", "found", "remedy");
        foreach (DeviceRow row in DeviceDiagnosis.Describe().Rows)
        {
            table.AddRow(new Text(row.Kind.ToString()), new Text(row.Subject), new Text(row.Works ? "works" : "fails"), new Text(row.Detail), new Text(row.Mend));
        }

        terminal.WriteTable(table);
        return ExitCode.Ok;
    }

    private static string Lanes() =>
        Vector512.IsHardwareAccelerated ? "AVX-512 lanes, 16 trajectories at once"
        : Vector256.IsHardwareAccelerated ? "AVX2 lanes, 8 trajectories at once"
        : "scalar, 1 trajectory at once";
}
