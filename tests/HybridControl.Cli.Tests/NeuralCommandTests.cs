using System.Globalization;
using HybridControl.Tests.TestKit;

namespace HybridControl.Cli.Tests;

public sealed class NeuralCommandTests
{
    private string _folder = "";

    private static string Mamba => Path.Combine(ReferenceData.Folder, "neural", "mamba");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("hybrid").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("scalar")]
    [TestCase("cpu")]
    public void Run_shows_the_likeliest_tokens_of_the_golden_logits(string place)
    {
        CommandRun run = CommandRun.Of("neural", "run", Mamba, "--tokens", "1,2,3", "--on", place, "--out", At("y.csv"));
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Output, Does.Contain("position 3").And.Contain("token 3 "));
        string[] lines = File.ReadAllLines(At("y.csv"));
        Assert.That(lines, Has.Length.EqualTo(4));
        Assert.That(lines[3].Split(','), Has.Length.EqualTo(47));
    }

    [Test]
    public void Generation_that_stops_and_goes_on_from_its_state_writes_the_same_tokens()
    {
        string[] drawn = ["--temperature", "1.5", "--seed", "7", "--on", "cpu"];
        int[] whole = Tokens(CommandRun.Of(["neural", "generate", Mamba, "--tokens", "1,2", "--count", "6", .. drawn]));
        int[] greedy = Tokens(CommandRun.Of("neural", "generate", Mamba, "--tokens", "5,6,7", "--count", "4", "--on", "cpu"));
        int[] first = Tokens(CommandRun.Of("neural", "generate", Mamba, "--tokens", "5,6,7", "--count", "1", "--on", "cpu"));
        CommandRun.Of("neural", "run", Mamba, "--tokens", "5,6", "--save-state", At("s.safetensors"), "--on", "cpu", "--quiet");
        int[] continued = Tokens(CommandRun.Of("neural", "generate", Mamba, "--tokens", "7", "--state", At("s.safetensors"), "--count", "4", "--on", "cpu"));
        Assert.Multiple(() =>
        {
            Assert.That(whole, Has.Length.EqualTo(6).And.All.InRange(0, 46));
            Assert.That(Tokens(CommandRun.Of(["neural", "generate", Mamba, "--tokens", "1,2", "--count", "6", .. drawn])), Is.EqualTo(whole));
            Assert.That(continued, Is.EqualTo(greedy));
            Assert.That(first[0], Is.EqualTo(greedy[0]));
        });
    }

    [Test]
    public void Inspection_counts_parameters_state_and_cache()
    {
        CommandRun run = CommandRun.Of("neural", "inspect", Path.Combine(ReferenceData.Folder, "neural", "jamba"));
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Output, Does.Contain("jamba: width 24, 8 layers"));

        // One attention layer of two key heads of six: keys and values of twelve numbers of two bytes each.
        Assert.That(run.Output, Does.Contain("48 bytes a token with 16 bits"));
        CommandRun tensors = CommandRun.Of("neural", "inspect", Path.Combine(Mamba, "model.safetensors"));
        Assert.That(tensors.Output, Does.Contain("backbone.layers.0.mixer.A_log").And.Contain("40 x 8"));
    }

    [Test]
    public void Bench_reports_both_phases_and_every_layer_also_without_weights()
    {
        File.Copy(Path.Combine(Mamba, "config.json"), At("config.json"));
        CommandRun run = CommandRun.Of("neural", "bench", At("config.json"), "--random", "--prefill", "20", "--decode", "3", "--streams", "2", "--on", "cpu");
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Output, Does.Contain("prefill: 40 tokens").And.Contain("decode: 6 tokens").And.Contain("layers.1"));
    }

    [TestCase(new[] { "--tokens", "1,99" }, "tokens[1]: 99 is not a token", ExitCode.BadFile)]
    [TestCase(new[] { "--tokens", "1,x,-3" }, "word 3: '-3' is not a token id", ExitCode.BadFile)]
    [TestCase(new[] { "--tokens", "@missing.txt" }, "the file cannot be read", ExitCode.BadFile)]
    [TestCase(new string[0], "one of --tokens and --data is needed", ExitCode.BadUsage)]
    [TestCase(new[] { "--tokens", "1", "--on", "cup" }, "Did you mean 'cpu'?", ExitCode.BadUsage)]
    [TestCase(new[] { "--tokens", "1", "--weights", "int4" }, "unknown format 'int4'", ExitCode.BadUsage)]
    [TestCase(new[] { "--data", "missing.csv" }, "the model takes tokens, not signals", ExitCode.BadFile)]
    [TestCase(new[] { "--data", "z.csv", "--tokens", "1" }, "--tokens is given as well", ExitCode.BadUsage)]
    [TestCase(new[] { "--tokens", "1,,2" }, "word 2: '' is not a token id", ExitCode.BadFile)]
    public void Input_that_does_not_fit_is_refused(string[] options, string message, int code)
    {
        CommandRun run = CommandRun.Of(["neural", "run", Mamba, .. options]);
        Assert.That(run.Error, Does.Contain(message));
        Assert.That(run.Code, Is.EqualTo(code));
    }

    [TestCase(null, "cannot be read")]
    [TestCase("", "the file is empty")]
    [TestCase("a,b,c,d,e\n", "no rows below the header")]
    [TestCase("a,b\n1,2\n", "2 columns of signals; the model takes 5")]
    [TestCase("a,b,c,d,e\n1,2,x,4,NaN\n", "z.csv:2, column 5: 'NaN' is not a finite number")]
    public void Signals_that_do_not_fit_are_refused(string? table, string message)
    {
        if (table is not null)
        {
            File.WriteAllText(At("z.csv"), table);
        }

        CommandRun run = CommandRun.Of("neural", "run", Path.Combine(ReferenceData.Folder, "neural", "s5"), "--data", At("z.csv"));
        Assert.That(run.Error, Does.Contain(message));
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
    }

    [Test]
    public void Layer_of_signals_is_measured_too()
    {
        CommandRun run = CommandRun.Of("neural", "bench", Path.Combine(ReferenceData.Folder, "neural", "s5"), "--prefill", "8", "--decode", "2", "--on", "cpu");
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Output, Does.Contain("decode: 2 tokens"));
    }

    [Test]
    public void Weights_that_are_not_finite_are_refused_by_name()
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Mamba, "model.safetensors"));
        bytes.AsSpan(8 + (int)BitConverter.ToUInt64(bytes)).Fill(0xFF);
        File.WriteAllBytes(At("model.safetensors"), bytes);
        File.Copy(Path.Combine(Mamba, "config.json"), At("config.json"));
        CommandRun run = CommandRun.Of("neural", "run", _folder, "--tokens", "1");
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(run.Error, Does.Contain("backbone.embeddings.weight: it holds a number that is not finite, first in row 0"));
    }

    [TestCase("\"hidden_act\": \"gelu\"", "knows silu only")]
    [TestCase("\"expand\": 8388609", "expand: 8388609 times 20 is not between")]
    [TestCase("\"model_type\": null", "model_type: it is missing")]
    [TestCase("\"model_type\": \"heracles\"", "is a model of images")]
    public void Configuration_that_makes_no_sense_is_refused(string change, string message)
    {
        string config = File.ReadAllText(Path.Combine(Mamba, "config.json"));
        string key = change.Split(':')[0];
        string kept = string.Join('\n', config.Split('\n').Where(line => !line.Contains($"{key}:", StringComparison.Ordinal) && !line.Contains("intermediate_size", StringComparison.Ordinal)));
        File.WriteAllText(At("config.json"), kept.Insert(kept.IndexOf('{', StringComparison.Ordinal) + 1, $"{change},"));
        CommandRun run = CommandRun.Of("neural", "bench", _folder, "--random", "--prefill", "4", "--decode", "1", "--on", "cpu");
        Assert.That(run.Error, Does.Contain(message));
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
    }

    [Test]
    public void Usage_errors_name_the_whole_command()
    {
        Assert.That(CommandRun.Of("neural", "generate", Mamba, "--tokens", "1", "--count", "0").Error, Does.StartWith("error: hybrid neural generate: --count"));
        Assert.That(CommandRun.Of("neural", "bench", Mamba, "--streams", "100000", "--prefill", "1000000").Error, Does.Contain("are more than"));
        Assert.That(CommandRun.Of("neural", "generate", Mamba, "--tokens", "1", "--top", "5").Error, Does.Contain("--top and --seed need it"));
    }

    [Test]
    public void Model_that_is_not_there_or_of_an_unknown_kind_is_refused()
    {
        Assert.That(CommandRun.Of("neural", "inspect", At("nothing")).Error, Does.Contain("no such file or folder"));
        File.WriteAllText(At("config.json"), """{ "model_type": "mambo" }""");
        CommandRun run = CommandRun.Of("neural", "inspect", _folder);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(run.Error, Does.Contain("unknown kind of model 'mambo'").And.Contain("Did you mean 'mamba'?"));
    }

    private static int[] Tokens(CommandRun run) =>
        [.. run.Output.Trim().Split(',').Select(word => int.Parse(word, CultureInfo.InvariantCulture))];

    private string At(string name) => Path.Combine(_folder, name);
}
