using HybridControl.Cli;

namespace HybridControl.Cli.Tests;

/// <summary><c>hybrid check --spec</c> and <c>hybrid falsify</c>.</summary>
public class RequirementCommandTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("hybrid-requirements-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Verdicts_are_a_table_and_an_exit_code()
    {
        string spec = Write("spec.json", """
            { "requirements": {
              "above ground": "always(h > -0.001)",
              "bounces": { "formula": "eventually[0, 2](v > 4)", "description": "It comes back." } } }
            """);
        CommandRun good = CommandRun.Of("check", "bouncing-ball", "--spec", spec, "--until", "2");
        Assert.That(good.Code, Is.EqualTo(ExitCode.Ok), good.Error);
        Assert.That(good.Output, Does.Contain("above ground").And.Contain("satisfied").And.Contain("bounces").And.Contain("fall"));

        CommandRun bad = CommandRun.Of("check", "bouncing-ball", "--spec", spec, "--require", "low: always(h < 5)", "--until", "2");
        Assert.That(bad.Code, Is.EqualTo(ExitCode.Violated));
        Assert.That(bad.Output, Does.Contain("violated"));
        Assert.That(bad.Error, Does.Contain("requirement 'low' (always(h < 5)) is violated").And.Contain("at t = 0 s"));

        CommandRun open = CommandRun.Of("check", "bouncing-ball", "--require", "eventually[0,60](h > 100)", "--until", "2", "--quiet");
        Assert.That(open.Code, Is.EqualTo(ExitCode.Undecided));
        Assert.That(open.Output, Is.Empty);
        Assert.That(open.Error, Does.Contain("is undecided: the run ends at t = 2 s"));
    }

    [Test]
    public void Faults_of_specification_and_options_have_codes_of_their_own()
    {
        string spec = Write("spec.json", """{ "requirements": { "a": "always(height > 0)" } }""");
        CommandRun file = CommandRun.Of("check", "bouncing-ball", "--spec", spec);
        Assert.That(file.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(file.Error, Does.Contain("requirements.a: unknown name 'height'"));
        Assert.That(CommandRun.Of("check", "bouncing-ball", "--require", "always(h >").Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(CommandRun.Of("check", "bouncing-ball", "thermostat", "--require", "always(h > 0)").Code, Is.EqualTo(ExitCode.BadUsage));
    }

    [Test]
    public void A_falsified_requirement_is_saved_as_a_model_that_repeats_the_run()
    {
        string worst = Path.Combine(_folder, "worst.json");
        CommandRun run = CommandRun.Of(
            "falsify", "bouncing-ball", "--require", "always(h < 11)", "--vary", "v=uniform(-8,8)", "--until", "2", "--out", worst);
        Assert.That(run.Code, Is.EqualTo(ExitCode.Violated), run.Error);
        Assert.That(run.Output, Does.Contain("Falsified in").And.Contain("requirement 'always(h < 11)'").And.Contain("Repeat it: hybrid check"));
        Assert.That(CommandRun.Of("check", worst, "--require", "always(h < 11)").Code, Is.EqualTo(ExitCode.Violated));

        CommandRun none = CommandRun.Of(
            "falsify", "bouncing-ball", "--require", "always(h < 100)", "--vary", "v=uniform(-8,8)", "--until", "2", "--budget", "12");
        Assert.That(none.Code, Is.EqualTo(ExitCode.Ok), none.Error);
        Assert.That(none.Output, Does.Contain("Not falsified in 12 runs"));
    }

    [TestCase("v", "is not name=bounds(...)")]
    [TestCase("v=normal(0,1)", "unknown bounds 'normal'")]
    [TestCase("v=uniform(0)", "does not fit")]
    public void Bounds_that_cannot_be_read_are_refused(string text, string what)
    {
        CommandRun run = CommandRun.Of("falsify", "bouncing-ball", "--require", "always(h < 11)", "--vary", text, "--until", "2");
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Error, Does.Contain(what));
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
