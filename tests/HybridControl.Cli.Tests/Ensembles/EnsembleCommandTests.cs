using System.Globalization;
using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace HybridControl.Cli.Tests.Ensembles;

public sealed class EnsembleCommandTests
{
    private static readonly string[] Study =
    [
        "ensemble", "bouncing-ball", "--vary", "e=normal(0.8,0.02)", "--vary", "h=uniform(9,11)", "--until", "3", "--size", "1500", "--seed", "5",
    ];

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("ensemble").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void The_report_has_statuses_quantities_requirements_and_events()
    {
        CommandRun run = CommandRun.Of([.. Study, "--require", "low: always(h < 10.5)", "--extrema", "h", "--every", "1"]);
        Assert.That(run.Error, Is.Empty);
        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Output, Does.Match(@"completed +1500 +100 %").And.Match(@"max\(h\) +(9\.9|10\.0)").And.Match(@"low +11\d\d +1500 +0 +0\.7")
            .And.Match(@"bounce +1500 +1 +1\.42").And.Contain("trajectories/s, start included."));
    }

    [Test]
    public void The_table_has_a_row_for_each_trajectory_with_its_samples()
    {
        string[][] rows = Csv([.. Study, "--out", At("r.csv")], "r.csv");
        Assert.That(rows[0], Is.EqualTo(["trajectory", "sample(e)", "sample(h)", "status", "time", "mode", "jumps", "steps", "h", "v"]));
        Assert.That(rows.Skip(1).Select(row => row[0]), Is.EqualTo(Enumerable.Range(0, 1500).Select(i => i.ToString(CultureInfo.InvariantCulture))));
        Assert.That(rows.Skip(1).Select(row => row[3]), Is.All.EqualTo("completed"));
        Assert.That(rows.Skip(1).Select(row => double.Parse(row[2], CultureInfo.InvariantCulture)), Is.All.InRange(9.0, 11.0));

        // One bounce after sqrt(2 h / g), then free flight: the height at the end is known.
        foreach (string[] row in rows.Skip(1).Where(row => row[6] == "1").Take(50))
        {
            double e = double.Parse(row[1], CultureInfo.InvariantCulture);
            double fall = Math.Sqrt(2 * double.Parse(row[2], CultureInfo.InvariantCulture) / 9.81);
            double flight = 3 - fall;
            Assert.That(double.Parse(row[8], CultureInfo.InvariantCulture), Is.EqualTo((e * 9.81 * fall * flight) - (9.81 * flight * flight / 2)).Within(1e-6));
        }
    }

    [Test]
    public async Task Parquet_has_the_same_numbers_as_csv()
    {
        string[] study = [.. Study, "--every", "0.5", "--record", "h", "--grid", "--events"];
        string[][] rows = Csv([.. study, "--out", At("r.csv")], "r.csv");
        Assert.That(CommandRun.Of([.. study, "--out", At("r.parquet")]).Code, Is.Zero);
        foreach (string kind in new[] { "", ".grid", ".events" })
        {
            string[][] expected = [.. File.ReadLines(At($"r{kind}.csv")).Select(line => line.Split(','))];
            await AssertSame(At($"r{kind}.parquet"), expected);
        }

        Assert.That(File.ReadLines(At("r.grid.csv")).Count(), Is.EqualTo(1 + (1500 * 7)));
        Assert.That(File.ReadLines(At("r.events.csv")).Count(), Is.EqualTo(1 + rows.Skip(1).Sum(row => int.Parse(row[6], CultureInfo.InvariantCulture))));
        Assert.That(File.ReadLines(At("r.events.csv")).Skip(1).First(), Does.Match(@"^0,0,1\.\d+,bounce$"));
    }

    [TestCase("fan:h")]
    [TestCase("events:bounce")]
    [TestCase("distribution:v")]
    [TestCase("cloud:e,v")]
    [TestCase("cloud:sample(e),h")]
    [TestCase("cloud:sample(h),h")]
    [TestCase("tornado:v")]
    [TestCase("modes")]
    [TestCase(null)]
    public void Pictures_are_drawn(string? kind)
    {
        string[] asked = kind is null ? [] : ["--plot-of", kind];
        CommandRun run = CommandRun.Of([.. Study, "--every", "0.5", "--plot", At("p.svg"), .. asked]);
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(File.ReadAllText(At("p.svg")), Does.Contain("<svg").And.Contain("bouncing-ball, 1500 trajectories"));
    }

    [TestCase("fan:h")]
    [TestCase("events:bounce")]
    [TestCase("tornado:v")]
    [TestCase("modes")]
    public void A_picture_of_one_alternative_names_and_counts_it(string kind)
    {
        string[] study = ["ensemble", PlanWithAlternatives(), "--plot", At("p.svg"), "--plot-of", kind];
        CommandRun first = CommandRun.Of(study);
        Assert.That(first.Code, Is.Zero, first.Error);
        Assert.That(first.Output, Does.Contain("p.svg ('earth', one of 2 alternatives; --alternative draws another)"));
        string earth = File.ReadAllText(At("p.svg"));
        Assert.That(earth, Does.Contain("bouncing-ball, earth, 300 trajectories"));

        CommandRun second = CommandRun.Of([.. study, "--alternative", "moon"]);
        Assert.That(second.Code, Is.Zero, second.Error);
        Assert.That(second.Output, Does.Contain("p.svg ('moon', one of 2"));
        string moon = File.ReadAllText(At("p.svg"));
        Assert.That(moon, Does.Contain("bouncing-ball, moon, 300 trajectories"));
        Assert.That(moon.Replace("moon", "earth", StringComparison.Ordinal) == earth, Is.EqualTo(kind == "modes"), "there is one mode; the curves differ");
    }

    [Test]
    public void An_alternative_that_is_not_there_or_not_alone_is_refused()
    {
        string[] study = ["ensemble", PlanWithAlternatives(), "--plot", At("p.svg"), "--plot-of"];
        CommandRun run = CommandRun.Of([.. study, "fan:h", "--alternative", "mon"]);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Error, Does.Contain("--alternative: the plan has no alternative 'mon'").And.Contain("moon"));
        run = CommandRun.Of([.. study, "distribution:v", "--alternative", "moon"]);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Error, Does.Contain("a distribution shows every alternative"));
        run = CommandRun.Of([.. study, "distribution:v"]);
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Not.Contain("one of 2"));
        Assert.That(File.ReadAllText(At("p.svg")), Does.Contain("bouncing-ball, 600 trajectories"));
    }

    [Test]
    public void The_summary_says_what_the_table_says()
    {
        string[][] rows = Csv([.. Study, "--require", "low: always(h < 10.5)", "--every", "1", "--out", At("r.csv"), "--summary", At("s.json")], "r.csv");
        JsonElement root = JsonDocument.Parse(File.ReadAllText(At("s.json"))).RootElement;
        Assert.That(root.GetProperty("trajectories").GetInt64(), Is.EqualTo(1500));
        Assert.That(root.GetProperty("statuses").GetProperty("completed").GetInt64(), Is.EqualTo(1500));
        JsonElement all = root.GetProperty("alternatives")[0];
        int column = Array.IndexOf(rows[0], "v");
        double mean = rows.Skip(1).Average(row => double.Parse(row[column], CultureInfo.InvariantCulture));
        Assert.That(all.GetProperty("scalars").GetProperty("v").GetProperty("mean").GetDouble(), Is.EqualTo(mean).Within(1e-12));
        int met = rows.Skip(1).Count(row => row[^1] == "1");
        Assert.That(all.GetProperty("requirements").GetProperty("low").GetProperty("met").GetInt64(), Is.EqualTo(met));
        Assert.That(all.GetProperty("grid").GetProperty("t").GetArrayLength(), Is.EqualTo(4));

        Assert.That(CommandRun.Of([.. Study, "--require", "low: always(h < 10.5)", "--every", "1", "--out", At("t.json")]).Code, Is.Zero);
        Assert.That(File.ReadAllText(At("t.json")), Is.EqualTo(File.ReadAllText(At("s.json"))));
    }

    [Test]
    public void A_seed_decides_everything_and_threads_nothing()
    {
        string[] table = [.. Study, "--out"];
        Csv([.. table, At("a.csv"), "--threads", "1"], "a.csv");
        Csv([.. table, At("b.csv"), "--threads", "2"], "b.csv");
        Csv([.. Study[..^1], "6", "--out", At("c.csv")], "c.csv");
        Assert.That(File.ReadAllBytes(At("b.csv")), Is.EqualTo(File.ReadAllBytes(At("a.csv"))));
        Assert.That(File.ReadAllBytes(At("c.csv")), Is.Not.EqualTo(File.ReadAllBytes(At("a.csv"))));
    }

    [Test]
    public void Every_fault_of_the_options_is_said_at_once()
    {
        CommandRun run = CommandRun.Of("ensemble", "bouncing-ball", "--vary", "e=norml(0.8,0.02)", "--vary", "h", "--vary", "g=uniform(1)", "--vary", "v=normal(0;1)",
            "--set", "q=1", "--require", "always(y > 0)", "--require", "h > 0", "--extrema", "w");
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Error, Does.Contain("Did you mean 'normal'?").And.Contain("'h' is not name=distribution(...)").And.Contain("uniform has 1 numbers")
            .And.Contain("'0;1' is not a number").And.Contain("nothing called 'q'").And.Contain("unknown name 'y'").And.Contain("does not say when it must hold")
            .And.Contain("unknown name 'w'"));
    }

    [TestCase("--vary", "e=normal(0.8,-1)", "the deviation -1")]
    [TestCase("--vary", "nothing=normal(0.8,1)", "nothing")]
    public void Options_that_make_no_sense_of_a_plan_are_bad_usage(string option, string value, string what)
    {
        CommandRun run = CommandRun.Of("ensemble", "bouncing-ball", "--until", "3", option, value);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Error, Does.Contain(what).And.Not.Contain("   at "));
    }

    [TestCase("--out r.txt", "does not end in .csv or .parquet or .json")]
    [TestCase("--grid", "Add --out results.csv")]
    [TestCase("--out r.csv --grid", "records nothing over time")]
    [TestCase("--out r.csv --events --event-slots 0", "keeps no events")]
    [TestCase("--out r.json --summary r.json", "is the file of --out as well")]
    [TestCase("--plot p.svg --plot-of pie", "no plot 'pie'")]
    [TestCase("--plot p.svg --plot-of fan:h", "no recorded variable 'h'")]
    [TestCase("--plot p.svg --plot-of cloud:h", "Write cloud:x,y")]
    [TestCase("--plot p.svg --plot-of modes", "Write \"record\": { \"every\": 0.1, \"mode\": true } in a plan, or --every seconds")]
    [TestCase("--plot-of modes", "Add --plot file.svg")]
    [TestCase("--alternative moon", "Add --plot file.svg")]
    [TestCase("--plot p.svg --alternative moon", "the plan has no alternatives")]
    [TestCase("--shard 0/2", "Add --campaign folder")]
    [TestCase("--on cuda", "'cuda'")]
    [TestCase("--threads 0", "--threads needs a whole number from 1 to 1024, not '0'")]
    [TestCase("--size abc", "error: hybrid ensemble: --size needs a whole number that is at least 1, not 'abc'.\n       Write for instance --size 1000 or 1e3.")]
    [TestCase("--size 1.5", "--size needs a whole number that is at least 1, not '1.5'")]
    [TestCase("--size 0", "--size needs a whole number that is at least 1, not '0'")]
    [TestCase("--size 1e19", "--size needs a whole number that is at least 1, not '1e19'")]
    [TestCase("--seed -1", "--seed needs a whole number that is at least 0, not '-1'")]
    [TestCase("--record h", "Add --every seconds")]
    [TestCase("--every 1e-9", "Choose a larger spacing")]
    [TestCase("--size 99999999999 --out r.csv", "GiB are free")]
    public void Options_that_do_not_fit_are_refused_before_the_run(string options, string what)
    {
        CommandRun run = CommandRun.Of([.. Study[..8], .. options.Split(' ')]);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage), run.Error);
        Assert.That(run.Error.ReplaceLineEndings("\n"), Does.Contain(what));
    }

    [TestCase("1e3", "1000")]
    [TestCase("1.5e3", "1500")]
    public void A_whole_number_may_have_an_exponent(string size, string count)
    {
        CommandRun run = CommandRun.Of([.. Study[..8], "--size", size, "--seed", "18446744073709551615"]);
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Match($"completed +{count} +100 %"));
    }

    [Test]
    public void A_gpu_that_is_not_there_is_refused_with_the_reason_and_the_cpu_offered()
    {
        if (Gpu.Devices.GpuDevice.TryBest(out Gpu.Devices.GpuDevice? device))
        {
            device!.Dispose();
            Assert.Ignore("There is a device.");
        }

        CommandRun run = CommandRun.Of([.. Study, "--on", "gpu"]);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(run.Error, Does.Contain("no device can be used").And.Contain("CPU").And.Contain("hybrid devices"));
    }

    [Test]
    public void A_run_that_is_stopped_keeps_what_is_finished()
    {
        using var stop = new CancellationTokenSource();
        using var watch = new Timer(_ => CancelWhenSomethingIsWritten(stop, _folder), null, 1500, 50);
        CommandRun run = CommandRun.Of([.. Study[..8], "--on", "simulator", "--size", "20000000", "--out", At("r.csv")], showsProgress: true, stop.Token);
        Assert.That(run.Code, Is.EqualTo(ExitCode.Cancelled));
        int rows = File.ReadLines(At("r.csv")).Count() - 1;
        Assert.That(rows, Is.Positive.And.LessThan(20_000_000));
        Assert.That(run.Error, Does.Contain(FormattableString.Invariant($"stopped after {rows} trajectories")).And.Contain("of 20000000 trajectories").And.Contain("left"));
        Assert.That(run.Output, Does.Match($@"completed +{rows} +100 %"));
        Assert.That(Directory.GetFileSystemEntries(_folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_study_in_which_everything_fails_stops_early_unless_told_to_go_on()
    {
        string model = At("sink.json");
        File.WriteAllText(model, """{ "name": "sink", "states": { "x": 1 }, "modes": { "m": { "flow": { "x": "-1" }, "invariant": "x >= 0" } } }""");
        string[] study = ["ensemble", model, "--vary", "x=uniform(0.5,1)", "--until", "5", "--size", "5000", "--on", "simulator"];
        CommandRun run = CommandRun.Of(study);
        Assert.That(run.Code, Is.EqualTo(ExitCode.RunFailed));
        Assert.That(run.Error, Does.Contain("every one of the first").And.Contain("--keep-going"));
        run = CommandRun.Of([.. study, "--keep-going"]);
        Assert.That(run.Code, Is.EqualTo(ExitCode.RunFailed));
        Assert.That(run.Output, Does.Match(@"invariant-violated +5000 +100 %"));
    }

    [Test]
    public void Quiet_prints_nothing()
    {
        CommandRun run = CommandRun.Of([.. Study, "--quiet", "--out", At("r.csv")]);
        Assert.That((run.Code, run.Output, run.Error), Is.EqualTo((0, "", "")));
    }

    [Test]
    public void A_critical_value_is_found()
    {
        CommandRun run = CommandRun.Of("critical", "bouncing-ball", "--until", "2", "--parameter", "h0", "--between", "5", "20", "--require", "always(v > -15)");
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("h0 = 11.467").And.Contain("is met below"));
        run = CommandRun.Of("critical", "bouncing-ball", "--until", "2", "--parameter", "h0", "--between", "20", "5", "--require", "always(v > -15)");
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        run = CommandRun.Of("critical", "bouncing-ball", "--until", "2", "--parameter", "h0", "--between", "1", "2", "--require", "always(v > -15)");
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
    }

    [Test]
    public void Devices_say_what_is_there_and_what_is_not()
    {
        CommandRun run = CommandRun.Of("devices");
        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Output, Does.Contain("threads").And.Contain("Cuda").And.Contain("OpenCL"));
    }

    /// <summary>Cancels once a temporary file in a folder has content.</summary>
    internal static void CancelWhenSomethingIsWritten(CancellationTokenSource stop, string folder)
    {
        if (Directory.Exists(folder) && Directory.GetFiles(folder, ".*.tmp").Any(path => new FileInfo(path).Length > 1000))
        {
            stop.Cancel();
        }
    }

    private string At(string name) => Path.Combine(_folder, name);

    private string PlanWithAlternatives()
    {
        string path = At("plan.json");
        File.WriteAllText(path, $$"""
            { "model": {{JsonSerializer.Serialize(Path.GetFullPath(ModelFinder.Resolve("bouncing-ball")))}}, "size": 300, "until": 3, "vary": { "e": { "normal": [0.8, 0.02] } },
              "alternatives": { "earth": { "g": 9.81 }, "moon": { "g": 5 } },
              "record": { "every": 0.5, "variables": ["h"], "mode": true, "events": 8 } }
            """);
        return path;
    }

    private string[][] Csv(string[] args, string file)
    {
        CommandRun run = CommandRun.Of(args);
        Assert.That(run.Code, Is.Zero, run.Error);
        return [.. File.ReadLines(At(file)).Select(line => line.Split(','))];
    }

    private static async Task AssertSame(string parquet, string[][] rows)
    {
        await using ParquetReader reader = await ParquetReader.CreateAsync(parquet);
        DataField[] fields = reader.Schema.DataFields;
        Assert.That(fields.Select(field => field.Name), Is.EqualTo(rows[0]));
        int at = 1;
        for (int g = 0; g < reader.RowGroupCount; g++)
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(g);
            int count = (int)group.RowCount;
            for (int c = 0; c < fields.Length; c++)
            {
                string[] expected = [.. rows.Skip(at).Take(count).Select(row => row[c])];
                Assert.That(await Read(group, fields[c], count), Is.EqualTo(expected), fields[c].Name);
            }

            at += count;
        }

        Assert.That(at, Is.EqualTo(rows.Length));
    }

    private static async Task<string[]> Read(ParquetRowGroupReader group, DataField field, int count)
    {
        if (field.ClrType == typeof(double))
        {
            double[] numbers = new double[count];
            await group.ReadAsync<double>(field, numbers);
            return [.. numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture))];
        }

        if (field.ClrType == typeof(long))
        {
            long[] integers = new long[count];
            await group.ReadAsync<long>(field, integers);
            return [.. integers.Select(integer => integer.ToString(CultureInfo.InvariantCulture))];
        }

        string[] words = new string[count];
        await group.ReadAsync(field, words);
        return words;
    }
}
