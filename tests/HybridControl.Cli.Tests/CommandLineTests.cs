using System.Globalization;
using HybridControl.Serialization;

namespace HybridControl.Cli.Tests;

public sealed class CommandLineTests
{
    private const string Ball = """
        { "name": "ball", "parameters": { "g": 9.81, "e": 0.8 }, "states": { "h": 10, "v": 0 },
          "modes": { "fall": { "flow": { "h": "v", "v": "-g" }, "invariant": "h >= 0" } },
          "transitions": [ { "name": "bounce", "from": "fall", "to": "fall", "guard": "h <= 0 & v < 0", "reset": { "v": "-e*v" } } ]
        """;

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("hybrid").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Simulate_reports_events_and_statistics()
    {
        CommandRun run = CommandRun.Of("simulate", Model(Ball + ", \"experiment\": { \"until\": 5 } }"));
        Assert.That(run.Error, Is.Empty);
        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Output, Does.Contain("1.42784312").And.Contain("bounce").And.Contain("ball: completed at t = 5 s in mode fall, 2 jumps.")
            .And.Contain("End values: h = ").And.Contain("Cost: ").And.Contain("Event search: "));
    }

    [Test]
    public void Options_override_the_experiment_and_the_model()
    {
        string events = At("events.csv");
        CommandRun run = CommandRun.Of("simulate", Model(Ball + ", \"experiment\": { \"until\": 5 } }"),
            "--until", "6", "--set", "g=1.62", "--set", "h=5", "--set", "e=0.5", "--rtol", "1e-10", "--atol", "1e-12", "--solver", "tsit5", "--events", events);
        Assert.That(run.Code, Is.Zero, run.Error);
        var rows = EventTable.LoadCsv(events).Rows;
        double first = Math.Sqrt(2 * 5 / 1.62);
        Assert.That(rows[0].Time, Is.EqualTo(first).Within(1e-9));
        Assert.That(rows[1].Time, Is.EqualTo(2 * first).Within(1e-9));
    }

    [TestCase("csv")]
    [TestCase("json")]
    public void Values_are_saved(string kind)
    {
        string file = At($"run.{kind}");
        CommandRun run = CommandRun.Of("simulate", Model(Ball + "}"), "--until", "2", "--out", file, "--every", "0.5", "--vars", "h");
        Assert.That(run.Code, Is.Zero, run.Error);
        TrajectoryTable table = kind == "csv" ? TrajectoryTable.LoadCsv(file) : TrajectoryTable.LoadJson(file);
        Assert.That(table.Variables, Is.EqualTo(["h"]));
        Assert.That(table.Times.ToArray().Where(t => t < 1.2), Is.EqualTo([0, 0.5, 1]));
        Assert.That(table.Column("h")[1], Is.EqualTo(10 - (9.81 * 0.125)).Within(1e-9));
        Assert.That(run.Output, Does.Contain($"Values: {file}"));
    }

    [Test]
    public void Plots_are_drawn_over_time_and_against_each_other()
    {
        string model = Model(Ball + ", \"experiment\": { \"until\": 5, \"plot\": [\"h\"] } }");
        Assert.That(CommandRun.Of("simulate", model, "--plot", At("a.svg")).Code, Is.Zero);
        Assert.That(CommandRun.Of("simulate", model, "--plot", At("b.svg"), "--phase", "h,v").Code, Is.Zero);
        Assert.That(CommandRun.Of("plot", model, "h", "v", "--out", At("c.svg")).Code, Is.Zero);
        Assert.That(CommandRun.Of("plot", model, "--phase", "h,v", "--out", At("d.svg")).Code, Is.Zero);
        foreach (string name in new[] { "a.svg", "b.svg", "c.svg", "d.svg" })
        {
            Assert.That(File.ReadAllText(At(name)), Does.Contain("<svg"), name);
        }
    }

    [Test]
    public void Quiet_prints_nothing_but_errors()
    {
        string model = Model(Ball + "}");
        CommandRun run = CommandRun.Of("simulate", model, "--until", "5", "--quiet", "--out", At("x.csv"), "--plot", At("x.svg"));
        Assert.That((run.Code, run.Output, run.Error), Is.EqualTo((0, "", "")));
        run = CommandRun.Of("check", model, "--quiet");
        Assert.That((run.Code, run.Output, run.Error), Is.EqualTo((0, "", "")));
    }

    [Test]
    public void A_long_event_list_is_cut_in_the_middle_unless_all_is_asked_for()
    {
        string model = Model(Ball + "}");
        string cut = CommandRun.Of("simulate", model, "--until", "12.8").Output;
        Assert.That(cut, Does.Match(@"\.\.\.\s+\d+ more"));
        string all = CommandRun.Of("simulate", model, "--until", "12.8", "--events").Output;
        Assert.That(all, Does.Not.Contain(" more"));
        Assert.That(all.Length, Is.GreaterThan(cut.Length));
    }

    [Test]
    public void A_run_that_ends_in_an_error_keeps_its_result()
    {
        string file = At("run.csv");
        CommandRun run = CommandRun.Of("simulate", Model("""{ "name": "sink", "states": { "x": 1 }, "modes": { "m": { "flow": { "x": "-1" }, "invariant": "x >= 0" } } }"""),
            "--until", "5", "--out", file);
        Assert.That(run.Code, Is.EqualTo(ExitCode.RunFailed));
        Assert.That(run.Error, Does.Contain("error: ").And.Contain("'m'").And.Contain("is kept"));
        Assert.That(TrajectoryTable.LoadCsv(file).Times[^1], Is.EqualTo(1.0).Within(1e-6));
        Assert.That(run.Output, Does.Contain("an invariant was left"));
    }

    [Test]
    public void A_zeno_run_is_an_error_with_its_result_kept()
    {
        CommandRun run = CommandRun.Of("simulate", Model(Ball + "}"), "--until", "20", "--events", At("e.csv"));
        Assert.That(run.Code, Is.EqualTo(ExitCode.RunFailed), run.Error);
        Assert.That(EventTable.LoadCsv(At("e.csv")).Rows, Has.Length.GreaterThan(10));
        Assert.That(run.Error, Does.Contain("such as rest, or use --zeno stop.").And.Not.Contain("ZenoPolicy"));
        run = CommandRun.Of("simulate", Model(Ball + "}"), "--until", "20", "--zeno", "stop");
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("ended: events accumulate at t = ").And.Contain("such as rest.").And.Not.Contain("ZenoPolicy"));
    }

    [Test]
    public void Ignored_commands_are_warned_of()
    {
        const string lamp = """
            { "name": "lamp", "modes": { "a": {}, "b": {} },
              "transitions": [ { "from": "b", "to": "a", "command": "next" }, { "from": "a", "to": "b", "after": 2 } ],
            """;
        CommandRun run = CommandRun.Of("simulate", Model(lamp + """ "experiment": { "until": 4, "commands": [ { "at": 1, "command": "next" }, { "at": 3, "command": "next" } ] } }"""));
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Error, Is.EqualTo($"warning: command 'next' at t = 1 s was ignored in mode 'a'{Environment.NewLine}"));

        string many = string.Join(", ", Enumerable.Range(1, 8).Select(i => $$"""{ "at": 0.{{i}}, "command": "next" }"""));
        string model = Model(lamp + $$""" "experiment": { "until": 1, "commands": [ {{many}} ] } }""");
        run = CommandRun.Of("simulate", model);
        Assert.That(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(6));
        Assert.That(run.Error, Does.Contain("t = 0.5 s").And.Not.Contain("t = 0.6 s").And.Contain("warning: 3 more commands were ignored, 8 in all"));
        Assert.That(CommandRun.Of("simulate", model, "--quiet").Error, Is.Empty);
    }

    [Test]
    public void A_cancelled_run_keeps_its_result()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        CommandRun run = CommandRun.Of(["simulate", Model(Ball + "}"), "--until", "5", "--step", "1e-6", "--solver", "rk4", "--out", At("x.csv")], showsProgress: false, stop.Token);
        Assert.That(run.Code, Is.EqualTo(ExitCode.Cancelled), run.Error);
        Assert.That(run.Error, Does.Contain("stopped at t = ").And.Contain("is kept"));
        Assert.That(run.Output, Does.Contain("ball: up to t = ").And.Not.Contain("cancelled").And.Not.Contain("is kept"));
        Assert.That(File.Exists(At("x.csv")), Is.True);
    }

    [Test]
    public void Progress_of_a_long_run_is_shown_on_a_terminal_only()
    {
        // So slow a flow that the run is cancelled before its end on any machine.
        string flow = string.Concat(Enumerable.Repeat("sin(", 100)) + "x" + new string(')', 100);
        string[] args = ["simulate", Model($$$"""{ "name": "slow", "states": { "x": 1 }, "modes": { "m": { "flow": { "x": "-{{{flow}}}" } } } }"""),
            "--until", "9000", "--solver", "rk4", "--step", "1e-3"];
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1.5));
        CommandRun run = CommandRun.Of(args, showsProgress: true, stop.Token);
        Assert.That(run.Error, Does.Match(@"\d+ %  t = "));
        using var again = new CancellationTokenSource(TimeSpan.FromSeconds(1.0));
        run = CommandRun.Of(args, showsProgress: false, again.Token);
        Assert.That(run.Error, Does.Not.Contain(" %"));
    }

    [Test]
    public void Another_method_keeps_the_tolerances_and_the_longest_step_that_the_model_asks_for()
    {
        const string asked = ", \"experiment\": { \"until\": 5, \"solver\": { \"method\": \"dp5\", \"relativeTolerance\": 1e-9, \"absoluteTolerance\": 1e-12, \"maximumStep\": 0.25 } } }";
        string asking = Model(Ball + asked);
        string kept = CommandRun.Of("simulate", asking, "--solver", "tsit5").Output;
        Assert.That(CommandRun.Of("simulate", asking, "--solver", "rk4", "--step", "0.01").Code, Is.Zero, "a method of fixed step takes none");
        string given = CommandRun.Of("simulate", Model(Ball + "}"), "--until", "5", "--solver", "tsit5", "--rtol", "1e-9", "--atol", "1e-12", "--max-step", "0.25").Output;
        Assert.That(Statistics(kept), Is.EqualTo(Statistics(given)));

        static string Statistics(string output) => output[output.IndexOf(" steps,", StringComparison.Ordinal)..output.IndexOf("Event search", StringComparison.Ordinal)];
    }

    [TestCase("simulate", "hybrid simulate: Required argument 'model' missing")]
    [TestCase("simulat", "hybrid: unknown command 'simulat'.\n       Did you mean 'simulate'?")]
    [TestCase("", "Required command was not provided")]
    [TestCase("simulate MODEL --untill 5", "hybrid simulate: unknown option '--untill'.\n       Did you mean '--until'?")]
    [TestCase("simulate MODEL --until 1,5", "--until needs a positive number, not '1,5'.\n       Write it with a point")]
    [TestCase("simulate MODEL --until -1", "--until needs a positive number, not '-1'.\n       See hybrid simulate --help.")]
    [TestCase("simulate MODEL --until NaN", "--until needs a positive number, not 'NaN'")]
    [TestCase("simulate MODEL", "--until: no end time is given, and 'ball' suggests none.\n       Write for instance --until 10.")]
    [TestCase("simulate MODEL --until 1 --set g", "--set needs name=value with a number, not 'g'")]
    [TestCase("simulate MODEL --until 1 --set gg=1", "--set: 'ball' has nothing called 'gg' that can be set.\n       Did you mean 'g'?")]
    [TestCase("simulate MODEL --until 1 --set g=1 --set g=2", "--set sets 'g' twice")]
    [TestCase("simulate MODEL --until 1 --solver dopri", "unknown solver 'dopri'")]
    [TestCase("simulate MODEL --until 1 --solver rodas5", "Did you mean 'rodas5p'? Known: auto, ")]
    [TestCase("simulate MODEL --until 1 --solver DormandPrince853", "Did you mean 'dop853'? Known: auto, ")]
    [TestCase("simulate MODEL --until 1 --solver rk4 --rtol 1e-3", "a tolerance for a method of fixed step")]
    [TestCase("simulate MODEL --until 1 --out x.xls", "--out: 'x.xls' does not end in .csv or .json")]
    [TestCase("simulate MODEL --until 1 --out x.csv --events ./x.csv", "--events: './x.csv' is the file of --out as well.\n       Name another file.")]
    [TestCase("simulate MODEL --until 1 --out MODEL", "is the file of the model as well")]
    [TestCase("simulate MODEL --until 1 --phase h,v", "--phase: there is no file for the plot")]
    [TestCase("simulate MODEL --until 1 --phase h --plot x.svg", "--phase needs 2 names separated by commas, not 'h'")]
    [TestCase("simulate MODEL --until 1 --vars h,w", "--vars: 'ball' has no variable 'w'")]
    [TestCase("simulate MODEL --until 1 --zeno never", "'never'")]
    [TestCase("plot MODEL w --until 1", "variables: 'ball' has no variable 'w'")]
    [TestCase("plot MODEL h --phase h,v --until 1", "two plots")]
    public void A_bad_command_line_is_refused_with_a_remedy(string line, string expected)
    {
        string model = Model(Ball + "}");
        CommandRun run = CommandRun.Of([.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(arg => arg == "MODEL" ? model : arg)]);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage), run.Error);
        Assert.That(run.Error, Does.StartWith("error: ").And.Contain(expected));
        Assert.That(run.Output, Is.Empty);
    }

    [TestCase("simulate lorenz --solver expm", "modes.flow: expm: the flow is not affine")]
    [TestCase("plot lorenz --solver expm", "modes.flow: expm: the flow is not affine")]
    [TestCase("check lorenz --require always(x<99) --solver expm", "modes.flow: expm: the flow is not affine")]
    [TestCase("simulate transistor-amplifier --solver adams", "algebraic.y1: the variable is algebraic, and 'adams' is")]
    [TestCase("simulate noisy-oscillator --solver dp5", "the flow is stochastic, and 'dp5' is")]
    [TestCase("simulate noisy-oscillator --sensitivity omega", "a path driven by noise is not differentiated")]
    [TestCase("ensemble transistor-amplifier --size 2 --solver adams", "algebraic.y1: the variable is algebraic, and 'adams' is")]
    [TestCase("falsify lorenz --solver expm --vary sigma=uniform(9,11) --require always(x<99)", "modes.flow: expm: the flow is not affine")]
    public void An_option_that_does_not_fit_the_model_is_bad_usage(string command, string what)
    {
        CommandRun run = CommandRun.Of(command.Split(' '));
        Assert.That(run.Error, Does.Contain(what));
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
    }

    [Test]
    public void A_model_that_suggests_a_solver_that_does_not_fit_is_a_bad_file()
    {
        const string asked = ", \"experiment\": { \"until\": 5, \"solver\": { \"method\": \"expm\" } } }";
        string model = Model(Ball.Replace("\"-g\"", "\"-g*v^2\"", StringComparison.Ordinal) + asked);
        CommandRun run = CommandRun.Of("simulate", model);
        Assert.That(run.Error, Does.Contain("modes.fall: expm: the flow is not affine"));
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(CommandRun.Of("simulate", model, "--solver", "dp5").Code, Is.Not.EqualTo(ExitCode.BadFile));
    }

    [Test]
    public void A_run_that_saves_nothing_keeps_no_steps_and_reports_the_same()
    {
        long Allocated(string until)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.That(CommandRun.Of("simulate", "lorenz", "--solver", "dp5", "--until", until).Code, Is.Zero);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated("10");
        Assert.That(Allocated("1000") - Allocated("10"), Is.LessThan(200_000), "some 50 000 steps of 144 bytes and more");
        static string[] Reported(CommandRun run) => [.. run.Output.Split('\n').Where(line => !line.StartsWith("Cost", StringComparison.Ordinal) && !line.StartsWith("Values", StringComparison.Ordinal))];
        string[] sensitive = ["simulate", "bouncing-ball", "--until", "5", "--sensitivity", "e"];
        Assert.That(Reported(CommandRun.Of(sensitive)), Is.EqualTo(Reported(CommandRun.Of([.. sensitive, "--out", At("all.csv")]))));
    }

    [Test]
    public void A_bad_model_is_refused_with_every_finding()
    {
        string model = Model("""{ "name": "n", "states": { "x": "y" }, "modes": { "m": { "flow": { "x": "-k*x" } } } }""");
        foreach (string command in new[] { "check", "simulate", "plot", "info" })
        {
            CommandRun run = CommandRun.Of(command, model);
            Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile), command);
            Assert.That(run.Error, Does.Contain($"error: {model}:1, states.x: unknown name 'y'.").And.Contain("modes.m.flow.x: unknown name 'k'."));
            Assert.That(run.Error, Does.Not.Contain("   at "));
        }
    }

    [TestCase("simulate", "--out", "x.csv")]
    [TestCase("simulate", "--events", "x.csv")]
    [TestCase("simulate", "--plot", "x.svg")]
    [TestCase("plot", "--out", "x.svg")]
    public void A_missing_folder_is_found_before_the_run(string command, string option, string file)
    {
        CommandRun run = CommandRun.Of(command, Model(Ball + "}"), "--until", "1", option, $"no/such/{file}");
        Assert.That((run.Code, run.Output), Is.EqualTo((ExitCode.BadFile, "")));
        Assert.That(run.Error, Does.Contain($"{option}: the folder 'no{Path.DirectorySeparatorChar}such' does not exist.\n       Create it first."));
    }

    [Test]
    public void A_missing_file_is_refused()
    {
        CommandRun run = CommandRun.Of("simulate", At("absent.json"));
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(run.Error, Does.Contain("absent.json: there is no such file."));
    }

    [TestCase("nope", "error: nope: there is no such file or model.\n       See hybrid models.\n")]
    [TestCase("Thermostats", "error: Thermostats: there is no such file or model.\n       Did you mean the model 'thermostat'? See hybrid models.\n")]
    [TestCase("THERMOSTATT", "Did you mean the model 'thermostat'?")]
    public void An_unknown_model_is_refused_with_the_nearest_name(string name, string expected)
    {
        foreach (string command in new[] { "simulate", "plot", "info", "check" })
        {
            CommandRun run = CommandRun.Of(command, name);
            Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile), command);
            Assert.That(run.Error.ReplaceLineEndings("\n"), Does.Contain(expected), command);
        }

        Assert.That(CommandRun.Of("check", name, Model(Ball + "}")).Output, Does.Contain("sound: "), "the other files are checked as well");
    }

    [TestCase("simulate")]
    [TestCase("check")]
    [TestCase("info")]
    public void An_empty_model_name_is_refused(string command)
    {
        CommandRun run = CommandRun.Of(command, "");
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadUsage));
        Assert.That(run.Error, Does.Contain("the model name is empty."));
    }

    [Test]
    public void Check_summarises_sound_models_and_warns()
    {
        CommandRun run = CommandRun.Of("check", Model("""{ "name": "n", "modes": { "a": {}, "b": {} } }"""));
        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Output, Does.Contain("sound: 0 states, 2 modes, 0 transitions, 1 warning."));
        Assert.That(run.Error, Does.StartWith("warning: ").And.Contain("to the mode 'b'"));
    }

    [Test]
    public void Models_lists_the_models_that_come_with_the_program()
    {
        CommandRun run = CommandRun.Of("models");
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("bouncing-ball.json").And.Contain("A ball falls"));
        Assert.That(CommandRun.Of("simulate", "bouncing-ball", "--until", "1").Code, Is.Zero);
    }

    [Test]
    public void Models_names_what_it_cannot_read()
    {
        Model("{");
        CommandRun run = CommandRun.Of("models", _folder);
        Assert.That(run.Code, Is.EqualTo(ExitCode.BadFile));
        Assert.That(run.Output, Does.Contain("cannot be read"));
        Assert.That(CommandRun.Of("models", At("none")).Error, Does.Contain("there is no such folder"));
    }

    [Test]
    public void Info_describes_the_machine_and_a_model()
    {
        CommandRun run = CommandRun.Of("info");
        Assert.That(run.Output, Does.Contain("version").And.Contain("SIMD").And.Contain("linear algebra").And.Match(@"GPU\s+see hybrid devices"));
        run = CommandRun.Of("info", Model(Ball + "}"));
        Assert.That(run.Output, Does.Contain("h' = v").And.Contain("while h >= 0").And.Contain("v := -e * v"));
    }

    [Test]
    public void Info_shows_commands_and_priorities()
    {
        CommandRun run = CommandRun.Of("info", Model("""
            { "name": "n", "discrete": { "k": 1 }, "modes": { "a": {}, "b": {} },
              "transitions": [ { "name": "go", "from": "a", "to": "b", "command": "next", "priority": "k + 1" }, { "name": "back", "from": "b", "to": "a", "after": 1 } ],
              "experiment": { "commands": [ { "at": 0.5, "command": "next" }, { "at": 2, "set": { "k": 3 } } ] } }
            """));
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("go: a to b on command 'next' with priority k + 1").And.Contain("at 0.5 s: command 'next'").And.Contain("at 2 s: k := 3"));
        Assert.That(run.Output, Does.Not.Match("back.*priority"));
    }

    [TestCase("--help")]
    [TestCase("simulate --help")]
    [TestCase("plot -h")]
    public void Help_is_no_error_and_names_the_exit_codes(string line)
    {
        CommandRun run = CommandRun.Of(line.Split(' '));
        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Output, Does.Contain("Exit codes"));
    }

    [Test]
    public void Numbers_do_not_depend_on_the_locale()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        german.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = german;
            CommandRun run = CommandRun.Of("simulate", Model(Ball + "}"), "--until", "1.5", "--out", At("x.csv"));
            Assert.That(run.Output, Does.Contain("t = 1.5 s"));
            Assert.That(TrajectoryTable.LoadCsv(At("x.csv")).Times[^1], Is.EqualTo(1.5));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private string Model(string text)
    {
        string path = At("model.json");
        File.WriteAllText(path, text);
        return path;
    }

    private string At(string name) => Path.Combine(_folder, name);
}
