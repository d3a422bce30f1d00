using System.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Serialization;
using HybridControl.Serialization.Campaigns;

namespace HybridControl.Cli.Tests.Ensembles;

public sealed class CampaignCommandTests
{
    private static readonly string[] Study =
    [
        "ensemble", "bouncing-ball", "--vary", "e=normal(0.8,0.02)", "--until", "3", "--size", "9000", "--seed", "5", "--on", "simulator",
    ];

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("campaign").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Workers_in_any_order_and_a_merge_give_the_files_of_a_single_run()
    {
        Assert.That(CommandRun.Of([.. Study, "--out", At("whole.csv"), "--summary", At("whole.json")]).Code, Is.Zero);
        foreach (int worker in new[] { 2, 0, 1 })
        {
            CommandRun run = CommandRun.Of([.. Study, "--campaign", At("c"), "--shard-blocks", "2", "--shard", $"{worker}/3", "--threads", worker == 1 ? "1" : "2"]);
            Assert.That(run.Code, Is.Zero, run.Error);
            Assert.That(run.Output, Does.Contain($"by worker {worker}/3"));
        }

        CommandRun merge = CommandRun.Of("campaign", "merge", At("c"), "--out", At("merged.csv"), "--summary", At("merged.json"));
        Assert.That(merge.Code, Is.Zero, merge.Error);
        Assert.That(File.ReadAllBytes(At("merged.csv")), Is.EqualTo(File.ReadAllBytes(At("whole.csv"))));
        Assert.That(WithoutBackend("merged.json"), Is.EqualTo(WithoutBackend("whole.json")));
    }

    [Test]
    public void A_campaign_that_can_only_fail_says_so_and_stops()
    {
        File.WriteAllText(At("doomed.json"),
            """{ "name": "doomed", "states": { "x": 1 }, "modes": { "m": { "flow": { "x": "-1" }, "invariant": "x >= 0" } } }""");
        CommandRun run = CommandRun.Of(
            "ensemble", At("doomed.json"), "--vary", "x=uniform(0.5,1)", "--until", "5", "--size", "40000", "--on", "simulator", "--threads", "1",
            "--campaign", At("c"));
        Assert.That(run.Code, Is.EqualTo(ExitCode.RunFailed));
        Assert.That(run.Error, Does.Contain("every one of the first").And.Contain("--keep-going"));
    }

    [Test]
    public void A_merge_with_missing_shards_lists_them_and_may_be_partial()
    {
        Assert.That(CommandRun.Of([.. Study, "--campaign", At("c"), "--shard-blocks", "2", "--shard", "0/2"]).Output,
            Does.Contain("5 of 9 blocks are finished.").And.Contain("Missing: blocks 2 to 3, blocks 6 to 7."));
        CommandRun merge = CommandRun.Of("campaign", "merge", At("c"), "--out", At("r.csv"));
        Assert.That(merge.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(merge.Error, Does.Contain("4 of 9 blocks are missing: blocks 2 to 3, blocks 6 to 7"));
        Assert.That(File.Exists(At("r.csv")), Is.False);

        merge = CommandRun.Of("campaign", "merge", At("c"), "--partial", "--out", At("r.csv"));
        Assert.That(merge.Code, Is.Zero);
        Assert.That(merge.Error, Does.Contain("warning: ").And.Contain("4 of 9 blocks are missing"));
        Assert.That(File.ReadLines(At("r.csv")).Count() - 1, Is.EqualTo((4 * 1024) + 9000 - (8 * 1024)));

        Assert.That(CommandRun.Of("campaign", "run", At("c"), "--out", At("r.csv")).Code, Is.Zero);
        Assert.That(File.ReadLines(At("r.csv")).Count() - 1, Is.EqualTo(9000));
        Assert.That(CommandRun.Of("campaign", "status", At("c")).Output, Does.Contain("9 of 9 blocks are finished.").And.Contain("complete"));
    }

    [Test]
    public void A_damaged_file_is_named_and_its_blocks_are_computed_again()
    {
        Assert.That(CommandRun.Of([.. Study, "--campaign", At("c"), "--out", At("a.csv")]).Code, Is.Zero);
        string victim = Directory.GetFiles(At("c/blocks")).Order(StringComparer.Ordinal).First();
        byte[] content = File.ReadAllBytes(victim);
        File.WriteAllBytes(victim, content[..1000]);
        CommandRun status = CommandRun.Of("campaign", "status", At("c"));
        Assert.That(status.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(status.Error, Does.Contain(victim));
        Assert.That(CommandRun.Of([.. Study, "--campaign", At("c"), "--out", At("b.csv")]).Code, Is.Zero);
        Assert.That(File.ReadAllBytes(At("b.csv")), Is.EqualTo(File.ReadAllBytes(At("a.csv"))));
        Assert.That(File.ReadAllBytes(victim), Is.EqualTo(content));
    }

    [Test]
    public void A_changed_plan_or_back_end_is_refused_with_what_changed()
    {
        Assert.That(CommandRun.Of([.. Study, "--campaign", At("c"), "--shard", "0/9"]).Code, Is.Zero);
        CommandRun run = CommandRun.Of([.. Study[..9], "7", .. Study[10..], "--campaign", At("c")]);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(run.Error, Does.Contain("plan.seed: 5 there, 7 here").And.Contain("in a new folder"));
        run = CommandRun.Of("campaign", "run", At("c"), "--on", "cpu");
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Error, Does.Contain("begun on simulator"));
    }

    [Test]
    public void A_plan_file_is_run_and_kept_with_its_model()
    {
        File.WriteAllText(At("ball.json"), """
            { "name": "ball", "parameters": { "e": 0.8 }, "states": { "h": 10, "v": 0 },
              "modes": { "fall": { "flow": { "h": "v", "v": "-9.81" }, "invariant": "h >= 0" } },
              "transitions": [ { "name": "bounce", "from": "fall", "to": "fall", "guard": "h <= 0 & v < 0", "reset": { "v": "-e*v" } } ] }
            """);
        File.WriteAllText(At("plan.json"), """{ "model": "ball.json", "size": 3000, "until": 2, "vary": { "e": { "normal": [0.8, 0.02] } } }""");
        CommandRun run = CommandRun.Of("ensemble", At("plan.json"), "--on", "simulator", "--campaign", At("c"), "--shard", "0/2");
        Assert.That(run.Code, Is.Zero, run.Error);
        File.Delete(At("ball.json"));
        File.Delete(At("plan.json"));
        run = CommandRun.Of("campaign", "run", At("c"), "--out", At("r.csv"));
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(File.ReadLines(At("r.csv")).Count(), Is.EqualTo(3001));
    }

    [Test]
    public void A_plan_file_says_itself_what_varies()
    {
        File.WriteAllText(At("plan.json"), PlanFile.Write(new EnsemblePlan { Model = ModelFinder.Load("bouncing-ball"), Size = 10, Until = 1 }));
        CommandRun run = CommandRun.Of("ensemble", At("plan.json"), "--vary", "e=normal(0.8,0.02)", "--record", "h");
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Error, Does.Contain("--vary: ").And.Contain("--record: ").And.Contain("Change the plan file"));
        run = CommandRun.Of("ensemble", At("plan.json"), "--size", "20", "--on", "simulator");
        Assert.That(run.Output, Does.Match(@"completed +20 +100 %"));
    }

    [TestCase("status")]
    [TestCase("run")]
    [TestCase("merge")]
    public void A_folder_without_a_campaign_is_refused(string word)
    {
        CommandRun run = CommandRun.Of("campaign", word, At("absent"));
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(run.Error, Does.Contain("there is no campaign"));
        Assert.That(Directory.Exists(At("absent")), Is.False);
    }

    [Test]
    public void A_worker_writes_no_result()
    {
        CommandRun run = CommandRun.Of([.. Study, "--campaign", At("c"), "--shard", "0/2", "--out", At("r.csv")]);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Error, Does.Contain("only its share").And.Contain("hybrid campaign merge"));
        Assert.That(Directory.Exists(At("c")), Is.False);
    }

    [Test]
    public void A_campaign_that_is_stopped_keeps_its_blocks_and_reports_them()
    {
        using var stop = new CancellationTokenSource();
        using var watch = new Timer(_ => EnsembleCommandTests.CancelWhenSomethingIsWritten(stop, At("c/blocks")), null, 0, 50);
        string[] study = [.. Study[..6], "--size", "20000000", "--on", "simulator", "--campaign", At("c")];
        CommandRun run = CommandRun.Of(study, showsProgress: false, stop.Token);
        Assert.That(run.Code, Is.EqualTo(ExitCode.Cancelled));
        Assert.That(run.Error, Does.Contain("the same command continues"));
        long finished = Campaign.Open(At("c")).Status().FinishedBlocks;
        Assert.That(finished, Is.Positive);
        Assert.That(run.Output, Does.Match($@"completed +{finished * 1024} +100 %"));
    }

    [Test]
    [Platform("Linux")]
    public void A_full_device_is_named_and_what_is_finished_is_kept()
    {
        // A limit on the size of files stands for a device without room: the first shard fits, a table does not.
        string program = typeof(CommandLine).Assembly.Location;
        string study = string.Join(' ', Study.Select(word => $"'{word}'"));
        (int code, string error) = Shell($"trap '' XFSZ; ulimit -f 400; exec dotnet '{program}' {study} --campaign '{At("c")}' --shard-blocks 1 --out '{At("r.csv")}'");
        Assert.That(code, Is.EqualTo(ExitCode.BadFile), error);
        Assert.That(error, Does.Contain("the device is full").And.Not.Contain("   at "));
        Assert.That(Campaign.Open(At("c")).Status().IsComplete, Is.True);
        Assert.That(Directory.GetFiles(_folder), Is.Empty);

        (code, error) = Shell($"trap '' XFSZ; ulimit -f 400; exec dotnet '{program}' {study} --campaign '{At("d")}' --shard-blocks 3");
        Assert.That(code, Is.EqualTo(ExitCode.BadFile), error);
        Assert.That(error, Does.Contain("the device is full"));
        Assert.That(Directory.GetFiles(At("d/blocks")), Is.Empty);
        Assert.That(CommandRun.Of("campaign", "run", At("d"), "--out", At("d.csv")).Code, Is.Zero);
        Assert.That(CommandRun.Of("campaign", "merge", At("c"), "--out", At("c.csv")).Code, Is.Zero);
        Assert.That(File.ReadAllBytes(At("d.csv")), Is.EqualTo(File.ReadAllBytes(At("c.csv"))));
    }

    private static (int Code, string Error) Shell(string line)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(line);

        // The runtime maps its code through a file in memory, which the limit would reach as well.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using Process run = Process.Start(start)!;
        _ = run.StandardOutput.ReadToEndAsync();
        string error = run.StandardError.ReadToEnd();
        run.WaitForExit();
        return (run.ExitCode, error);
    }

    private string At(string name) => Path.Combine(_folder, name);

    private string[] WithoutBackend(string file) =>
        [.. File.ReadLines(At(file)).Where(line => !line.Contains("\"backend\"", StringComparison.Ordinal))];
}
