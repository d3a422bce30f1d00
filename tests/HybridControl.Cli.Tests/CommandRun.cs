using System.Diagnostics;
using HybridControl.Cli;

namespace HybridControl.Cli.Tests;

/// <summary>What a command printed and returned.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    /// <summary>Runs a command in this process.</summary>
    public static CommandRun Of(params string[] args) => Of(args, showsProgress: false, default);

    /// <summary>Runs a command in this process, with a token and perhaps as if on a terminal.</summary>
    public static CommandRun Of(string[] args, bool showsProgress, CancellationToken cancellation)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = CommandLine.Run(args, new Terminal(output, error, showsProgress), cancellation);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>Starts the program as a process.</summary>
    public static Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(CommandLine).Assembly.Location);
        foreach (string arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        return Process.Start(start)!;
    }
}
