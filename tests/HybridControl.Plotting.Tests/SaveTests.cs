using System.Text;
using HybridControl.Diagnostics;

namespace HybridControl.Plotting.Tests;

public sealed class SaveTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("plots").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void The_file_holds_the_picture_and_replaces_an_older_one()
    {
        string path = Path.Combine(_folder, "ball.svg");
        File.WriteAllText(path, new string('x', 1_000_000));
        TimePlot plot = SampleRuns.Ball().Plot("y");
        plot.Save(path);
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(Encoding.UTF8.GetBytes(plot.ToSvg())));
    }

    [TestCase("ball.png", ".png")]
    [TestCase("ball", "no extension")]
    public void Another_extension_is_refused_with_a_remedy(string name, string reason)
    {
        string path = Path.Combine(_folder, name);
        Assert.Multiple(() =>
        {
            Assert.That(
                () => SampleRuns.Ball().Plot("y").Save(path),
                Throws.TypeOf<ModelException>().With.Message.Contains(reason).And.Message.Contains("ball.svg"));
            Assert.That(File.Exists(path), Is.False);
        });
    }

    [Test]
    public void A_missing_folder_is_named_with_a_remedy()
    {
        string path = Path.Combine(_folder, "missing", "ball.svg");
        Assert.That(
            () => SampleRuns.Ball().PlotPhase("y", "v").Save(path),
            Throws.TypeOf<ModelException>().With.Message.Contains("folder does not exist").And.Message.Contains(path));
    }

    [Test]
    public void A_file_that_cannot_be_written_is_named()
    {
        string path = Path.Combine(_folder, "folder.svg");
        Directory.CreateDirectory(path);
        Assert.That(
            () => SampleRuns.Ball().Plot("y").Save(path),
            Throws.TypeOf<ModelException>().With.Message.Contains("cannot be written").And.Message.Contains(path));
    }
}
