using System.Buffers.Binary;
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

    [TestCase("ball.gif", ".gif")]
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

    [TestCase(96.0)]
    [TestCase(192.0)]
    [TestCase(50.0)]
    public void A_png_has_the_pixels_that_its_size_and_dpi_say(double dpi)
    {
        string path = Path.Combine(_folder, "ball.PNG");
        SampleRuns.Ball().Plot("y").Size(400, 300).Save(path, dpi);
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        Assert.That(bytes[..8].ToArray(), Is.EqualTo(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A }));
        Assert.That(BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), Is.EqualTo(Math.Ceiling(400 * dpi / 96)));
        Assert.That(BinaryPrimitives.ReadInt32BigEndian(bytes[20..]), Is.EqualTo(Math.Ceiling(300 * dpi / 96)));
    }

    [TestCase("ball.png")]
    [TestCase("ball.pdf")]
    public void The_same_plot_gives_the_same_bytes(string name)
    {
        string path = Path.Combine(_folder, name);
        TimePlot plot = SampleRuns.Ball().Plot("y", "v").ShadeModes().MarkJumps();
        plot.Save(path);
        byte[] first = File.ReadAllBytes(path);
        plot.Save(path);
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(first));
    }

    [Test]
    public void A_pdf_is_one_page_of_three_quarters_of_a_point_for_each_pixel()
    {
        string path = Path.Combine(_folder, "ball.pdf");
        SampleRuns.Ball().PlotPhase("y", "v").Size(400, 300).Save(path);
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(path));
        Assert.That(text, Does.StartWith("%PDF-").And.Contain("/MediaBox [0 0 300 225]"));
        Assert.That(text, Does.Contain("/Count 1"));
    }

    [Test]
    public void A_machine_without_fonts_is_told_apart_with_a_remedy() => Assert.That(
        () => SkiaOutput.RequireFont("ball.png", 0),
        Throws.TypeOf<ModelException>().With.Message.Contains("ball.png").And.Message.Contains("fonts-dejavu-core").And.Message.Contains(".svg"));

    [Test]
    public void A_picture_of_too_many_pixels_or_dpi_is_refused()
    {
        string path = Path.Combine(_folder, "ball.png");
        TimePlot plot = SampleRuns.Ball().Plot("y").Size(20_000, 20_000);
        Assert.That(() => plot.Save(path), Throws.TypeOf<ModelException>().With.Message.Contains("20000 by 20000 pixels"));
        Assert.That(() => plot.Save(path, dpi: 5), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => plot.Save(path, dpi: double.NaN), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(File.Exists(path), Is.False);
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
