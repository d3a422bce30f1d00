namespace HybridControl.Cli.Tests.Ensembles;

public sealed class PlanCommandTests
{
    private string _folder = "";

    private string Plan => Path.Combine(_folder, "plan.json");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("plan").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Trajectories_that_are_all_the_same_are_warned_of()
    {
        CommandRun run = CommandRun.Of("ensemble", "bouncing-ball", "--until", "1", "--size", "10");
        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Error, Does.StartWith("warning: bouncing-ball: all trajectories are the same").And.Match("--vary \"\\w+=uniform"));
        Write("\"vary\": {}");
        run = CommandRun.Of("ensemble", Plan);
        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Error, Does.StartWith("warning: ball: all trajectories are the same").And.Contain("\"vary\": { \"e\": { \"uniform\": [low, high] } }"));
        Assert.That(CommandRun.Of("ensemble", Plan, "--quiet").Error, Is.Empty);
        Assert.That(CommandRun.Of("ensemble", Plan, "--size", "1").Error, Is.Empty);
    }

    [TestCase("noisy-oscillator")]
    [TestCase("telegraph-process")]
    public void Trajectories_that_chance_tells_apart_are_not_called_the_same(string model)
    {
        CommandRun run = CommandRun.Of("ensemble", model, "--until", "1", "--size", "10", "--on", "simulator");
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Error, Is.Empty);
    }

    [Test]
    public void Check_knows_plans()
    {
        Write("\"vary\": { \"e\": { \"normal\": [0.8, 0.02] } }, \"alternatives\": { \"a\": { \"h\": 9 }, \"b\": { \"h\": 10 } }");
        CommandRun run = CommandRun.Of("check", Plan);
        Assert.That((run.Code, run.Error), Is.EqualTo((ExitCode.Ok, "")));
        Assert.That(run.Output.TrimEnd(), Is.EqualTo($"{Plan} is a sound plan of ball: 20 trajectories, 1 varied quantity, 2 alternatives, 0 warnings."));
        Write("\"vary\": { \"f\": { \"normal\": [0.8, 0.02] } }");
        run = CommandRun.Of("check", Plan);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(run.Error, Does.Contain("'f'"));
        Assert.That(run.Output, Does.Contain("plan.json: 1 error, 0 warnings."));
    }

    [TestCase("simulate")]
    [TestCase("plot")]
    [TestCase("info")]
    public void A_plan_is_no_model(string command)
    {
        Write("\"vary\": {}");
        CommandRun run = CommandRun.Of(command, Plan);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(run.Error.ReplaceLineEndings("\n"), Is.EqualTo(
            $"error: {Plan}: this is the plan of an ensemble, not a model.\n       Run it with hybrid ensemble {Plan}, or name its model.\n"));
    }

    private void Write(string rest)
    {
        File.WriteAllText(Path.Combine(_folder, "ball.json"), """
            { "name": "ball", "parameters": { "e": 0.8 }, "states": { "h": 10, "v": 0 },
              "modes": { "fall": { "flow": { "h": "v", "v": "-9.81" }, "invariant": "h >= 0" } },
              "transitions": [ { "name": "bounce", "from": "fall", "to": "fall", "guard": "h <= 0 & v < 0", "reset": { "v": "-e*v" } } ] }
            """);
        File.WriteAllText(Plan, $$"""{ "model": "ball.json", "size": 10, "until": 1, {{rest}} }""");
    }
}
