using System.Globalization;
using System.Numerics;
using System.Text;
using HybridControl.Neural.Identification;

namespace HybridControl.Cli.Tests;

public sealed class TrainSsmTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("hybrid").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void System_is_identified_reported_and_drawn()
    {
        (string system, string plot) = (At("spring.safetensors"), At("fit.svg"));
        CommandRun run = CommandRun.Of("train", "ssm", Write("z.csv", Table(800)), "--outputs", "x", "--out", system, "--plot", plot);
        Assert.Multiple(() =>
        {
            Assert.That(run.Error, Is.Empty);
            Assert.That(run.Code, Is.Zero);
            Assert.That(run.Output, Does.Contain("800 rows of one run, every 0.1 s; from u to x").And.Contain("Poles, 2 in all"));
            Assert.That(run.Output, Does.Contain("the last 200 rows, which were held out").And.Contain($"System: {system}").And.Contain($"Plot: {plot}"));
            Assert.That(Complex.Abs(SsmFile.Load(system).Poles.Single() - Pole), Is.LessThan(0.02));
            Assert.That(Fit(run.Output), Is.GreaterThan(90.0));
            Assert.That(File.ReadAllText(plot), Does.Contain("x, system"));
        });
    }

    [Test]
    public void Stopped_training_keeps_the_best_and_resumes_to_the_same_bits()
    {
        string data = Write("z.csv", Table(200));
        (string whole, string parts, string checkpoint) = (At("whole.safetensors"), At("parts.safetensors"), At("checkpoint.safetensors"));
        string[] options = [data, "--outputs", "x", "--order", "2", "--epochs", "30", "--quiet", "--out"];
        Assert.That(CommandRun.Of(["train", "ssm", .. options, whole]), Is.EqualTo(new CommandRun(0, "", "")));
        using var source = new CancellationTokenSource();
        source.Cancel();
        CommandRun stopped = CommandRun.Of(["train", "ssm", .. options, parts, "--checkpoint", checkpoint], showsProgress: false, source.Token);
        Assert.That(stopped.Code, Is.EqualTo(ExitCode.Cancelled));
        Assert.That(stopped.Error, Does.Contain("stopped after 0 iterations").And.Contain($"--resume {checkpoint}"));
        Assert.That(SsmFile.Load(parts).Order, Is.EqualTo(2));
        CommandRun resumed = CommandRun.Of(["train", "ssm", .. options, parts, "--resume", checkpoint]);
        Assert.That(resumed.Code, Is.Zero, resumed.Error);
        Assert.That(File.ReadAllBytes(parts), Is.EqualTo(File.ReadAllBytes(whole)));
    }

    [Test]
    public void Stack_of_layers_is_identified_reported_and_drawn()
    {
        (string system, string plot) = (At("stack.safetensors"), At("fit.svg"));
        CommandRun run = CommandRun.Of(
            "train", "ssm", Write("z.csv", Table(400)), "--outputs", "x", "--layers", "2", "--order", "3", "--epochs", "5", "--seed", "7", "--out", system, "--plot", plot);
        Assert.Multiple(() =>
        {
            Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
            Assert.That(run.Output, Does.Contain("layer 2: 3 modes").And.Contain("the last 100 rows, which were held out").And.Contain("from inputs alone"));
            Assert.That(SequenceFile.Load(system).Layers, Is.EqualTo(2));
            Assert.That(File.ReadAllText(plot), Does.Contain("x, system"));
        });
    }

    [Test]
    public void Progress_is_shown_on_a_terminal_and_removed()
    {
        CommandRun run = CommandRun.Of(
            ["train", "ssm", Write("z.csv", Table(100)), "--outputs", "x", "--order", "2", "--epochs", "3", "--out", At("a.safetensors")], showsProgress: true, default);
        Assert.That(run.Error, Does.Contain("training 1, iteration 3").And.EndsWith(" \r"));
    }

    [Test]
    public void Every_fault_of_the_table_is_said_with_line_and_column()
    {
        const string table = "t,u,y\n0,1,2\n0.1,one,2\n0.3,1,Infinity\n0.2,1,2\n0.3,1\n";
        CommandRun run = CommandRun.Of("train", "ssm", Write("z.csv", table), "--outputs", "y,speed");
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.Multiple(() =>
        {
            Assert.That(run.Error, Does.Contain("z.csv:1, column 1: there is no column 'speed' for an output"));
            Assert.That(run.Error, Does.Contain("z.csv:3, column 2: 'one' is not a number"));
            Assert.That(run.Error, Does.Contain("z.csv:4, column 1: the step is"));
            Assert.That(run.Error, Does.Contain("z.csv:4, column 3: the number is infinite"));
            Assert.That(run.Error, Does.Contain("z.csv:5, column 1: the time 0.2 s comes after 0.3 s"));
            Assert.That(run.Error, Does.Contain("z.csv:6, column 3: the row has 2 fields"));
        });
    }

    [Test]
    public void Every_file_that_cannot_be_written_is_said_at_once()
    {
        CommandRun run = CommandRun.Of(
            "train", "ssm", Write("z.csv", Table(50)), "--out", "a.bin", "--plot", "fit.pdf", "--checkpoint", At(Path.Combine("none", "c.safetensors")));
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Error, Does.Contain("--out: 'a.bin'").And.Contain("--plot: 'fit.pdf'").And.Contain("--checkpoint: the folder"));
    }

    [Test]
    public void Options_without_sense_are_refused_together()
    {
        CommandRun run = CommandRun.Of("train", "ssm", Write("z.csv", Table(50)), "--order", "0", "--epochs", "many", "--period", "-1");
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Error, Does.Contain("--order").And.Contain("--epochs").And.Contain("--period"));
    }

    [Test]
    public void Checkpoint_and_table_that_are_not_sound_are_both_said()
    {
        CommandRun run = CommandRun.Of("train", "ssm", Write("z.csv", ""), "--resume", Write("c.safetensors", "no"), "--out", At("a.safetensors"));
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(run.Error, Does.Contain("the file is empty").And.Contain("c.safetensors"));
    }

    [Test]
    public void Input_that_never_changes_is_refused()
    {
        CommandRun run = CommandRun.Of("train", "ssm", Write("z.csv", "u,y\n1,0\n1,1\n1,2\n1,3\n1,4\n"), "--out", At("a.safetensors"));
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(run.Error, Does.Contain("input 'u'").And.Contain("does not change"));
    }

    private static Complex Pole => new(-0.2, Math.Sqrt(4.0 - 0.04));

    private static double Fit(string output)
    {
        string line = output.Split('\n').First(text => text.Contains("from inputs alone", StringComparison.Ordinal));
        string number = line[(line.IndexOf("alone", StringComparison.Ordinal) + 6)..].Split(' ')[0];
        return double.Parse(number, CultureInfo.InvariantCulture);
    }

    // x'' = 4 (u - x) - 0.4 x' with an input that jumps, sampled every 0.1 s with a little deterministic noise.
    private static string Table(int rows)
    {
        var text = new StringBuilder("t,u,x,spare\n");
        (double x, double v) = (0.5, 0.0);
        for (int k = 0; k < rows; k++)
        {
            double u = Math.Sign(Math.Sin(1.7 * (k / 4) * (k / 4)));
            double noise = 0.01 * Math.Sin(12.9898 * k * k);
            text.Append(CultureInfo.InvariantCulture, $"{0.1 * k:F1},{u:F0},{x + noise:R},-\n");
            for (int i = 0; i < 1000; i++)
            {
                v += 0.0001 * ((4.0 * (u - x)) - (0.4 * v));
                x += 0.0001 * v;
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
