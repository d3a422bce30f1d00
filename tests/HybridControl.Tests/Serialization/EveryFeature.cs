using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Serialization;

/// <summary>A model that uses every part of the format, with awkward names and numbers.</summary>
internal static class EveryFeature
{
    /// <summary>What a model with noise and sliding modes cannot have besides: algebraic equations and a mass matrix.</summary>
    public static HybridAutomaton Implicit { get; } = HybridAutomaton.Build("every equation", h =>
    {
        Expr mass = h.Parameter("mass", 2.0 / 3.0, "kg");
        (Expr v, Expr w) = (h.State("v", 1.0, "m/s"), h.State("w = v"));
        Expr current = h.Algebraic("i = j", start: mass / 3.0, unit: "A");
        Expr force = h.Algebraic("force");
        Expr n = h.Discrete("n", 1.0);
        BooleanVariable open = h.Boolean("open");
        ModeBuilder coupled = h.Mode("coupled")
            .Mass(v, v, mass + n).Mass(v, w, -0.25).Mass(w, w, 3.0)
            .Flow(v, force).Flow(w, -current)
            .Equation(current, 3.0 * current - v, Expr.Select(v <= w, w, -v))
            .Equation(force, force + Expr.Sinh(force) - current * (v - w));
        ModeBuilder alone = h.Mode("alone").With(v).Flow(v, -v);
        h.Transition(coupled, alone).Guard(current >= 2.0);
        h.Transition(alone, coupled).Guard(v <= 0.1 | open).Reset(w, v).Reset(current, 0.5).Reset(force, 0.0);
    });

    public static HybridAutomaton Automaton { get; } = HybridAutomaton.Build("every feature", h =>
    {
        h.Describe("Line one.\nLine \"two\" <&> é \U0001F680", "made up");
        Expr g = h.Parameter("g", 9.81, "m/s^2");
        Expr tiny = h.Parameter("tiny", double.Epsilon);
        Expr third = h.Parameter("a third", 1.0 / 3.0);
        Expr x = h.State("x", initial: g / 2.0, unit: "m");
        Expr y = h.State("T ambient", -0.0);
        Expr n = h.Discrete("n", initial: 1e300);
        Expr held = h.Discrete("held", unit: "V");
        Expr count = h.Integer("count", 3.0, "1");
        BooleanVariable open = h.Boolean("is open", third > 0.25);
        BooleanVariable done = h.Boolean("done");
        Expr u = h.Input("u", 1.5);
        h.Input("volts", new ConstantSignal(2.0), "V");
        h.Input("kick", new StepSignal(1.0, 0.0, 0.1 + 0.2));
        h.Input("climb", new RampSignal(0.0, 2.0, -1.0, 1.0), "m");
        h.Input("wave", new SineSignal(1.0, 50.0, 0.1, 0.2));
        h.Input("gusts", new TableSignal([0.0, 1.0, 2.5], [0.0, 4.0, -1.0], Linear: false), "m/s");
        TableFunction lift = h.Table("CL", [-1.0, 0.0, 1.0], [-0.5, 0.1, 0.7], Extrapolation.Linear);
        TableFunction drag = h.Table("CD of alpha", [0.0, 1.0], [0.01, 0.02]);
        TableFunction smooth = h.Table("smooth drag", [0.0, 1.0, 3.0], [0.01, 0.02, 1.0 / 3.0], Extrapolation.Error, Interpolation.MonotoneCubic);
        SurfaceFunction map = h.Table("map", [0.0, 1.0], [-1.0, 0.5, 2.0], new[,] { { 0.1, 0.2, 0.3 }, { 1e-9, -4.0, 5.0 } }, Extrapolation.Linear);
        Expr power = h.Output("power", u * x + lift[x], "W");
        h.Output("torque", map[x, y] + smooth[x] + Expr.LookupSlope(smooth.Table.Slope, y) + Expr.Lookup(map.Table.SlopeX!.SlopeY!, x, y)
            + Expr.Lookup(map.Table.SlopeY!, y, x));
        Expr ratio = h.Output("ratio", power / Expr.Max(Expr.Abs(y), third));

        WienerProcess shared = h.Wiener("gusts of wind");
        ModeBuilder idle = h.Mode("idle").Diffusion(y, tiny);
        ModeBuilder run = h.Mode("run")
            .Flow(x, Expr.Select(x > 1.0 & !(y < 2.0), -x, ratio - 2.0 * drag[x]))
            .Flow(y, Expr.LinearForm([0.5, -2.0], [x, y], 3.0) - (x - (y - u)) + Expr.LookupSlope(lift.Table, x))
            .Diffusion(x, shared, third * Expr.Abs(x)).Diffusion(x, 0.5).Diffusion(y, shared, -ratio)
            .Invariant(x >= -10.0).Invariant(y <= 10.0 | n > 3.0);
        h.StartIn(run);

        h.Transition(idle, run);
        h.Transition(run, idle, "stop").Guard(x <= tiny & h.Time >= 2.0 | ratio > 4.0).Reset(x, -x).Reset(n, n + 1.0)
            .Priority(n * 2.0).NotPersistent().FireOnTouch().ValuesAtTrigger();
        h.Transition(run, run, "pass").Guard(Condition.Crosses(x - 3.0)).Edge(EdgeDirection.Both, flowOnly: true, initialValue: -1.0);
        h.Transition(run, run, "fall").Guard(x >= 1.0).Edge(EdgeDirection.Down).External().Priority(3.0);
        h.Transition(run, idle, "relay").Guard(y >= 1.0).After(0.2 * third, survives: true);
        h.Transition(idle, run, "wake").After(5.0);
        h.Transition(idle, run, "go").OnCommand("take off").Guard(x > 0.0);
        h.Transition(run, idle, "typed").Guard((open & x > 2.0) | !done).Reset(count, count + 2.0).Reset(open, !open | x < 1.0).Reset(done, Condition.True);
        h.Every("typed", 1.0, (count, Expr.Floor(Expr.Select(open, x, x * 2.0))), (done.Variable, BooleanVariable.ValueOf(open)));

        h.Transition(run, idle, "echo").Guard(y >= 2.0).After(Expr.Exponential(g), survives: true, instances: 3);
        h.Transition(idle, run, "at once").Permissive(PermissivePolicy.Asap).Guard(x > 5.0);
        h.Transition(run, idle, "at last").Permissive(PermissivePolicy.Alap).Reset(x, Expr.Uniform(-third, x) - Expr.Uniform(-third, x));
        h.Transition(run, idle, "some time").Permissive(PermissivePolicy.Random, mean: 2.0 * third).Guard(y >= 3.0);
        h.Transition(run, run, "look").Sampled(third).Guard(x >= 2.0).Reset(n, Expr.Normal(n, 2.0));
        h.Transition(run, run, "look later").Sampled(third, 0.5).Guard(x >= 3.0);
        h.Transition(run, idle, "failure").Rate(0.1 * Expr.Abs(x)).Guard(y >= 0.0);

        h.Every("loop", third, (held, -x * 2.0), (n, n + 1.0));
        h.Every("late", 0.5, 0.25, (held, 0.0));
        var (left, right) = (h.Mode("left").Flow(x, -1.0), h.Mode("right").Flow(x, third));
        h.Transition(run, left, "aside").OnCommand("take off");
        h.Transition(left, right).Guard(x <= 0.0);
        h.Transition(right, left, "back").Guard(x >= 0.0).Priority(n);
        h.Sliding(new SlidingModes("left", "right") { Pull = 0.25 });

        h.Zeno(ZenoPolicy.GoTo("idle", (x, third), (n, 0.0)));
        h.Suggest(new Experiment
        {
            Until = 1e-3,
            Commands = [TimedCommand.Give(0.0, "take off"), TimedCommand.Assign(5e-4, "u", -2.5), TimedCommand.Assign(5e-4, "g", 1.0)],
            Plot = ["x", "ratio"],
            Solver = new EulerMaruyama { Step = 1.0 / 3.0 },
        });
        h.Estimation(e => e
            .Measure(x, third).Measure(power, 0.5).Measure("double", y - (x * n) + 2.0 * ratio, 0.0)
            .Correlate("power", "double", -0.25).ProcessNoise(x, 0.1 * Expr.Abs(x)).InitialDeviation(y, g / 3.0)
            .InitialMode(idle, third).InitialMode(run, 1.0).GuardWidth("stop", 1e-3).Switching(run, idle, tiny));
    });
}
