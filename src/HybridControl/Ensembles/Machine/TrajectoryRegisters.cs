using HybridControl.Automata;

namespace HybridControl.Ensembles.Machine;

/// <summary>The numbers of the registers of a trajectory, by what they hold.</summary>
internal sealed class TrajectoryRegisters
{
    public TrajectoryRegisters(RegisterFile file, EnsemblePlan plan)
    {
        Counter = file.Add("pc");
        Status = file.Add("status");
        Time = file.Add("t", plan.StartTime);
        Mode = file.Add("mode");
        Jumps = file.Add("jumps");
        Steps = file.Add("steps");
        X = [.. plan.Model.States.Select(state => file.Add(state.Name))];
        K = [.. plan.Model.States.Select(state => file.Add(state.Name + "'"))];
    }

    /// <summary>Number of the next program.</summary>
    public int Counter { get; }

    /// <summary>How the trajectory stands.</summary>
    public int Status { get; }

    /// <summary>Time.</summary>
    public int Time { get; }

    /// <summary>Mode, for the result.</summary>
    public int Mode { get; }

    /// <summary>Executed transitions.</summary>
    public int Jumps { get; }

    /// <summary>Accepted steps.</summary>
    public int Steps { get; }

    /// <summary>States.</summary>
    public int[] X { get; }

    /// <summary>Slopes of the states.</summary>
    public int[] K { get; }

    /// <summary>Size of the next step.</summary>
    public int Size { get; private set; }

    /// <summary>1 or 2 after a rejected step: too inaccurate, or not finite.</summary>
    public int Rejected { get; private set; }

    /// <summary>Flag: the next step has been searched and holds no event.</summary>
    public int Cleared { get; private set; }

    /// <summary>The next instant that a step must not pass.</summary>
    public int Stop { get; private set; }

    /// <summary>Before it a full step of fixed size may start without another look.</summary>
    public int Bound { get; private set; }

    /// <summary>Width of an instant.</summary>
    public int Tau { get; private set; }

    /// <summary>Jumps at this instant; -1 while flowing.</summary>
    public int Instant { get; private set; }

    /// <summary>Flag: the flow has come to this instant.</summary>
    public int Arrived { get; private set; }

    /// <summary>Time since which the flow is smooth.</summary>
    public int Since { get; private set; }

    /// <summary>Step size learned in each mode.</summary>
    public int[] Learned { get; private set; } = [];

    /// <summary>Left limit of the states.</summary>
    public int[] LeftX { get; private set; } = [];

    /// <summary>Left limit of the slopes.</summary>
    public int[] LeftK { get; private set; } = [];

    /// <summary>Left limit of each discrete variable; -1 for a constant.</summary>
    public int[] LeftD { get; private set; } = [];

    /// <summary>Values of the watched functions.</summary>
    public int[] Guard { get; private set; } = [];

    /// <summary>Their rates.</summary>
    public int[] Rate { get; private set; } = [];

    /// <summary>1 to watch for a rise, -1 for a fall.</summary>
    public int[] Sense { get; private set; } = [];

    /// <summary>What the function, signed by its sense, must reach.</summary>
    public int[] Threshold { get; private set; } = [];

    /// <summary>Sides of functions that change at instants only.</summary>
    public int[] StaticSide { get; private set; } = [];

    /// <summary>1 or 2 for a transition that is due: by a rise or a fall; else -1.</summary>
    public int[] Due { get; private set; } = [];

    /// <summary>Flag of each self-loop: it has fired at this instant.</summary>
    public int[] Done { get; private set; } = [];

    /// <summary>When the timers of each transition run out; infinity while they rest.</summary>
    public int[][] Timers { get; private set; } = [];

    /// <summary>Flag of each transition that the invariant forces; -1 for others.</summary>
    public int[] Forced { get; private set; } = [];

    /// <summary>For each transition whose values are taken at its trigger, what was taken.</summary>
    public int[][] Taken { get; private set; } = [];

    /// <summary>How often the resets of each transition have drawn; -1 where they do not.</summary>
    public int[] ResetDraws { get; private set; } = [];

    /// <summary>How often the delay of each transition has drawn; -1 where it does not.</summary>
    public int[] DelayDraws { get; private set; } = [];

    /// <summary>Ticks, period and first tick of each clock at which guards are looked at.</summary>
    public (int Ticks, int Period, int First)[] Looks { get; private set; } = [];

    /// <summary>Flags of choices that switch, by place in the mode.</summary>
    public int[] Switch { get; private set; } = [];

    /// <summary>The next command.</summary>
    public int Command { get; private set; } = -1;

    /// <summary>Next breakpoint of each input; -1 for none.</summary>
    public int[] Breakpoint { get; private set; } = [];

    /// <summary>Ticks of each sampled update.</summary>
    public int[] Ticks { get; private set; } = [];

    /// <summary>Period of each sampled update.</summary>
    public int[] Period { get; private set; } = [];

    /// <summary>Time of its first tick.</summary>
    public int[] FirstTick { get; private set; } = [];

    /// <summary>Number of the next draw of each noise.</summary>
    public int[] Draw { get; private set; } = [];

    /// <summary>Where a draw is fetched to.</summary>
    public int[] Drawn { get; private set; } = [];

    /// <summary>Last event, interval, ratio and run of each transition, four registers each.</summary>
    public int[] Zeno { get; private set; } = [];

    /// <summary>Events of the present burst, and its first time.</summary>
    public int[] Burst { get; private set; } = [];

    /// <summary>Dense output: four coefficients of each state.</summary>
    public int[] Dense { get; private set; } = [];

    /// <summary>Size and end of the step that is being searched.</summary>
    public int[] Trial { get; private set; } = [];

    /// <summary>Signed guards and their slopes in theta at the end of that step.</summary>
    public int[] EndGuard { get; private set; } = [];

    /// <summary>Their slopes.</summary>
    public int[] EndSlope { get; private set; } = [];

    /// <summary>Flags: the guard may have a peak inside the step.</summary>
    public int[] Peak { get; private set; } = [];

    /// <summary>The search: see <see cref="SearchRegister"/>.</summary>
    public int[] Search { get; private set; } = [];

    /// <summary>Next place on the grid, and its time.</summary>
    public int GridIndex { get; private set; } = -1;

    /// <summary>Time of the next sample.</summary>
    public int GridTime { get; private set; } = -1;

    /// <summary>Where sampling of the step ends.</summary>
    public int GridLimit { get; private set; } = -1;

    /// <summary>Flag: the step ends in an event.</summary>
    public int Found { get; private set; }

    /// <summary>Smallest value of each extremum.</summary>
    public int[] Minimum { get; private set; } = [];

    /// <summary>Largest value of each extremum.</summary>
    public int[] Maximum { get; private set; } = [];

    /// <summary>For each watched condition, its first time.</summary>
    public int[] First { get; private set; } = [];

    /// <summary>Results that are computed at the end: recorded expressions, then requirements.</summary>
    public int[] Final { get; private set; } = [];

    /// <summary>Adds what depends on the modes.</summary>
    public void Complete(RegisterFile file, MachineModel model, IReadOnlyList<ModePlan> modes, LoweredModel lowered, bool[] forced)
    {
        EnsemblePlan plan = model.Plan;
        const double never = double.PositiveInfinity;
        int watched = modes.Max(mode => mode.Watches.Length);
        int transitions = model.Automaton.Transitions.Length;
        Size = file.Add("h");
        Rejected = file.Add("rejected");
        Cleared = file.Add("cleared", -1.0);
        Stop = file.Add("stop", plan.Until);
        Bound = file.Add("bound");
        Tau = file.Add("tau");
        Instant = file.Add("instant", -1.0);
        Arrived = file.Add("arrived", -1.0);
        Since = file.Add("since", plan.StartTime);
        Learned = file.AddMany("learned", modes.Count);
        LeftX = [.. model.Automaton.States.Select(state => file.Add("left " + state.Name))];
        LeftK = [.. model.Automaton.States.Select(state => file.Add("left " + state.Name + "'"))];
        LeftD = [.. model.Discretes.Select((register, i) => register < 0 || LoweredModel.IsDraw(model.Automaton.Discretes[i].Name) ? -1 : file.Add("left " + model.Automaton.Discretes[i].Name))];
        Guard = file.AddMany("g", watched);
        Rate = file.AddMany("g'", watched);
        Sense = file.AddMany("sense", watched, 1.0);
        Threshold = file.AddMany("threshold", watched);
        StaticSide = file.AddMany("side", modes.Max(mode => mode.Static.Length), -1.0);
        Due = file.AddMany("due", transitions, -1.0);
        Done = file.AddMany("done", transitions, -1.0);
        Timers = [.. model.Automaton.Transitions.Select((t, i) => t.Rule is AfterRule after ? file.AddMany($"timer{i}.", after.Instances, never) : [])];
        Forced = [.. forced.Select((its, i) => its ? file.Add($"forced{i}", -1.0) : -1)];
        Taken =
        [
            .. model.Automaton.Transitions.Select(
                (t, i) => t.Values == ResetValues.AtTrigger ? file.AddMany($"taken{i}.", t.Resets.Length) : []),
        ];
        ResetDraws = [.. lowered.Resets.Select((range, i) => range.Count == 0 ? -1 : file.Add($"reset draws{i}"))];
        DelayDraws = [.. lowered.Delays.Select((range, i) => range.Count == 0 ? -1 : file.Add($"delay draws{i}"))];
        Looks = [.. model.GuardClocks.Select((_, i) => (file.Add($"looks{i}"), file.Add($"look period{i}"), file.Add($"first look{i}")))];
        Switch = file.AddMany("switch", modes.Max(mode => mode.Branches.Length), -1.0);
        Command = plan.Commands.IsEmpty ? -1 : file.Add("command");
        Breakpoint = [.. model.Inputs.Select(input => input.Times.Length == 0 ? -1 : file.Add("breakpoint " + input.Name))];
        int updates = model.Automaton.SampledUpdates.Length;
        Ticks = file.AddMany("ticks", updates);
        Period = file.AddMany("period", updates);
        FirstTick = file.AddMany("first tick", updates);
        Draw = file.AddMany("draw", plan.Noise.Length);
        Drawn = file.AddMany("drawn", plan.Noise.Length);
        Zeno = file.AddMany("zeno", 4 * transitions);
        Burst = file.AddMany("burst", 2);
        Dense = file.AddMany("c", 4 * X.Length);
        Trial = file.AddMany("trial", 2);
        EndGuard = file.AddMany("w", watched);
        EndSlope = file.AddMany("w'", watched);
        Peak = file.AddMany("peak", watched, -1.0);
        Search = file.AddMany("search", Enum.GetValues<SearchRegister>().Length);
        Found = file.Add("found", -1.0);
        if (!plan.Recording.GridTimes.IsEmpty)
        {
            GridIndex = file.Add("grid");
            GridTime = file.Add("grid time", plan.Recording.GridTimes[0]);
            GridLimit = file.Add("grid limit");
        }

        int extrema = MachineExtrema.Of(plan).Length;
        Minimum = file.AddMany("min", extrema, double.PositiveInfinity);
        Maximum = file.AddMany("max", extrema, double.NegativeInfinity);
        First = file.AddMany("first", model.Conditions.Length, double.NaN);
        Final = file.AddMany("final", plan.Recording.Final.Length + (plan.Requirements.Length * (plan.Recording.Robustness ? 2 : 1)));
    }
}

/// <summary>What the search of a step remembers.</summary>
internal enum SearchRegister
{
    /// <summary>The guard whose peak is looked for; -1 once the crossing is.</summary>
    Guard,

    /// <summary>Flag of the peak search: bisect next.</summary>
    Bisect,

    /// <summary>Left end of the peak.</summary>
    A,

    /// <summary>Right end of the peak.</summary>
    B,

    /// <summary>Value at A.</summary>
    ValueA,

    /// <summary>Value at B.</summary>
    ValueB,

    /// <summary>Slope at A.</summary>
    SlopeA,

    /// <summary>Slope at B.</summary>
    SlopeB,

    /// <summary>Left end of the crossing.</summary>
    Low,

    /// <summary>Right end of the crossing.</summary>
    High,

    /// <summary>Value at Low.</summary>
    ValueLow,

    /// <summary>Value at High.</summary>
    ValueHigh,

    /// <summary>The end that was given up last; below zero before the first pass.</summary>
    Third,

    /// <summary>Value at Third.</summary>
    ValueThird,

    /// <summary>Width at the last check of progress.</summary>
    Width,

    /// <summary>Passes since then.</summary>
    Age,
}
