namespace HybridControl.Cli.Tests;

/// <summary>Pictures of several runs, and in other formats.</summary>
public sealed class ComparePlotTests
{
    private static readonly string Ball = "bouncing-ball";
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("compare").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Settings_files_and_models_join_one_picture()
    {
        Assert.That(CommandRun.Of("simulate", Ball, "--until", "2", "--out", At("saved.csv"), "--quiet").Code, Is.Zero);
        Assert.That(CommandRun.Of("simulate", Ball, "--until", "2", "--out", At("stored.json"), "--quiet").Code, Is.Zero);
        CommandRun run = CommandRun.Of(
            "plot", Ball, "h", "--until", "3", "--out", At("all.svg"), "--compare", "solver=tsit5,rtol=1e-10,e=0.5", "--compare", At("saved.csv"),
            "--compare", At("stored.json"), "--difference");
        Assert.That(run.Code, Is.Zero, run.Error);
        string svg = File.ReadAllText(At("all.svg"));
        Assert.That(svg, Does.Contain("solver=tsit5,rtol=1e-10,e=0.5").And.Contain(">saved<").And.Contain(">stored<").And.Contain("difference of h"));
    }

    [TestCase("a.png", new byte[] { 0x89, 0x50, 0x4E, 0x47 })]
    [TestCase("a.pdf", new byte[] { 0x25, 0x50, 0x44, 0x46 })]
    public void The_extension_decides_the_format(string name, byte[] start)
    {
        Assert.That(CommandRun.Of("simulate", Ball, "--plot", At(name), "--size", "400x300", "--dpi", "150", "--quiet").Code, Is.Zero);
        Assert.That(File.ReadAllBytes(At(name)).AsSpan(0, 4).ToArray(), Is.EqualTo(start));
    }

    [TestCase("--compare rto=1", "'bouncing-ball' has nothing called 'rto' that can be set.")]
    [TestCase("--compare rtol=-1", "rtol needs a positive number")]
    [TestCase("--compare rtol=x", "'rtol=x' is no setting")]
    [TestCase("--compare rtol=NaN", "'rtol=NaN' is no setting")]
    [TestCase("--compare e=inf", "'e=inf' is no setting")]
    [TestCase("--compare missing.csv", "missing.csv")]
    [TestCase("--difference", "there is nothing to compare with")]
    [TestCase("--compare e=0.5 --phase h,v", "a phase plot shows one run")]
    [TestCase("--size 10x10", "--size needs a width from 200")]
    [TestCase("--dpi 5", "--dpi needs a number from 24 to 1200")]
    [TestCase("--out a.gif", "does not end in .svg or .png or .pdf")]
    public void What_does_not_fit_is_said(string options, string expected)
    {
        CommandRun run = CommandRun.Of(["plot", Ball, .. options.Split(' ')]);
        Assert.That(run.Code, Is.Not.Zero);
        Assert.That(run.Error, Does.Contain(expected));
    }

    private string At(string name) => Path.Combine(_folder, name);
}
