using HybridControl.Automata;
using HybridControl.Automata.Sensitivities;
using HybridControl.Control;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>The state of a run is described once, and whole.</summary>
public class RunStateTests
{
    // What is set anew before it is read: in a step, at an instant, or from the state itself. Everything else must survive a copy.
    private static readonly HashSet<string> Derived =
    [
        "RunEngine._registers", "RunEngine._results", "RunEngine._dense", "RunEngine._point", // scratch of one call
        "RunEngine._scratchData", "RunEngine._slopes", "RunEngine._probes",
        "RunEngine._statesBefore", "RunEngine._discretesBefore", "RunEngine._leftStates", "RunEngine._leftSlopes", "RunEngine._leftData", "RunEngine._leftProbed", // of one instant
        "RunEngine._before", "RunEngine._arrived", "RunEngine._flowsOn", "RunEngine._executedHere",
        "RunEngine._executedAtThisInstant", "RunEngine._due", "RunEngine._livelock", "RunEngine._changed",
        "RunEngine._keepSize", "RunEngine._settling",
        "RunEngine._nextProgress", "RunEngine._lastReport", // when progress is told, which no result depends on
        "OneStepStepper._scratch", "ExplicitRungeKuttaStepper._dense",
        "Stepper.ErrorScale", // follows from the mode
        "MonitorWatch._events", "MonitorWatch._dense", // scratch of one step
        "EventSearch._c", "EventSearch._x", "EventSearch._stepBalls", "EventSearch._pointBalls", "EventSearch._pieceJets",
        "EventSearch._pointJets", "EventSearch._weights", "EventSearch._degree", "EventSearch._registers", "EventSearch._coefficients", "EventSearch._saved",
        "EventSearch._escalated", "EventSearch._found", "EventSearch._foundState", "EventSearch._searchedTo", "EventSearch._due",
        "EventSearch._touches", "EventSearch._t0", "EventSearch._h", "EventSearch._haveStepBalls", "EventSearch._dueCount",
        "EventSearch._touchCount", "EventSearch._q", "EventSearch._w", "EventSearch._guard", "EventSearch._index",
        "EventSearch._affine", "EventSearch._isWhole", "EventSearch._state", "EventSearch._wanted", "EventSearch._invalid", "EventSearch._cut",
        "EventSearch._open", "EventSearch._left", "EventSearch._gLeft", "EventSearch._right", "EventSearch._gRight",
        "EventSearch._level", "EventSearch._hasPrevious", "EventSearch._previous", "EventSearch._gPrevious",
        "EventSearch._touchAt", "EventSearch._touchHeight", "EventSearch._end", "EventSearch._tolerance", "EventSearch._floor",
        "EventSearch._scale", "EventSearch._event", "EventSearch._samples", "EventSearch._stack",
        "EventSearch._shape", "EventSearch._isWhole", "EventSearch._at", "EventSearch._nearest", "EventSearch._nearestAt", "EventSearch._farthest",
        "EventSearch._composedIn", "EventSearch._composition", "EventSearch._terms", "EventSearch._firstTerm", "EventSearch._firstForm", "BoundGuards._terms", "BoundGuards._firstTerm", "BoundGuards._firstForm", "BoundGuards._bound", "BoundGuards._data", // made from the guards and the data that are bound
    ];

    // Where sensitivities are asked for.
    private static readonly HashSet<string> DerivedOfSensitivities =
    [
        "SensitivityTracker._moving", "SensitivityTracker._causes", "SensitivityTracker._active", "SensitivityTracker._settled",
        "SensitivityTracker._invariant", "SensitivityTracker.Cause", // of one instant
        "SensitivityTracker._slopes", "SensitivityTracker._written", "SensitivityTracker._registers", "SensitivityTracker._results", // scratch of one call
    ];

    // Immutable: two runs of one scenario hold the same.
    private static readonly Type[] Shared =
    [
        typeof(CompiledAutomaton), typeof(SensitivityModel), typeof(SimulationOptions), typeof(ModeRuntime), typeof(ModeRuntimes), typeof(GuardSet), typeof(Solver), typeof(OdeFunction), typeof(MethodCode),
        typeof(BoundBlock), typeof(Scenario), typeof(TimedCommand), typeof(EventMonitor), typeof(LogRecord), typeof(EventDirections),
        typeof(System.Collections.Immutable.ImmutableArray<EventMonitor>),
    ];

    [Test]
    public void No_field_is_forgotten_in_a_copy([Values] bool shares, [Values] bool differentiated)
    {
        HashSet<string> derived = differentiated ? [.. Derived, .. DerivedOfSensitivities] : Derived;
        var walk = new StateComparison(derived, Shared);
        Scenario scenario = Scenario.For(Everything()).At(0.4, "kick").At(5.0, "kick");
        SimulationOptions options = new()
        {
            Solver = new DormandPrince5(),
            Monitors = [new("fast", Expr.Variable(VariableKind.State, "v") >= 0.5)],
            Sensitivities = differentiated ? ["x", "n"] : [],
        };
        scenario = differentiated ? scenario : scenario.Sample(new Pid { Period = 0.25, Kp = 1.0, Ki = 0.5 }, "x", "u");
        RunEngine engine = scenario.CreateEngine(options);
        engine.Start();
        for (double t = 3.0; engine.ModeNumber != 1; t += 0.05) // the number that the walk writes
        {
            engine.Advance(t, CancellationToken.None);
        }

        Assert.That(walk.Differences(engine, engine.Clone()), Is.Empty, "as it runs");

        walk.Scramble(engine);
        RunEngine copy = engine.CreateTwin();
        Assert.That(walk.Differences(engine, copy), Has.Count.GreaterThan(50), "the walk changes every field");
        var archive = StateArchive.Writer(shares);
        engine.Exchange(archive);
        StateArchive reader = shares ? archive.ToReader() : StateArchive.Reader(archive.Bytes.ToArray());
        copy.Exchange(reader);
        Assert.That(walk.Differences(engine, copy), Is.Empty, "each field with a value of its own");
        Assert.That(reader.Remaining, Is.Zero);
        Assert.That(derived.Except(walk.Used), Is.Empty, "the list names what is there");
    }

    [Test]
    public void The_search_that_a_finished_run_leaves_is_as_good_as_new()
    {
        Scenario scenario = Scenario.For(Everything()).At(0.4, "kick").At(5.0, "kick");
        SimulationOptions options = new() { Solver = new DormandPrince5() };
        RunEngine first = scenario.CreateEngine(options);
        first.Start();
        Assert.That(scenario.TrySimulate(6.0, options).Jumps, Has.Length.GreaterThan(3));
        var modes = ModeRuntimes.For(scenario.Model.Compiled, options.Solver);
        EventSearch left = modes.TakeSearch(4)!;
        Assert.That(modes.TakeSearch(4), Is.Null, "for one run only");
        modes.KeepSearch(left);
        RunEngine second = scenario.CreateEngine(options);
        Assert.That(modes.TakeSearch(4), Is.Null, "that run has it now");

        second.Start();
        var walk = new StateComparison(Derived, Shared);
        Assert.That(walk.Differences(first, second), Is.Empty);
        first.Advance(6.0, CancellationToken.None);
        second.Advance(6.0, CancellationToken.None);
        Assert.That(walk.Differences(first, second), Is.Empty);
        modes.KeepSearch(left);
        Assert.That(modes.TakeSearch(7), Is.Null, "no room for that degree");
    }

    [Test]
    public void A_copy_at_any_step_runs_on_as_the_original(
        [ValueSource(typeof(TightSolvers), nameof(TightSolvers.All))] Solver solver, [Values] bool differentiated)
    {
        SimulationOptions options = new() { Solver = solver, Sensitivities = differentiated ? ["x", "n"] : [] };
        Trajectory whole = Scenario.For(Everything()).At(0.4, "kick").Simulate(6.0, options: options);
        Assert.That(whole.Jumps, Has.Length.GreaterThan(3));
        for (int k = 1; k < 6; k++)
        {
            SimulationRun run = Scenario.For(Everything()).At(0.4, "kick").Start(options);
            run.AdvanceTo(k * 0.9);
            RunSnapshot snapshot = run.Snapshot();
            run.AdvanceTo(6.0);
            Trajectory straight = run.ToTrajectory();
            run.Restore(snapshot);
            run.AdvanceTo(6.0);
            BitEquality.AssertSame(run.ToTrajectory(), straight);
        }
    }

    [Test]
    public void A_length_that_the_bytes_cannot_hold_is_refused_before_anything_is_allocated()
    {
        var archive = StateArchive.Writer(shares: false);
        archive.Exchange(int.MaxValue);
        List<double> list = [];
        Assert.That(() => StateArchive.Reader(archive.Bytes.ToArray()).Exchange(list), Throws.TypeOf<InvalidDataException>());
        Assert.That(list, Is.Empty);
        Assert.That(() => StateArchive.Reader([1, 2, 3]).Exchange(0), Throws.TypeOf<InvalidDataException>());
    }

    // A little of everything: edges, urgent, timers, commands, clocks, choices, inputs, invariants, discrete parts.
    private static HybridAutomaton Everything() => HybridAutomaton.Build("everything", h =>
    {
        var (x, v) = (h.State("x", initial: 1.0), h.State("v"));
        var (n, k) = (h.Discrete("n"), h.Discrete("k"));
        var (u, w) = (h.Input("u", 0.0), h.Input("w", new TableSignal([0.0, 1.0, 2.5], [0.0, 0.3, -0.2])));
        var swing = h.Mode("swing").Flow((x, v), (v, (-4.0 * x) - (0.1 * Expr.Select(v > 0.0, v, 2.0 * v)) + w + (0.01 * u)));
        var rest = h.Mode("rest").Flow((x, v), (-x, -v)).Invariant(x >= -50.0);
        h.Transition(swing, swing, "section").Guard(x >= 0.0).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
        h.Transition(swing, rest, "stop").Guard(v <= -0.6 & n >= 2.0).Reset(v, 0.5 * v);
        h.Transition(rest, swing, "back").After(0.3).Reset(x, -1.0);
        h.Transition(swing, rest, "chance").Rate(0.2 + (0.1 * x * x)).Reset(v, 0.1 * v);
        h.Transition(rest, rest, "look").Guard(x >= -0.9).Sampled(0.2).Reset(n, n + 0.5);
        h.Transition(swing, swing, "any").Guard(x >= 0.2).Permissive(PermissivePolicy.Random, 0.5).Reset(n, n + 0.125);
        h.Transition(swing, swing, "kick").OnCommand("kick").Reset(v, v + 1.0);
        h.Transition(rest, rest, "count").Guard(k >= 5.0).Edge().Reset(x, x + 0.1);
        h.Every("clock", 0.5, (k, k + 1.0));
    });
}
