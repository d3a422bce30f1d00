using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Numerics;
using HybridControl.Requirements;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.Models;

namespace HybridControl.Tests.Ensembles.Lanes;

/// <summary>Plans whose trajectories are in different modes at different times.</summary>
internal static class EnsembleCases
{
    private static readonly ImmutableDictionary<string, double> NoValues = ImmutableDictionary<string, double>.Empty;

    /// <summary>Balls that bounce up to a dozen times.</summary>
    public static EnsemblePlan Balls(long size) => Plan(
        ModelLibrary.Load("bouncing-ball"), size, 4.0, new("h0", new Uniform(5.0, 20.0)), new("e", new Uniform(0.7, 0.95)));

    /// <summary>Baths that lose heat at different rates.</summary>
    public static EnsemblePlan Thermostats(long size) => Plan(
        ModelLibrary.Load("thermostat"), size, 15.0, new("k", new Uniform(0.3, 0.8)), new("heated", new Uniform(78.0, 90.0)));

    /// <summary>Generators whose fault is cleared in time, or too late.</summary>
    public static EnsemblePlan Generators(long size) => Plan(
        ModelLibrary.Load("smib"), size, 3.0, new("tc", new Uniform(0.1, 0.4)), new("Pm", new Normal(0.8, 0.03)));

    /// <summary>Grids that lose different shares of their generation.</summary>
    public static EnsemblePlan Grids(long size) => Plan(
        ModelLibrary.Load("load-shedding"), size, 5.0, new("deficit", new Uniform(0.02, 0.5)), new("delay", new Uniform(0.05, 0.4)));

    /// <summary>Relief valves, some of which strike their seat.</summary>
    public static EnsemblePlan Valves(long size) => Plan(
        ModelLibrary.Load("pressure-relief-valve"), size, 8.0, new Variation("q", new Uniform(2.0, 9.0)));

    /// <summary>An engine with a map of torque and a curve of drag, throttled between two speeds.</summary>
    public static EnsemblePlan Engines(long size) => Plan(
        HybridAutomaton.Build("engine", h =>
        {
            Expr w = h.State("w", initial: 1.0);
            Expr open = h.Parameter("open", 0.9);
            SurfaceFunction torque = h.Table("torque", [0.0, 2.0, 4.0], [0.0, 0.5, 1.0], new[,] { { -0.2, 0.5, 1.0 }, { -0.6, 0.8, 1.6 }, { -1.0, 0.4, 1.2 } });
            TableFunction drag = h.Table("drag", [0.0, 1.0, 2.5, 5.0], [0.0, 0.1, 0.3, 1.5], Extrapolation.Linear, Interpolation.MonotoneCubic);
            ModeBuilder pull = h.Mode("pull").Flow(w, torque[w, open] - drag[w]);
            ModeBuilder coast = h.Mode("coast").Flow(w, torque[w, 0.05] - drag[w]);
            h.Transition(pull, coast, "lift").Guard(torque[w, 0.5 * open] + w >= 3.2);
            h.Transition(coast, pull, "press").Guard(drag[w] <= 0.15);
        }),
        size, 15.0, new Variation("open", new Uniform(0.7, 1.0))) with
    { Solver = ModelLibrary.Tight };

    /// <summary>Every kind of column: grid, finals, extrema, passages, requirements, a stop rule, noise and alternatives.</summary>
    public static EnsemblePlan Everything(long size)
    {
        HybridAutomaton model = HybridAutomaton.Build("driven", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            Expr v = h.State("v");
            Expr u = h.Input("u", 0.0);
            Expr k = h.Parameter("k", 4.0);
            Expr hits = h.Discrete("hits");
            ModeBuilder free = h.Mode("free").Flow((x, v), (v, u - (k * x) - (0.1 * v)));
            ModeBuilder pushed = h.Mode("pushed").Flow((x, v), (v, u - (k * x) - (0.4 * v) + 1.0));
            h.Transition(free, pushed, "push").Guard(x <= -0.5).Reset(hits, hits + 1.0);
            h.Transition(pushed, free, "let go").Guard(x >= 0.75);
        });
        Expr state = Expr.Variable(VariableKind.State, "x");
        Expr speed = Expr.Variable(VariableKind.State, "v");
        return Plan(model, size, 6.0, new Variation("k", new Uniform(2.0, 8.0))) with
        {
            Noise = [new NoiseInput("u", new Normal(0.0, 0.3), 0.25)],
            Alternatives = [new("as built", NoValues), new("kicked", NoValues.Add("v", 1.0)), new("far", NoValues.Add("x", 1.5))],
            Stops = [new("far out", state >= 1.8)],
            Requirements = [new("slow", speed <= 3.0, RequirementKind.Always), new("back", speed >= 2.0, RequirementKind.Eventually)],
            Recording = new()
            {
                EventSlots = 6,
                GridTimes = [.. Enumerable.Range(0, 25).Select(i => 0.25 * i)],
                Grid = [new("x", state), new("energy", (speed * speed) + (state * state))],
                GridMode = true,
                Final = [new("sum", state + speed)],
                Extrema = [new("x", state)],
                Passages = [new("low", state <= 0.0)],
            },
        };
    }

    private static EnsemblePlan Plan(HybridAutomaton model, long size, double until, params Variation[] variations) => new()
    {
        Model = model,
        Size = size,
        Until = until,
        Seed = 21,
        Solver = new DormandPrince5 { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-9 },
        Variations = [.. variations],
        Recording = new() { EventSlots = 32 },
    };
}
