using System.Diagnostics;
using System.Globalization;

namespace HybridControl.Benchmarks.Location;

/// <summary>A process that runs the problems with one kind of search only.</summary>
/// <remarks>
/// The runtime compiles calls for the class that it has met most. With both kinds in one process the same program gave 12 or 22 %.
/// </remarks>
internal sealed class LocationWorker : IDisposable
{
    private readonly Process _process;

    public LocationWorker(bool proved)
    {
        string program = Environment.ProcessPath!;
        string[] self = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(LocationWorker).Assembly.Location] : [];
        var start = new ProcessStartInfo(program, [.. self, "location", "--serve", proved ? "proved" : "plain"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    /// <summary>Answers each line of the input, a problem and its settings, by a slice.</summary>
    public static int Serve(LocationProblem[] problems, bool proved)
    {
        while (Console.ReadLine() is { } line)
        {
            double[] parts = [.. line.Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture))];
            Console.WriteLine(LocationSlice.Of(problems[(int)parts[0]], parts[1], proved, parts[2]).ToLine());
        }

        return 0;
    }

    /// <summary>Has a problem run for at least some milliseconds.</summary>
    /// <param name="problem">Its number.</param>
    /// <param name="tolerance">Relative tolerance.</param>
    /// <param name="milliseconds">How long.</param>
    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    public LocationSlice Run(int problem, double tolerance, double milliseconds)
    {
        _process.StandardInput.WriteLine(FormattableString.Invariant($"{problem} {tolerance:R} {milliseconds:R}"));
        return LocationSlice.Parse(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("A process of the benchmark has ended."));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
