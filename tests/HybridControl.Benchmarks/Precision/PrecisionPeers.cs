using System.Text.Json;
using System.Text.Json.Nodes;
using HybridControl.Benchmarks.Peers;

namespace HybridControl.Benchmarks.Precision;

/// <summary>SUNDIALS CVODE (BDF, dense) and Hairer and Wanner's RADAU5 on the stiff problems, with exact Jacobians; peers.cpp.</summary>
internal sealed class PrecisionPeers
{
    private static readonly string s_sources = Path.Combine(AppContext.BaseDirectory, "Precision");
    private readonly string _program;
    private readonly string _radau;

    private PrecisionPeers(string program, string radau) => (_program, _radau) = (program, radau);

    /// <summary>Compiles the driver; null with a message where a tool is missing.</summary>
    public static PrecisionPeers? Find()
    {
        if (!NativeProgram.Succeeds("g++", "--version") || !File.Exists("/usr/include/cvode/cvode.h"))
        {
            Console.Error.WriteLine("Left out: CVODE and RADAU5. On Debian: apt-get install g++ libsundials-dev r-cran-desolve");
            return null;
        }

        string program = NativeProgram.Compile(
            s_sources, ["stiff.hpp", "peers.cpp"], "precision", ["-std=gnu++17", "-O3", "-march=native"],
            "-lsundials_cvode", "-lsundials_nvecserial", "-lm", "-ldl");
        string radau = "/usr/lib/R/site-library/deSolve/libs/deSolve.so";
        return new(program, File.Exists(radau) ? radau : "");
    }

    /// <summary>Runs a problem at the tolerances; problems that the driver does not know, and methods that fail, give no rows.</summary>
    public IEnumerable<PrecisionRow> Measure(StiffProblem problem, IEnumerable<double> tolerances, double milliseconds)
    {
        foreach (double tolerance in tolerances)
        {
            string output = NativeProgram.Output(
                _program, problem.Name, Text(tolerance), Text(problem.Scale * tolerance), Text(milliseconds), _radau);
            foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                JsonNode row = JsonNode.Parse(line) ?? throw new JsonException(line);
                double[] end = row["y"]!.Deserialize<double[]>()!;
                yield return new(
                    problem.Name, (string)row["method"]!, tolerance, problem.ErrorOf(end), (double)row["ms"]!, (long)row["steps"]!,
                    (long)row["rhs"]!, (long)row["jacobians"]!, (long)row["factorizations"]!);
            }
        }
    }

    private static string Text(double value) => FormattableString.Invariant($"{value:R}");
}
