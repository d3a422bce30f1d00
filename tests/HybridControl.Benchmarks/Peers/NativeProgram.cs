using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace HybridControl.Benchmarks.Peers;

/// <summary>Peers that are other programs: compiled once, kept by the hash of their sources and flags, and run with one thread.</summary>
internal static class NativeProgram
{
    /// <summary>Compiles C++ unless the same sources were compiled with the same flags before.</summary>
    /// <param name="folder">Folder of the sources.</param>
    /// <param name="sources">Names of all files that it is made of, the one to compile last.</param>
    /// <param name="name">Name of the program.</param>
    /// <param name="flags">Flags for g++.</param>
    /// <param name="libraries">Flags that come after the source.</param>
    /// <returns>The path of the program.</returns>
    /// <exception cref="InvalidOperationException">It does not compile.</exception>
    public static string Compile(string folder, string[] sources, string name, string[] flags, params string[] libraries)
    {
        string text = string.Join('\n', [.. flags, .. libraries, .. sources.Select(file => File.ReadAllText(Path.Combine(folder, file)))]);
        string key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
        string kept = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "hybridcontrol-peers")).FullName;
        string program = Path.Combine(kept, $"{name}-{key}");
        if (!File.Exists(program))
        {
            Console.Error.WriteLine($"Compiling {sources[^1]} as {name}.");
            Output("g++", [.. flags, Path.Combine(folder, sources[^1]), "-o", program, .. libraries]);
        }

        return program;
    }

    /// <summary>Whether a command runs and succeeds.</summary>
    public static bool Succeeds(string program, params string[] arguments)
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

    /// <summary>What a command prints.</summary>
    /// <exception cref="InvalidOperationException">It fails.</exception>
    public static string Output(string program, params string[] arguments)
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
}
