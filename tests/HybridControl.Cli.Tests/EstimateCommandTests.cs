using System.Globalization;

namespace HybridControl.Cli.Tests;

public sealed class EstimateCommandTests
{
    private const string Bath = """
        { "name": "bath", "states": { "T": { "initial": 70, "unit": "degC" } }, "inputs": { "draught": 0 },
          "modes": { "on": { "flow": { "T": "-0.5*(T - 80) - draught" } }, "off": { "flow": { "T": "-0.5*(T - 60) - draught" } } },
          "transitions": [ { "from": "on", "to": "off", "guard": "T >= 75" }, { "from": "off", "to": "on", "guard": "T <= 65" } ]
        """;

    private const string Section = ", \"estimation\": { \"sensors\": { \"T\": 0.3 }, \"processNoise\": { \"T\": 0.1 }, \"initialDeviations\": { \"T\": 1 }, \"initialModes\": { \"on\": 1, \"off\": 1 } } }";

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("hybrid").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Modes_are_found_and_saved()
    {
        // A bath that cools, is heated from 65 on and cools again from 75 on.
        string table = At("estimate.csv");
        string plot = At("estimate.svg");
        CommandRun run = CommandRun.Of("estimate", At("bath.json", Bath + Section), "--data", At("z.csv", Cooling()), "--out", table, "--plot", plot);
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("bath: mode off at t = 5 s; 50 rows").And.Contain($"Estimates: {table}").And.Contain($"Plot: {plot}"));
        string[] lines = File.ReadAllLines(table);
        Assert.That(lines[0], Is.EqualTo("t,T,sd(T),z(T),nu(T),sd(nu(T)),p(on),p(off),nis,degrees,loglikelihood,status"));
        Assert.That(lines, Has.Length.EqualTo(51));
        Assert.That(Field(lines[12], 7), Is.GreaterThan(0.99), "it cooled");
        Assert.That(Field(lines[30], 6), Is.GreaterThan(0.99), "it was heated");
        Assert.That(File.ReadAllText(plot), Does.StartWith("<").And.Contain("svg"));
    }

    [Test]
    public void The_command_line_says_what_the_model_does_not()
    {
        string model = At("bath.json", Bath + " }");
        string data = At("z.csv", Cooling());
        CommandRun without = CommandRun.Of("estimate", model, "--data", data);
        Assert.That(without.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(without.Error, Does.Contain("does not say what is measured"));
        CommandRun with = CommandRun.Of("estimate", model, "--data", data, "--measure", "T=0.3", "--noise", "T=0.1", "--uncertain", "T=1", "-q");
        Assert.That(with.Code, Is.Zero, with.Error);
        Assert.That(with.Output, Is.Empty);
        CommandRun wrong = CommandRun.Of("estimate", model, "--data", data, "--measure", "TT=0.3", "--noise", "U=0.1");
        Assert.That(wrong.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(wrong.Error, Does.Contain("'TT'").And.Contain("'U'"));
    }

    [Test]
    public void Every_fault_of_the_data_is_said_with_row_and_column()
    {
        string data = At("z.csv", "time,T,draugth\n0.1,70,0\n0.2,cold,0\n0.15,69,0\n0.3,68\n,67,0\n");
        CommandRun run = CommandRun.Of("estimate", At("bath.json", Bath + Section), "--data", data);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(run.Error, Does.Contain("z.csv:1, column 3").And.Contain("Did you mean 'draught'?").And.Contain("z.csv:3, column 2").And.Contain("'cold'")
            .And.Contain("z.csv:4, column 1").And.Contain("0.15 s comes after 0.2 s").And.Contain("z.csv:5").And.Contain("z.csv:6, column 1"));
    }

    [Test]
    public void Empty_fields_are_missing_and_inputs_are_held()
    {
        string data = At("z.csv", "time,T,draught\n0,70,10\n0.1,,\n0.2,,\n");
        string table = At("estimate.csv");
        CommandRun run = CommandRun.Of("estimate", At("bath.json", Bath + Section), "--data", data, "--out", table, "--set", "T=70");
        Assert.That(run.Code, Is.Zero, run.Error);
        string[] lines = File.ReadAllLines(table);
        Assert.That(lines[2], Does.EndWith("Missing"), "nothing was measured");
        Assert.That(Field(lines[3], 1), Is.LessThan(69.0), "a draught of 10 degrees a second");
    }

    [Test]
    public void A_stop_keeps_what_was_computed()
    {
        string table = At("estimate.csv");
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        CommandRun run = CommandRun.Of(
            ["estimate", At("bath.json", Bath + Section), "--data", At("z.csv", Cooling()), "--out", table], showsProgress: false, cancelled.Token);
        Assert.That(run.Code, Is.EqualTo(ExitCode.Cancelled));
        Assert.That(File.ReadAllLines(table), Has.Length.EqualTo(1), "stopped before the first row");
    }

    private static string Cooling()
    {
        var lines = new List<string> { "time,T" };
        double temperature = 70.0;
        bool on = false;
        for (int k = 1; k <= 50; k++)
        {
            temperature += 0.1 * -0.5 * (temperature - (on ? 80.0 : 60.0));
            on = on ? temperature < 75.0 : temperature <= 65.0;
            lines.Add(FormattableString.Invariant($"{0.1 * k},{temperature + (0.2 * Math.Sin(37.0 * k))}"));
        }

        return string.Join('\n', lines);
    }

    private static double Field(string line, int column) => double.Parse(line.Split(',')[column], CultureInfo.InvariantCulture);

    private string At(string name, string? text = null)
    {
        string path = Path.Combine(_folder, name);
        if (text is not null)
        {
            File.WriteAllText(path, text);
        }

        return path;
    }
}
