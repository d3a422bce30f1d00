using System.Globalization;
using System.Text;

namespace HybridControl.Cli.Tests;

public sealed class TrainKpinTests
{
    private const string Spring = """
        { "name": "spring", "parameters": { "k": 4 }, "states": { "x": 0, "v": 0 },
          "modes": { "swing": { "flow": { "x": "v", "v": "-k*x" } } }, "transitions": [],
          "estimation": { "sensors": { "x": 0.05 }, "processNoise": { "v": 0.3 }, "initialDeviations": { "x": 1, "v": 1 } } }
        """;

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("hybrid").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Network_is_trained_from_a_table_and_reported()
    {
        string network = At("net.safetensors");
        CommandRun run = CommandRun.Of(
            "train", "kpin", Write("spring.json", Spring), "--data", Write("z.csv", Table(8)), "--out", network, "--iterations", "40", "--bound", "v=6");
        Assert.Multiple(() =>
        {
            Assert.That(run.Error, Is.Empty);
            Assert.That(run.Code, Is.Zero);
            Assert.That(run.Output, Does.Contain("8 runs, 320 rows").And.Contain("runs that were held out").And.Contain("Calibrated: process noise").And.Contain($"Network: {network}"));
            Assert.That(Neural.Kpin.KpinFile.Load(network).Design.Bounds, Is.EqualTo(new[] { 6.0 }));
            Assert.That(Likelihood(run.Output, "with network"), Is.GreaterThan(Likelihood(run.Output, "filter")));
        });
    }

    [Test]
    public void Single_run_with_gaps_and_default_bounds_is_enough()
    {
        string network = At("net.safetensors");
        string table = Table(1).Replace("run,", "", StringComparison.Ordinal).Replace("\n0,", "\n", StringComparison.Ordinal);
        string[] lines = table.TrimEnd().Split('\n');
        lines[3] = lines[3].Split(',')[0] + ",";
        CommandRun run = CommandRun.Of(
            "train", "kpin", Write("spring.json", Spring), "--data", Write("z.csv", string.Join('\n', lines)), "--out", network, "--iterations", "2", "--quiet");
        Assert.That((run.Code, run.Output, run.Error), Is.EqualTo((0, "", "")));
        Assert.That(Neural.Kpin.KpinFile.Load(network).Design.Residuals, Is.EqualTo(1));
    }

    [TestCase("t,y\n1,2\n", "no column 'x'")]
    [TestCase("", "empty")]
    [TestCase("t,x\n1,2\n1,3\n", "put what was measured at one time into one row")]
    [TestCase("t,x\n1,two\n", "'two' is not a number")]
    public void Table_that_does_not_fit_is_refused(string table, string message)
    {
        CommandRun run = CommandRun.Of("train", "kpin", Write("spring.json", Spring), "--data", Write("z.csv", table));
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(run.Error, Does.Contain(message));
    }

    [Test]
    public void Every_fault_of_the_table_is_said_with_line_and_column()
    {
        const string table = "run,t,x,w\na,0.1,1,0\na,0.1,two,0\nb,,1,0\nb,0.3\na,0.4,Infinity,0\n\"c\"d,1,1,0\n";
        CommandRun run = CommandRun.Of("train", "kpin", Write("spring.json", Spring), "--data", Write("z.csv", table));
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.Multiple(() =>
        {
            Assert.That(run.Error, Does.Contain("z.csv:1, column 4: 'w' is neither a sensor nor an input"));
            Assert.That(run.Error, Does.Contain("z.csv:3, column 2: the time 0.1 s comes after 0.1 s"));
            Assert.That(run.Error, Does.Contain("z.csv:3, column 3: 'two' is not a number"));
            Assert.That(run.Error, Does.Contain("z.csv:4, column 2: the time is missing"));
            Assert.That(run.Error, Does.Contain("z.csv:5, column 3: the row has 2 fields"));
            Assert.That(run.Error, Does.Contain("z.csv:6, column 1: run 'a' goes on after another"));
            Assert.That(run.Error, Does.Contain("z.csv:6, column 3: the number is infinite"));
            Assert.That(run.Error, Does.Contain("z.csv:7, column 1: text follows a quoted field"));
        });
    }

    [TestCase("--mode", "swim", "Known: swing")]
    [TestCase("--level", "nose", "Did you mean 'noise'?")]
    [TestCase("--bound", "w=1", "unknown state 'w'")]
    [TestCase("--bound", "v=0", "the bound of 'v' is 0")]
    [TestCase("--out", "net.bin", "does not end in .safetensors")]
    public void Option_that_does_not_fit_is_refused(string option, string value, string message)
    {
        CommandRun run = CommandRun.Of("train", "kpin", Write("spring.json", Spring), "--data", Write("z.csv", Table(1)), option, value);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Error, Does.Contain(message));
    }

    [Test]
    public void Model_that_measures_nothing_is_refused()
    {
        string silent = Spring[..Spring.IndexOf(",\n  \"estimation\"", StringComparison.Ordinal)] + " }";
        CommandRun run = CommandRun.Of("train", "kpin", Write("spring.json", silent), "--data", Write("z.csv", Table(1)));
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(run.Error, Does.Contain("estimation"));
    }

    private static double Likelihood(string output, string name)
    {
        string line = output.Split('\n').First(text => text.TrimStart().StartsWith(name, StringComparison.Ordinal));
        string number = line[(line.IndexOf("log-likelihood", StringComparison.Ordinal) + 15)..].Split(',')[0];
        return double.Parse(number, CultureInfo.InvariantCulture);
    }

    // A spring that is stiffer than the model says and has a cubic part, measured every 0.1 s with a little deterministic noise.
    private static string Table(int runs)
    {
        var text = new StringBuilder("run,t,x\n");
        for (int run = 0; run < runs; run++)
        {
            (double x, double v) = (Math.Cos(run), Math.Sin(2.0 * run));
            for (int k = 1; k <= 40; k++)
            {
                for (int i = 0; i < 100; i++)
                {
                    v -= 0.001 * ((5.0 * x) + (2.0 * x * x * x));
                    x += 0.001 * v;
                }

                double noise = 0.05 * Math.Sin(12.9898 * ((40 * run) + k) * k);
                text.Append(CultureInfo.InvariantCulture, $"{run},{0.1 * k:F1},{x + noise:R}\n");
            }
        }

        return text.ToString();
    }

    private string At(string name) => Path.Combine(_folder, name);

    private string Write(string name, string content)
    {
        File.WriteAllText(At(name), content);
        return At(name);
    }
}
