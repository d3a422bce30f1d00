using HybridControl.Automata;

namespace HybridControl.Tests.TestKit;

/// <summary>Bouncing balls, dropped at rest.</summary>
internal static class Balls
{
    public static HybridAutomaton Dropped(double height, double gravity, double restitution) =>
        HybridAutomaton.Build("ball", h =>
        {
            var y = h.State("y", initial: height);
            var v = h.State("v");
            var fall = h.Mode("fall").Flow((y, v), (v, -gravity));
            h.Transition(fall, fall, "bounce").Guard(y <= 0.0 & v < 0.0).Reset(v, -restitution * v);
        });
}
