using System.ComponentModel;
using System.Diagnostics;

namespace HybridControl.Gpu.Compilation;

/// <summary>NVIDIA's assembler, where it is installed: it knows hardware registers and spills without a device.</summary>
public static class Ptxas
{
    /// <summary>Assembles a kernel and keeps nothing but what the assembler says of it.</summary>
    /// <param name="report">The kernel.</param>
    /// <param name="computeCapability">Compute capability times ten.</param>
    /// <param name="summary">What it says: registers, stack and spills, or errors; or why it did not run.</param>
    /// <returns>Whether it is installed and accepts the kernel.</returns>
    public static bool TryRun(PtxReport report, int computeCapability, out string summary)
    {
        ArgumentNullException.ThrowIfNull(report);
        string folder = Directory.CreateTempSubdirectory("hybrid-ptx").FullName;
        try
        {
            string source = Path.Combine(folder, "kernel.ptx");
            File.WriteAllText(source, report.Text);
            using Process process = Process.Start(new ProcessStartInfo(
                "ptxas", ["-v", FormattableString.Invariant($"-arch=sm_{computeCapability}"), source, "-o", Path.Combine(folder, "kernel.cubin")])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            summary = process.StandardError.ReadToEnd().Trim();
            summary = $"{summary} {output.Result}".Trim();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            summary = "not on the path";
            return false;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
