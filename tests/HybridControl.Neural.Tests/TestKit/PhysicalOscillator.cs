using HybridControl.Automata;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>The flow of <see cref="KnownOscillator"/> as a mode.</summary>
internal static class PhysicalOscillator
{
    /// <summary>A model with states x and v, an input u and the mode <c>swing</c>.</summary>
    public static HybridAutomaton Model(double frequency, double damping) => HybridAutomaton.Build("oscillator", h =>
    {
        var x = h.State("x");
        var v = h.State("v");
        var u = h.Input("u", 0.0);
        h.Mode("swing").Flow((x, v), (v, (frequency * frequency * (u - x)) - (2.0 * damping * frequency * v)));
    });
}
