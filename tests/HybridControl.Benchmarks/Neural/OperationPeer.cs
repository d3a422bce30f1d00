using System.Diagnostics;
using System.Text.Json;

namespace HybridControl.Benchmarks.Neural;

/// <summary>PyTorch and OpenBLAS in a process of their own: <c>operations.py</c>, a request a line.</summary>
internal sealed class OperationPeer : IDisposable
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly Process _process;

    private OperationPeer(Process process, Dictionary<string, string> versions) => (_process, Versions) = (process, versions);

    /// <summary>What is installed, with its version.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; }

    /// <summary>Starts it; null if there is no Python with NumPy. Says what is left out.</summary>
    public static OperationPeer? Start()
    {
        // Debian's packages belong to Debian's Python, which need not be the first on the path.
        OperationPeer? found = Start("/usr/bin/python3") ?? Start("python3");
        if (found is null)
        {
            Console.Error.WriteLine("Left out: PyTorch and OpenBLAS. No python3 with NumPy; on Debian: apt-get install python3-torch libopenblas0-pthread");
            return null;
        }

        if (!found.Versions.ContainsKey("torch"))
        {
            Console.Error.WriteLine("Left out: PyTorch. On Debian: apt-get install python3-torch");
        }

        if (!found.Versions.ContainsKey("OpenBLAS"))
        {
            Console.Error.WriteLine("Left out: OpenBLAS. On Debian: apt-get install libopenblas0-pthread");
        }

        return found;
    }

    /// <summary>Times one form of one operation.</summary>
    /// <param name="question">What.</param>
    /// <returns>The times and the sample of the result; null with a message if it failed.</returns>
    public PeerAnswer? Ask(PeerQuestion question)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(question, s_json));
        _process.StandardInput.Flush();
        string? line = _process.StandardOutput.ReadLine();
        PeerAnswer? answer = line is null ? null : JsonSerializer.Deserialize<PeerAnswer>(line, s_json);
        if (answer?.Times is not null)
        {
            return answer;
        }

        Console.Error.WriteLine($"Left out: {question.Case} ({question.Form}). {answer?.Fault ?? "The peer has ended."}");
        return null;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(2000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static OperationPeer? Start(string python)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Neural", "operations.py");
        var start = new ProcessStartInfo(python, [script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };

        // Settings of a machine that make OpenBLAS take kernels of another processor.
        start.Environment.Remove("OPENBLAS_CORETYPE");
        start.Environment.Remove("OPENBLAS_L2_SIZE");
        try
        {
            Process process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            if (process.StandardOutput.ReadLine() is { } line)
            {
                return new(process, JsonSerializer.Deserialize<Dictionary<string, string>>(line)!);
            }

            process.Dispose();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no such program.
        }

        return null;
    }

    /// <summary>A request.</summary>
    internal sealed record PeerQuestion(string Case, int[] Sizes, string Form, int Threads, double Milliseconds);

    /// <summary>An answer.</summary>
    internal sealed record PeerAnswer(double[]? Times, double[]? Sample, double Greatest, string? Fault);
}
