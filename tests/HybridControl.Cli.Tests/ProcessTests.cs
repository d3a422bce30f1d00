using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace HybridControl.Cli.Tests;

public sealed partial class ProcessTests
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    [Test]
    public void The_program_runs_a_model_and_returns_its_code()
    {
        using Process run = CommandRun.Start("simulate", "bouncing-ball", "--until", "2");
        string output = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        Assert.That(run.ExitCode, Is.Zero, run.StandardError.ReadToEnd());
        Assert.That(output, Does.Contain("completed at t = 2 s"));

        using Process bad = CommandRun.Start("simulate", "absent.json");
        string error = bad.StandardError.ReadToEnd();
        bad.WaitForExit();
        Assert.That(bad.ExitCode, Is.EqualTo(ExitCode.BadFile));
        Assert.That(error, Does.Contain("there is no such file"));
    }

    [TestCase(Interrupt)]
    [TestCase(Terminate)]
    [Platform("Linux")]
    public void Ctrl_c_or_a_request_to_terminate_stops_a_run_and_keeps_its_result(int signal)
    {
        string folder = Directory.CreateTempSubdirectory("hybrid").FullName;
        string model = Path.Combine(folder, "slow.json");
        string table = Path.Combine(folder, "slow.csv");
        File.WriteAllText(model, """
            { "name": "slow", "states": { "x": 1 }, "modes": { "a": { "flow": { "x": "1" } } },
              "transitions": [ { "from": "a", "to": "a", "name": "wrap", "guard": "x >= 1000", "reset": { "x": 0 } } ] }
            """);
        try
        {
            using Process run = CommandRun.Start("simulate", model, "--until", "1e6", "--solver", "rk4", "--step", "0.001", "--every", "1e4", "--out", table);
            if (!Listens(run, signal))
            {
                run.Kill();
                Assert.Ignore("Interrupts are ignored here: the tests run in the background of a shell.");
            }

            Assert.That(run.HasExited, Is.False, "the run must be long enough to be stopped");
            Assert.That(Signal(run.Id, signal), Is.Zero);
            string output = run.StandardOutput.ReadToEnd();
            string error = run.StandardError.ReadToEnd();
            run.WaitForExit();
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Cancelled), error);
            Assert.That(error, Does.Contain("stopped at t = ").And.Contain("is kept"));
            Assert.That(output, Does.Contain("slow: up to t = ").And.Not.Contain("is kept"));
            Assert.That(File.Exists(table), Is.True);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestCase("> /dev/full", 3, "error: hybrid: cannot write to the standard output: ")]
    [TestCase("2> /dev/full", 0, "")]
    [TestCase("| true", 0, "")]
    [Platform("Linux")]
    public void A_full_device_is_named_and_a_closed_pipe_is_silent(string redirection, int code, string message)
    {
        string command = $"dotnet '{typeof(CommandLine).Assembly.Location}' simulate thermostat";
        string line = redirection.StartsWith('|') ? $"{{ {command}; echo $? >&2; }} {redirection}" : $"{command} {redirection}; echo $? >&2";
        var start = new ProcessStartInfo("sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(line);
        using Process run = Process.Start(start)!;
        _ = run.StandardOutput.ReadToEndAsync();
        string error = run.StandardError.ReadToEnd();
        run.WaitForExit();
        Assert.That(error, Does.StartWith(message).And.EndWith($"{code}\n"));
        if (message.Length == 0)
        {
            Assert.That(error, Is.EqualTo($"{code}\n"));
        }
    }

    // Waits until the process has a handler. A shell starts what it runs in the background with interrupts ignored, and a process
    // that inherits that never has one.
    private static bool Listens(Process process, int signal)
    {
        var watch = Stopwatch.StartNew();
        while (!process.HasExited && !Has(process, "SigCgt:", Terminate) && watch.Elapsed < TimeSpan.FromMinutes(1))
        {
            Thread.Sleep(20);
        }

        Thread.Sleep(200); // both handlers are set one after the other, and the run begins
        return !Has(process, "SigIgn:", signal);
    }

    private static bool Has(Process process, string set, int signal)
    {
        string? line = File.ReadLines($"/proc/{process.Id}/status").FirstOrDefault(l => l.StartsWith(set, StringComparison.Ordinal));
        return line is not null && (ulong.Parse(line[set.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) == 1;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
