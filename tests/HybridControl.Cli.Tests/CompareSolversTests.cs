using HybridControl.Cli;

namespace HybridControl.Cli.Tests;

/// <summary>Several solvers on one model.</summary>
public class CompareSolversTests
{
    [Test]
    public void Solvers_are_compared_in_a_table_a_file_and_a_picture()
    {
        string folder = Directory.CreateTempSubdirectory("hybrid").FullName;
        (string table, string picture) = (Path.Combine(folder, "runs.csv"), Path.Combine(folder, "runs.svg"));
        CommandRun run = CommandRun.Of(
            "simulate", "lorenz", "--until", "2", "--compare-solvers", "dp5,tsit5", "--tolerances", "1e-4,1e-6", "--out", table, "--plot", picture);
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("right-hand sides").And.Contain("Reference: ").And.Contain("checked by").And.Contain($"Plot: {picture}"));
        string[] lines = File.ReadAllLines(table);
        Assert.That(lines, Has.Length.EqualTo(5));
        Assert.That(lines[0], Does.StartWith("solver,tolerance,error"));
        Assert.That(lines[4], Does.StartWith("tsit5,1E-06,"));
        Assert.That(File.ReadAllText(picture), Does.Contain("tsit5").And.Contain("time [ms]"));
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public void A_bad_name_is_refused_with_all_that_are_known()
    {
        CommandRun run = CommandRun.Of("simulate", "lorenz", "--compare-solvers", "dp6");
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Error, Does.Contain("'dp6'").And.Contain("Did you mean 'dp5'?").And.Contain("dp5, ").And.Contain("milstein"));
    }

    [TestCase("--compare-solvers", "dp5", "--phase", "x,y", "--plot", "a.svg")]
    [TestCase("--compare-solvers", "dp5", "--checkpoint", "a.state")]
    [TestCase("--compare-solvers", "dp5", "--events")]
    [TestCase("--compare-solvers", "dp5", "--solver", "rk4")]
    [TestCase("--compare-solvers", "dp5", "--step", "0.1")]
    [TestCase("--compare-solvers", "dp5", "--sensitivity", "x")]
    [TestCase("--compare-solvers", "dp5", "--out", "a.json")]
    [TestCase("--compare-solvers", "dp5", "--tolerances", "1e-4,small")]
    [TestCase("--tolerances", "1e-4")]
    public void What_belongs_to_a_single_run_is_refused(params string[] options)
    {
        CommandRun run = CommandRun.Of(["simulate", "lorenz", .. options]);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage), run.Output);
    }

    [Test]
    public void A_stochastic_model_says_why_no_solver_can_be_compared()
    {
        CommandRun run = CommandRun.Of("simulate", "noisy-oscillator", "--compare-solvers", "dp5,milstein");
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Output, Is.Empty);
        Assert.That(run.Error, Does.Contain("modes.above.diffusion").And.Contain("Compare ensembles"));
    }

    [Test]
    public void A_model_that_every_solver_refuses_gives_their_reasons_and_no_table()
    {
        CommandRun run = CommandRun.Of("simulate", "diode-rectifier", "--compare-solvers", "dp5,rk4");
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Output, Is.Empty);
        Assert.That(run.Error, Does.Contain("dp5: the variable is algebraic").And.Contain("rk4: the variable is algebraic"));
    }

    [Test]
    public void Reasons_and_refusals_speak_of_options_and_name_the_solver_once()
    {
        CommandRun run = CommandRun.Of("simulate", "bouncing-ball", "--until", "40", "--compare-solvers", "dp5", "--tolerances", "1e-4");
        Assert.That(run.Output, Does.Contain("dp5 at 1e-4: ").And.Contain("or use --zeno stop").And.Not.Contain("ZenoPolicy"));
        CommandRun refused = CommandRun.Of("simulate", "lorenz", "--until", "1", "--compare-solvers", "expm,dp5", "--tolerances", "1e-4");
        Assert.That(refused.Output, Does.Contain("expm cannot run this model: the flow is not affine"));
        Assert.That(CommandRun.Of("simulate", "lorenz", "--compare-solvers", "expm").Error, Does.Contain("error: expm: the flow is not affine"));
    }

    [Test]
    public void Stopping_it_is_told()
    {
        CommandRun run = CommandRun.Of(["simulate", "lorenz", "--compare-solvers", "dp5"], showsProgress: true, new CancellationToken(canceled: true));
        Assert.That(run.Code, Is.EqualTo(ExitCode.Cancelled));
        Assert.That(run.Error, Does.Contain("stopped"));
    }
}
