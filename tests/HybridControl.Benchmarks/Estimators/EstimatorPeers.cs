using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HybridControl.Benchmarks.Estimators;

/// <summary>The peers that are other programs: Eigen, compiled here, and NumPy.</summary>
/// <remarks>Their sources lie beside this file; a peer whose tools are missing is left out with a message.</remarks>
internal static class EstimatorPeers
{
    private const string Eigen = "/usr/include/eigen3";
    private static readonly string s_sources = Path.Combine(AppContext.BaseDirectory, "Estimators");

    /// <summary>Commands to which "FILTER N STEPS MILLISECONDS" is added.</summary>
    public static List<(string Program, string[] Arguments)> Find()
    {
        var found = new List<(string, string[])>();
        if (!Succeeds("g++", "--version"))
        {
            Console.Error.WriteLine("Left out: Eigen. g++ was not found; on Debian: apt-get install g++ libeigen3-dev");
        }
        else if (!Directory.Exists(Eigen))
        {
            Console.Error.WriteLine($"Left out: Eigen. {Eigen} was not found; on Debian: apt-get install libeigen3-dev");
        }
        else
        {
            found.Add((Compile("dynamic"), []));
            found.Add((Compile("fixed", "-DFIXED"), []));
        }

        string? python = Array.Find(["python3", "/usr/bin/python3"], p => Succeeds(p, "-c", "import numpy, scipy.linalg"));
        if (python is null)
        {
            Console.Error.WriteLine(
                "Left out: NumPy. No python3 with numpy and scipy; on Debian: apt-get install python3-scipy libopenblas0-pthread");
        }
        else
        {
            found.Add((python, [Path.Combine(s_sources, "filters.py")]));
        }

        return found;
    }

    /// <summary>The rows that a peer prints for one filter and size.</summary>
    public static EstimatorRow[] Measure((string Program, string[] Arguments) peer, string filter, int n, int steps, int milliseconds)
    {
        string output = Output(peer.Program,
            [.. peer.Arguments, filter, Text(n), Text(steps), Text(milliseconds)]);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(EstimatorRow.Parse)];
    }

    private static string Compile(string name, params string[] defines)
    {
        string[] flags = ["-std=c++17", "-O3", "-march=native", "-DNDEBUG", "-I" + Eigen, .. defines];
        string[] sources = ["problems.hpp", "filters.hpp", "filters.cpp"];
        string text = string.Join('\n', [.. flags, .. sources.Select(file => File.ReadAllText(Path.Combine(s_sources, file)))]);
        string key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
        string folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "hybridcontrol-estimators")).FullName;
        string program = Path.Combine(folder, $"{name}-{key}");
        if (!File.Exists(program))
        {
            Console.Error.WriteLine($"Compiling the Eigen filters with {name} sizes (fixed sizes take over a minute).");
            Output("g++", [.. flags, Path.Combine(s_sources, "filters.cpp"), "-o", program]);
        }

        return program;
    }

    private static bool Succeeds(string program, params string[] arguments)
    {
        try
        {
            Output(program, arguments);
            return true;
        }
        catch (Exception failure) when (failure is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string Output(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string threads in (string[])["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"])
        {
            start.Environment[threads] = "1";
        }

        // Settings of a machine that make OpenBLAS take kernels of another processor.
        start.Environment.Remove("OPENBLAS_CORETYPE");
        start.Environment.Remove("OPENBLAS_L2_SIZE");
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result}");
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
