using System.Buffers.Binary;
using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Control;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Serialization;

/// <summary>Runs that go on from a file: to the same bits, or not at all.</summary>
public class RunCheckpointTests
{
    private string _folder = "";

    private string File => Path.Combine(_folder, "run.checkpoint");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("checkpoint").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCaseSource(typeof(Repository), nameof(Repository.Models))]
    public void Every_model_resumes_at_any_step_to_the_same_bits(string path)
    {
        HybridAutomaton model = ModelFile.Load(path);
        double until = model.Experiment?.Until ?? 10.0;
        SimulationOptions options = SimulationOptions.For(model) with { Zeno = ZenoPolicy.Stop };
        Trajectory whole = Scenario.For(model).TrySimulate(until, options);
        long last = whole.Statistics.Steps;
        long[] places = [.. new[] { 0, 1, last / 3, (2 * last) / 3, last - 1 }.Distinct()]; // a closed form may need two steps
        var snapshots = new StepSnapshots(places);
        var again = Scenario.For(ModelFile.Load(path));
        Trajectory watched = again.TrySimulate(until, options with { Snapshots = snapshots });
        BitEquality.AssertSame(watched, whole);
        Assert.That(watched.Statistics, Is.EqualTo(whole.Statistics));
        Assert.That(snapshots.Taken, Has.Count.EqualTo(places.Length));
        foreach (RunSnapshot snapshot in snapshots.Taken)
        {
            var checkpoint = RunCheckpoint.Read(RunCheckpoint.From(snapshot).ToBytes());
            Assert.That((checkpoint.Time, checkpoint.JumpIndex, checkpoint.Mode, checkpoint.Model),
                Is.EqualTo((snapshot.Time, snapshot.JumpIndex, snapshot.Mode, model.Name)));
            SimulationRun run = checkpoint.Resume(again, options);
            run.AdvanceTo(until);
            BitEquality.AssertSame(run.ToTrajectory(), whole);
            Assert.That(run.ToTrajectory().Statistics, Is.EqualTo(whole.Statistics));
        }
    }

    private static IEnumerable<string> GeneralMethods => SolverCatalog.Names.Where(name => !SolverCatalog.Create(name).IsSelective);

    [TestCaseSource(nameof(GeneralMethods))]
    public void Every_method_every_rule_and_a_block_resume_after_any_step_to_the_same_bits(string method)
    {
        SimulationOptions options = new()
        {
            Solver = SolverCatalog.Create(method, null, null, null, method is "dp5" or "tsit5" ? null : 0.05),
            Monitors = [new("high", Expr.Variable(VariableKind.State, "x") >= 0.5)],
            Invariants = InvariantPolicy.Warn,
            Seed = 5,
        };
        Trajectory whole = Loop().TrySimulate(4.0, options);
        var snapshots = new StepSnapshots([.. Enumerable.Range(0, (int)whole.Statistics.Steps / 3).Select(step => 3L * step)]);
        Loop().TrySimulate(4.0, options with { Snapshots = snapshots });
        Assert.That(snapshots.Taken, Has.Count.GreaterThan(10));
        Scenario again = Loop();
        foreach (RunSnapshot snapshot in snapshots.Taken)
        {
            SimulationRun run = RunCheckpoint.From(snapshot).Resume(again, options);
            run.AdvanceTo(4.0);
            BitEquality.AssertSame(run.ToTrajectory(), whole);
            Assert.That(run.ToTrajectory().Statistics, Is.EqualTo(whole.Statistics));
        }
    }

    [Test]
    public void A_run_in_a_program_saves_itself_and_goes_on()
    {
        SimulationRun run = Loop().Start();
        run.AdvanceTo(1.7);
        run.SaveCheckpoint(File);
        run.AdvanceTo(4.0);
        SimulationRun again = Loop().Resume(File);
        Assert.That(again.Time, Is.EqualTo(1.7));
        again.AdvanceTo(4.0);
        BitEquality.AssertSame(again.ToTrajectory(), run.ToTrajectory());
        Assert.That(Directory.GetFiles(_folder), Is.EqualTo(new[] { File }), "nothing else is left");
    }

    [Test]
    public void Checkpoints_from_time_to_time_do_not_change_the_run_and_the_last_is_written_when_it_is_stopped()
    {
        Trajectory whole = Loop().TrySimulate(4.0);
        using var stop = new CancellationTokenSource();
        var checkpoints = new PeriodicCheckpoint(File, TimeSpan.Zero)
        {
            Report = c =>
            {
                if (c.LastTime > 1.0)
                {
                    stop.Cancel();
                }
            },
        };
        var stopped = Loop().TrySimulate(1e7, new() { Snapshots = checkpoints }, stop.Token);
        Assert.That(stopped.Status, Is.EqualTo(RunStatus.Cancelled));
        Assert.That((checkpoints.Written, checkpoints.Fault), Is.EqualTo((checkpoints.Written, (ModelException?)null)));
        Assert.That(checkpoints.Written, Is.GreaterThan(1));
        Assert.That(RunCheckpoint.Load(File).Time, Is.EqualTo(stopped.EndTime).And.EqualTo(checkpoints.LastTime));

        var every = new PeriodicCheckpoint(File, TimeSpan.FromMilliseconds(1));
        BitEquality.AssertSame(Loop().TrySimulate(4.0, new() { Snapshots = every }), whole);
    }

    [Test]
    public void A_file_that_cannot_be_written_does_not_end_the_run()
    {
        var checkpoints = new PeriodicCheckpoint(Path.Combine(_folder, "absent", "run"), TimeSpan.Zero);
        Trajectory run = Loop().TrySimulate(1.0, new() { Snapshots = checkpoints });
        Assert.That(run.Status, Is.EqualTo(RunStatus.Completed));
        Assert.That(checkpoints.Written, Is.Zero);
        Assert.That(checkpoints.Fault!.Message, Does.Contain("does not exist"));
    }

    [Test]
    public void Another_run_is_refused_with_everything_that_differs()
    {
        SimulationRun run = Loop().Start();
        run.AdvanceTo(1.0);
        var checkpoint = RunCheckpoint.From(run.Snapshot());
        Assert.That(Refusal(checkpoint, Loop(gain: -5.0, high: 0.7)), Does.Contain("model.modes.swing.flow.v is ").And.Contain("model.parameters.high is '0.7' here, and was '0.8'")
            .And.Contain("start anew"));
        Assert.That(Refusal(checkpoint, Loop(), new() { Solver = new Tsitouras5() }), Does.Contain("options.Solver is 'HybridControl.Solvers.Tsitouras5' here"));
        Assert.That(
            Refusal(checkpoint, Loop(), new() { Solver = new DormandPrince5 { RelativeTolerance = 1e-3 }, Zeno = ZenoPolicy.Stop }),
            Does.Contain("options.Solver.RelativeTolerance is '0.001' here").And.Contain("options.Zeno.Action is 'Stop' here"));
        Assert.That(
            Refusal(checkpoint, Loop(), new() { Values = new Dictionary<string, double> { ["high"] = 0.9 }.ToImmutableDictionary() }),
            Does.Contain("options.Values.high is '0.9' here, and was not there"));
        Assert.That(Refusal(checkpoint, Loop().At(2.0, "kick")), Does.Contain("commands[1]"));
        Assert.That(Refusal(checkpoint, Loop(kp: 2.0)), Does.Contain("blocks[0].Kp is '2' here, and was '1'"));
        Assert.That(Refusal(checkpoint, Scenario.For(Busy())), Does.Contain("blocks[0] was").And.Contain("is not there now"));
        Assert.That(Refusal(checkpoint, Scenario.For(ModelFile.Load(Repository.At("models", "lorenz.json")))), Does.Contain("more differences"));
        Assert.That(() => checkpoint.Resume(Loop(), new() { MaxSteps = 5, Progress = new Progress<SimulationProgress>() }), Throws.Nothing);
    }

    [Test]
    public void A_model_of_C_sharp_functions_is_refused_by_name()
    {
        var model = HybridAutomaton.Build("opaque", h => { h.State("x", initial: 1.0); h.Mode("m").Flow((t, x, d, dx) => dx[0] = -x[0]); });
        SimulationRun run = Scenario.For(model).Start();
        Assert.That(() => run.SaveCheckpoint(File), Throws.TypeOf<ModelException>().With.Message.Contains("modes.m.flow").And.Message.Contains("delegate"));
        Assert.That(System.IO.File.Exists(File), Is.False);
    }

    [Test]
    public void A_run_that_has_ended_has_no_checkpoint()
    {
        SimulationRun run = Scenario.For(ModelFile.Load(Repository.At("models", "bouncing-ball.json"))).Start(new() { Zeno = ZenoPolicy.Stop });
        run.AdvanceTo(1000.0);
        Assert.That(() => run.SaveCheckpoint(File), Throws.TypeOf<ModelException>().With.Message.Contains("Zeno"));
    }

    [Test]
    public void Files_that_are_no_checkpoints_or_damaged_are_refused_with_a_reason()
    {
        byte[] good = Some();
        Assert.That(() => RunCheckpoint.Load(Path.Combine(_folder, "absent")), Throws.TypeOf<ModelException>().With.Message.Contains("no such file"));
        Assert.That(() => RunCheckpoint.Load(_folder), Throws.TypeOf<ModelException>());
        Assert.That(Message([]), Does.Contain("no checkpoint of a run"));
        Assert.That(Message("{ \"name\": 1 }"u8.ToArray()), Does.Contain("no checkpoint of a run"));
        Assert.That(Message(good[..10]), Does.Contain("cut short"));
        Assert.That(Message(good[..^1]), Does.Contain("cut short"));
        Assert.That(Message([.. good, 0]), Does.Contain("something was added"));
        byte[] newer = (byte[])good.Clone();
        newer[8] = 9;
        Assert.That(Message(newer), Does.Contain("format 9, this library reads 1"));
        byte[] huge = (byte[])good.Clone();
        BinaryPrimitives.WriteInt64LittleEndian(huge.AsSpan(16), long.MaxValue);
        Assert.That(Message(huge), Does.Contain("announces"));
        byte[] flipped = (byte[])good.Clone();
        flipped[good.Length / 2] ^= 4;
        Assert.That(Message(flipped), Does.Contain("checksum"));
    }

    [Test]
    public void Mutated_bytes_are_refused_or_run_on_without_a_crash_even_where_the_checksum_fits()
    {
        byte[] good = Some();
        var random = new Random(7);
        Scenario scenario = Loop();
        int resumed = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int k = 0; k < 4000; k++)
        {
            byte[] bytes = Mutate(good, random);
            try
            {
                var checkpoint = RunCheckpoint.Read(bytes);
                SimulationRun run = checkpoint.Resume(scenario);
                resumed++;
                _ = run.ToTrajectory();
            }
            catch (ModelException)
            {
                // Refused with a reason.
            }
        }

        Assert.That(resumed, Is.GreaterThan(20), "some change numbers only");
        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / 4000, Is.LessThan(100 * good.Length));
    }

    private static byte[] Mutate(byte[] good, Random random)
    {
        byte[] bytes = (byte[])good.Clone();
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            int at = random.Next(24, bytes.Length - 8);
            switch (random.Next(3))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                default:
                    BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Math.Min(at, bytes.Length - 12)), random.Next(2) == 0 ? int.MaxValue : -1);
                    break;
            }
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(bytes.Length - 8), Crc64.Of(bytes.AsSpan(0, bytes.Length - 8)));
        return bytes;
    }

    private static string Refusal(RunCheckpoint checkpoint, Scenario scenario, SimulationOptions? options = null)
    {
        try
        {
            checkpoint.Resume(scenario, options);
            return "";
        }
        catch (ModelException fault)
        {
            return fault.Message;
        }
    }

    private string Message(byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File, bytes);
        string read = Assert.Throws<ModelException>(() => RunCheckpoint.Load(File)).Message;
        Assert.That(read, Does.StartWith(File));
        Assert.That(Assert.Throws<ModelException>(() => RunCheckpoint.Read(bytes, File)).Message, Is.EqualTo(read), "from a file or from bytes");
        return read;
    }

    private static byte[] Some()
    {
        SimulationRun run = Loop().Start();
        run.AdvanceTo(2.0);
        return RunCheckpoint.From(run.Snapshot()).ToBytes();
    }

    private static Scenario Loop(double gain = -4.0, double high = 0.8, double kp = 1.0) =>
        Scenario.For(Busy(gain, high)).At(0.4, "kick").Sample(new Pid { Period = 0.25, Kp = kp, Ki = 0.5 }, "x", "u");

    // A little of everything: edges, urgent, timers, commands, clocks, choices, inputs, invariants, discrete parts.
    private static HybridAutomaton Busy(double gain = -4.0, double limit = 0.8) => HybridAutomaton.Build("busy", h =>
    {
        var (x, v) = (h.State("x", initial: 1.0), h.State("v"));
        var (n, k) = (h.Discrete("n"), h.Discrete("k"));
        var high = h.Parameter("high", limit);
        var (u, w) = (h.Input("u", 0.0), h.Input("w", new TableSignal([0.0, 1.0, 2.5], [0.0, 0.3, -0.2])));
        var swing = h.Mode("swing").Flow((x, v), (v, (gain * x) - (0.1 * Expr.Select(v > 0.0, v, 2.0 * v)) + w + (0.01 * u)));
        var rest = h.Mode("rest").Flow((x, v), (-x, -v)).Invariant(x >= -50.0);
        h.Transition(swing, swing, "section").Guard(x >= 0.0).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
        h.Transition(swing, rest, "stop").Guard(v <= -high & n >= 2.0).Reset(v, 0.5 * v);
        h.Transition(rest, swing, "back").After(0.3).Reset(x, -1.0);
        h.Transition(swing, rest, "chance").Rate(0.2 + (0.1 * x * x)).Reset(v, 0.1 * v);
        h.Transition(rest, rest, "look").Guard(x >= -0.9).Sampled(0.2).Reset(n, n + 0.5);
        h.Transition(swing, swing, "any").Guard(x >= 0.2).Permissive(PermissivePolicy.Random, 0.5).Reset(n, n + 0.125);
        h.Transition(swing, swing, "kick").OnCommand("kick").Reset(v, v + 1.0);
        h.Transition(rest, rest, "count").Guard(k >= 5.0).Edge().Reset(x, x + 0.1);
        h.Every("clock", 0.5, (k, k + 1.0));
    });
}
