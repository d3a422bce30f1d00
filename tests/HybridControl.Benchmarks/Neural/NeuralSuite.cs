using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace HybridControl.Benchmarks.Neural;

/// <summary>Sequence layers: their speed beside PyTorch and OpenBLAS, and what length costs (docs/benchmarks/neural.md, neural-scaling.md).</summary>
internal static class NeuralSuite
{
    private static readonly string[] s_parts = ["scan", "ssd", "gemm", "attention", "scaling", "streams", "sizes"];

    /// <summary>Runs the suite; options --only PART, --threads N, --quick, --plots FOLDER.</summary>
    /// <returns>1 if an answer differs from the peer's, 2 if an option is wrong.</returns>
    public static int Run(string[] args)
    {
        if (args is ["length", string attention, string longest])
        {
            return LengthStudy.Print(int.Parse(attention, CultureInfo.InvariantCulture), int.Parse(longest, CultureInfo.InvariantCulture));
        }

        string only = ValueOf(args, "--only") ?? "";
        bool quick = args.Contains("--quick");
        if (only != "" && !s_parts.Contains(only))
        {
            Console.Error.WriteLine($"--only takes {string.Join(", ", s_parts)}.");
            return 2;
        }

        int[] threads = int.TryParse(ValueOf(args, "--threads"), out int given) ? [given] : [1, 2];
        Console.WriteLine($"{MachineName()}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
        int refused = 0;
        Operation[] operations = [.. Operations.All(quick).Where(operation => only == "" || operation.Suite == only)];
        if (operations.Length > 0)
        {
            using OperationPeer? peer = OperationPeer.Start();
            Console.WriteLine(peer is null ? "no peers" : string.Join("; ", peer.Versions.Select(version => $"{version.Key} {version.Value}")));
            refused = threads.Sum(count => SpeedTable.Print(peer, operations, count, quick));
        }

        if (only is "" or "sizes")
        {
            ReleasedShapes.Print();
        }

        if (only is "" or "scaling")
        {
            ScalingStudy.Print(quick, ValueOf(args, "--plots"));
        }

        if (only is "" or "streams")
        {
            StreamStudy.Print(quick);
        }

        return refused == 0 ? 0 : 1;
    }

    private static string? ValueOf(string[] args, string option)
    {
        int at = Array.IndexOf(args, option);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    /// <summary>What the processor calls itself.</summary>
    private static string MachineName()
    {
        if (!X86Base.IsSupported)
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }

        int[] words = [.. Enumerable.Range(0, 3).SelectMany(leaf =>
        {
            (int a, int b, int c, int d) = X86Base.CpuId(unchecked((int)0x80000002) + leaf, 0);
            return (int[])[a, b, c, d];
        })];
        return System.Text.Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>(words)).Trim('\0', ' ');
    }
}
