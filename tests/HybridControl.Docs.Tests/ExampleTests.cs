using System.Diagnostics;
using System.Globalization;

namespace HybridControl.Docs.Tests;

/// <summary>Every program under examples compiles, runs and prints something.</summary>
public sealed class ExampleTests
{
    [TestCaseSource(nameof(Programs))]
    public void Example_runs_and_prints(string program)
    {
        (int code, string text) = Run("run", Path.Combine(Repository.Root, "examples", program));
        Assert.That(code, Is.Zero, text);
        Assert.That(text.Trim(), Is.Not.Empty);
    }

    [Test]
    public void Critical_clearing_time_of_the_example_is_that_of_equal_areas()
    {
        (_, string text) = Run("run", Path.Combine(Repository.Root, "examples", "grid-clearing-time.cs"));
        Assert.That(text.Split('\n').Count(line => line.TrimEnd().EndsWith("0.2599561663 s", StringComparison.Ordinal)), Is.EqualTo(2), text);
    }

    [Test]
    public void Learned_front_of_the_heart_surface_beats_the_baselines()
    {
        (int code, string text) = Run("run", "--project", Path.Combine(Repository.Root, "examples", "heart-surface"), "-c", "Release");
        Assert.That(code, Is.Zero, text);
        Assert.That(RelativeError("learned front"), Is.LessThan(0.8 * RelativeError("random walk")), text);
        Assert.That(RelativeError("learned front"), Is.LessThan(0.5 * RelativeError("Tikhonov")), text);

        double RelativeError(string row) => double.Parse(
            text.Split('\n').Single(line => line.StartsWith(row, StringComparison.Ordinal))[34..49], CultureInfo.InvariantCulture);
    }

    [Test]
    public void Harness_passes()
    {
        (int code, string text) = Run("test", Path.Combine(Repository.Root, "examples", "nunit-harness"));
        Assert.That(code, Is.Zero, text);
    }

    private static IEnumerable<string> Programs() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "examples"), "*.cs")
            .Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal);

    private static (int Code, string Text) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
