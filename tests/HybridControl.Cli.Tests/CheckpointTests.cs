using System.Diagnostics;
using HybridControl.Cli;

namespace HybridControl.Cli.Tests;

/// <summary>Runs that are stopped or killed, and go on.</summary>
public class CheckpointTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("hybrid").FullName;
        string slow = string.Concat(Enumerable.Range(1, 12).Select(k => $" + 0.01*sin(exp(sin({k}*x)) + cos({k}*v))"));
        File.WriteAllText(At("model.json"), $$"""
            { "name": "counter", "states": { "x": 1, "v": 0 }, "discrete": { "n": 0 },
              "modes": { "a": { "flow": { "x": "v", "v": "-x{{slow}}" } } },
              "transitions": [ { "from": "a", "to": "a", "name": "section", "guard": "x >= 0", "rule": "edge", "reset": { "n": "n + 1" } } ],
              "sampled": { "clock": { "period": 25, "set": { "n": "n + 0.25" } } } }
            """);
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    [Platform("Linux")]
    public void A_run_that_is_killed_at_any_moment_goes_on_to_the_same_table()
    {
        string[] run = ["simulate", At("model.json"), "--until", "1200", "--solver", "rk4", "--step", "0.004", "--every", "0.5"];
        CommandRun whole = CommandRun.Of([.. run, "--out", At("whole.csv")]);
        Assert.That(whole.Code, Is.Zero, whole.Error);

        var random = new Random(11);
        int kills = 0;
        int resumed = 0;
        while (true)
        {
            bool goesOn = File.Exists(At("state"));
            resumed += goesOn ? 1 : 0;
            using Process process = CommandRun.Start(
                [.. run, "--every", "1ms", "--out", At("parts.csv"), "--quiet", goesOn ? "--resume" : "--checkpoint", At("state")]);
            if (kills % 3 != 0)
            {
                WaitForCheckpoint(process); // so that a slow machine, too, is killed while it computes
            }

            if (kills < 12 && !process.WaitForExit(random.Next(5, 400)))
            {
                process.Kill();
                process.WaitForExit();
                kills++;
                continue;
            }

            process.WaitForExit();
            Assert.That(process.ExitCode, Is.Zero, process.StandardError.ReadToEnd());
            break;
        }

        Assert.That(kills, Is.GreaterThan(2));
        Assert.That(resumed, Is.GreaterThan(1));
        Assert.That(File.ReadAllBytes(At("parts.csv")), Is.EqualTo(File.ReadAllBytes(At("whole.csv"))));
        Assert.That(Directory.GetFiles(_folder, ".*"), Is.Empty, "what the killed ones were writing is cleared");
    }

    private void WaitForCheckpoint(Process process)
    {
        DateTime before = File.GetLastWriteTimeUtc(At("state"));
        while (File.GetLastWriteTimeUtc(At("state")) == before && !process.WaitForExit(2))
        {
        }
    }

    [Test]
    public void A_stopped_run_writes_a_last_checkpoint_and_says_how_to_go_on()
    {
        string[] run = ["simulate", At("model.json"), "--until", "300", "--set", "n=2"];
        Assert.That(CommandRun.Of([.. run, "--out", At("whole.csv")]).Code, Is.Zero);
        using (var stop = new CancellationTokenSource())
        {
            stop.Cancel();
            CommandRun stopped = CommandRun.Of([.. run, "--checkpoint", At("state")], showsProgress: false, stop.Token);
            Assert.That(stopped.Code, Is.EqualTo(ExitCode.Cancelled));
            Assert.That(stopped.Error, Does.Contain($"Go on with --resume {At("state")}."));
        }

        CommandRun rest = CommandRun.Of([.. run, "--resume", At("state"), "--out", At("parts.csv")]);
        Assert.That(rest.Code, Is.Zero, rest.Error);
        Assert.That(rest.Output, Does.StartWith($"Resumed from {At("state")} at t = 0 s in mode a, 0 jumps."));
        Assert.That(File.ReadAllBytes(At("parts.csv")), Is.EqualTo(File.ReadAllBytes(At("whole.csv"))));
    }

    [TestCase("adams")]
    [TestCase("bdf")]
    public void A_method_that_remembers_goes_on_to_the_same_table(string solver)
    {
        string[] run = ["simulate", At("model.json"), "--until", "4000", "--solver", solver, "--every", "5", "--out"];
        CommandRun whole = CommandRun.Of([.. run, At("whole.csv")]);
        Assert.That(whole.Code, Is.Zero, whole.Error);
        using (var stop = new CancellationTokenSource())
        {
            Task watch = Task.Run(() =>
            {
                DateTime first = default;
                for (int i = 0; i < 10_000 && (first == default || File.GetLastWriteTimeUtc(At("state")) < first.AddMilliseconds(50.0)); i++)
                {
                    Thread.Sleep(1);
                    first = first == default && File.Exists(At("state")) ? File.GetLastWriteTimeUtc(At("state")) : first;
                }

                stop.Cancel(); // the first is of the start
            });
            CommandRun part = CommandRun.Of([.. run, At("parts.csv"), "--checkpoint", At("state"), "--every", "1ms"], showsProgress: false, stop.Token);
            watch.Wait();
            Assert.That(part.Code, Is.EqualTo(ExitCode.Cancelled));
        }

        CommandRun rest = CommandRun.Of([.. run, At("parts.csv"), "--resume", At("state")]);
        Assert.That(rest.Code, Is.Zero, rest.Error);
        Assert.That(rest.Output, Does.StartWith($"Resumed from {At("state")} at t = ").And.Not.Contain("at t = 0 s"));
        Assert.That(File.ReadAllBytes(At("parts.csv")), Is.EqualTo(File.ReadAllBytes(At("whole.csv"))));
    }

    [Test]
    public void What_does_not_fit_is_refused_with_a_reason()
    {
        using (var stop = new CancellationTokenSource())
        {
            stop.Cancel();
            CommandRun.Of(["simulate", At("model.json"), "--until", "9", "--checkpoint", At("state")], showsProgress: false, stop.Token);
        }

        Fails(ExitCode.BadFile, "there is no such file", "--resume", At("absent"));
        Fails(ExitCode.BadFile, "this is no checkpoint of a run", "--resume", At("model.json"), "--checkpoint", At("other"));
        Fails(ExitCode.BadFile, "options.Values.n is '7' here, and was not there when the checkpoint was written", "--resume", At("state"), "--set", "n=7");
        Fails(ExitCode.BadFile, "options.Solver is 'HybridControl.Solvers.Tsitouras5' here", "--resume", At("state"), "--solver", "tsit5");
        Fails(ExitCode.BadFile, "does not exist", "--checkpoint", At("nowhere/state"));
        Fails(ExitCode.BadFile, $"--resume: '{_folder}' is a folder", "--resume", _folder);
        Fails(ExitCode.BadUsage, "there are no checkpoints to write", "--every", "60s");
        Fails(ExitCode.BadUsage, "Write 60s for the time between checkpoints", "--every", "60", "--checkpoint", At("other"));
        Fails(ExitCode.BadUsage, "or a time such as 60s, 5min or 1h, not '5parsec'", "--every", "5parsec");
        Fails(ExitCode.BadUsage, "twice", "--every", "5s", "--every", "6s", "--checkpoint", At("other"));
        Fails(ExitCode.BadUsage, "is the file of the model as well", "--checkpoint", At("model.json"));
        File.WriteAllBytes(At("state"), File.ReadAllBytes(At("state"))[..100]);
        Fails(ExitCode.BadFile, "the checkpoint is damaged", "--resume", At("state"));
    }

    private void Fails(int code, string message, params string[] options)
    {
        CommandRun run = CommandRun.Of(["simulate", At("model.json"), "--until", "9", .. options]);
        Assert.That(run.Error, Does.Contain(message));
        Assert.That(run.Code, Is.EqualTo(code));
    }

    private string At(string name) => Path.Combine(_folder, name);
}
