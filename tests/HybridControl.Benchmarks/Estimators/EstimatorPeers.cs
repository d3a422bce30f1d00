using System.Globalization;
using HybridControl.Benchmarks.Peers;

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
        if (!NativeProgram.Succeeds("g++", "--version"))
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

        string? python = Array.Find(["python3", "/usr/bin/python3"], p => NativeProgram.Succeeds(p, "-c", "import numpy, scipy.linalg"));
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
        string output = NativeProgram.Output(peer.Program,
            [.. peer.Arguments, filter, Text(n), Text(steps), Text(milliseconds)]);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(EstimatorRow.Parse)];
    }

    // Fixed sizes take over a minute.
    private static string Compile(string name, params string[] defines) => NativeProgram.Compile(
        s_sources, ["problems.hpp", "filters.hpp", "filters.cpp"], $"estimators-{name}",
        ["-std=c++17", "-O3", "-march=native", "-DNDEBUG", "-I" + Eigen, .. defines]);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
