using HybridControl.Cli;

namespace HybridControl.Cli.Tests;

/// <summary><c>--sensitivity</c>: derivatives in the report, in tables, event lists and plots.</summary>
public class SensitivityTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("hybrid").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Derivatives_are_reported_and_saved()
    {
        (string table, string events, string plot) = (In("run.csv"), In("events.csv"), In("run.svg"));
        CommandRun run = CommandRun.Of(
            "simulate", "bouncing-ball", "--until", "5", "--sensitivity", "h0,e", "--out", table, "--events", events, "--plot", plot);
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("dt/d(h0)").And.Contain("End values of d/d(h0): h = ").And.Contain("End values of d/d(e): h = "));
        Assert.That(run.Error, Is.Empty);
        Assert.That(File.ReadLines(table).First(), Does.StartWith("t,j,mode,h,v,energy,d(h)/d(h0),d(v)/d(h0),d(energy)/d(h0),d(h)/d(e)"));
        Assert.That(File.ReadLines(events).First(), Is.EqualTo("t,j,from,to,transition,dt/d(h0),dt/d(e)"));
        Assert.That(File.ReadAllText(plot), Does.Contain("d(h)/d(e)"));
    }

    [Test]
    public void One_derivative_can_be_asked_for_by_name()
    {
        string table = In("run.csv");
        CommandRun run = CommandRun.Of("simulate", "thermostat", "--sensitivity", "high", "--vars", "T,d(T)/d(high)", "--out", table, "-q");
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(File.ReadLines(table).First(), Is.EqualTo("t,j,mode,T,d(T)/d(high)"));
        Assert.That(CommandRun.Of("simulate", "thermostat", "--vars", "d(T)/d(high)").Code, Is.EqualTo(ExitCode.BadUsage));
    }

    [Test]
    public void Unknown_names_and_what_has_no_derivatives_are_refused()
    {
        CommandRun unknown = CommandRun.Of("simulate", "bouncing-ball", "--sensitivity", "h0,ee");
        Assert.That(unknown.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(unknown.Error, Does.Contain("--sensitivity: 'bouncing-ball' has nothing called 'ee' to differentiate by").And.Contain("Did you mean 'e'?"));
        CommandRun twice = CommandRun.Of("simulate", "bouncing-ball", "--sensitivity", "e,e");
        Assert.That(twice.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(twice.Error.Split("twice"), Has.Length.EqualTo(2), twice.Error);
        CommandRun noisy = CommandRun.Of("simulate", "noisy-oscillator", "--sensitivity", "omega");
        Assert.That(noisy.Code, Is.Not.Zero);
        Assert.That(noisy.Error, Does.Contain("a path driven by noise is not differentiated"));
    }

    [Test]
    public void Doubtful_derivatives_are_warned_of()
    {
        string path = In("touch.json");
        File.WriteAllText(path, """
            {
              "name": "touch",
              "parameters": { "level": 0.99999 },
              "states": { "x": 0, "v": 1 },
              "modes": { "m": { "flow": { "x": "v", "v": "-x" } } },
              "transitions": [ { "name": "over", "from": "m", "to": "m", "guard": "x >= level", "rule": "edge" } ],
              "experiment": { "until": 2 }
            }
            """);
        CommandRun run = CommandRun.Of("simulate", path, "--sensitivity", "level", "--rtol", "1e-10", "--atol", "1e-12");
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Error, Does.Contain("warning: sensitivity: nearly grazing: 'over'").And.Contain("a change of 'level'"));
    }

    private string In(string name) => Path.Combine(_folder, name);
}
