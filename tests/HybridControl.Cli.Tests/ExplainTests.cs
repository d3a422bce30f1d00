using System.Text.Json;
using HybridControl.Cli;

namespace HybridControl.Cli.Tests;

/// <summary>What a run met with, in words and for programs.</summary>
public class ExplainTests
{
    [Test]
    public void A_run_is_explained_with_what_to_do_or_needs_no_explanation()
    {
        CommandRun ball = CommandRun.Of("simulate", "bouncing-ball", "--until", "1000", "--zeno", "stop", "--explain");
        Assert.That(ball.Code, Is.Zero, ball.Error);
        Assert.That(ball.Output, Does.Contain("Explanation:").And.Contain("- accumulation: ").And.Contain("  Add what comes after the limit"));
        Assert.That(CommandRun.Of("simulate", "lorenz", "--explain").Output, Does.EndWith("Explanation: nothing that deserves attention.\n"));
        Assert.That(CommandRun.Of("simulate", "lorenz").Output, Does.Not.Contain("Explanation"));
    }

    [Test]
    public void For_programs_it_is_a_file()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("hybrid").FullName, "why.json");
        CommandRun ball = CommandRun.Of("simulate", "bouncing-ball", "--until", "1000", "--zeno", "stop", "--explain", path);
        Assert.That(ball.Output, Does.Contain($"Explanation: {path}"));
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        Assert.That(json.RootElement.GetProperty("status").GetString(), Is.EqualTo("zeno"));
        Assert.That(json.RootElement.GetProperty("diagnoses")[0].GetProperty("kind").GetString(), Is.EqualTo("accumulation"));
        Assert.That(CommandRun.Of("simulate", "lorenz", "--explain", "why.txt").Code, Is.EqualTo(ExitCode.BadUsage));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }
}
