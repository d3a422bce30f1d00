using HybridControl.Automata;
using HybridControl.Automata.Networks;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Networks;

/// <summary>Components for tests of networks.</summary>
internal static class NetworkModels
{
    /// <summary>A heater with a thermostat: heats below 19, rests above 21 degrees by default; warmed by an input.</summary>
    public static HybridAutomaton Room { get; } = HybridAutomaton.Build("room", h =>
    {
        Expr T = h.State("T", initial: 20.0);
        Expr low = h.Parameter("low", 19.0);
        Expr high = h.Parameter("high", 21.0);
        Expr power = h.Parameter("power", 5.0);
        Expr neighbour = h.Input("neighbour", 0.0);
        ModeBuilder on = h.Mode("on").Flow(T, power - (0.2 * T) + neighbour);
        ModeBuilder off = h.Mode("off").Flow(T, neighbour - (0.2 * T));
        h.Transition(off, on, "heat").Guard(T <= low);
        h.Transition(on, off, "rest").Guard(T >= high);
        h.Output("warmth", 0.1 * T);
    });

    /// <summary>A ball that bounces.</summary>
    public static HybridAutomaton Ball { get; } = HybridAutomaton.Build("ball", h =>
    {
        Expr y = h.State("y", initial: 1.0);
        Expr v = h.State("v");
        Expr e = h.Parameter("e", 0.8);
        Expr n = h.Discrete("n");
        ModeBuilder fall = h.Mode("fall").Flow(y, v).Flow(v, -9.81);
        h.Transition(fall, fall, "bounce").Guard(y <= 0.0 & v <= 0.0).Reset(v, -e * v).Reset(n, n + 1.0);
    });

    /// <summary>A lamp that is switched by timers.</summary>
    public static HybridAutomaton Blinker { get; } = HybridAutomaton.Build("blinker", h =>
    {
        Expr dark = h.Parameter("dark", 0.5);
        Expr light = h.Parameter("light", 0.25);
        ModeBuilder off = h.Mode("off");
        ModeBuilder on = h.Mode("on");
        h.Transition(off, on, "up").After(dark);
        h.Transition(on, off, "down").After(light);
    });

    /// <summary>A relay of its own threshold on a given sine.</summary>
    public static HybridAutomaton Relay { get; } = HybridAutomaton.Build("relay", h =>
    {
        Expr x = h.State("x", initial: 0.0);
        Expr rate = h.Parameter("rate", 1.0);
        Expr level = h.Parameter("level", 1.0);
        ModeBuilder off = h.Mode("off").Flow(x, rate);
        ModeBuilder on = h.Mode("on").Flow(x, -rate);
        h.Transition(off, on, "close").Guard(x >= level);
        h.Transition(on, off, "open").Guard(x <= -level);
    });

    /// <summary>Two rooms that warm each other.</summary>
    public static AutomatonNetwork TwoRooms(double low = 19.0, double power = 5.0) => AutomatonNetwork.Build("two rooms", n =>
    {
        ComponentBuilder left = n.Component("left", Room, ("low", low), ("power", power));
        ComponentBuilder right = n.Component("right", Room, ("T", 19.6), ("high", 20.5));
        n.Wire(left["neighbour"], 0.05 * (right["T"] - left["T"]));
        n.Wire(right["neighbour"], (0.5 * left["warmth"]) - (0.05 * right["T"]));
        n.Output("mean", 0.5 * (left["T"] + right["T"]));
    });
}
