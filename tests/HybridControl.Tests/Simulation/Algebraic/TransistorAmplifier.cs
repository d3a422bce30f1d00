using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Algebraic;

/// <summary>The transistor amplifier of the Test Set for Initial Value Problem Solvers: eight node voltages, five capacitors.</summary>
/// <remarks>
/// A capacitor between two nodes has its voltage as a state, one of the nodes is algebraic by the sum of the currents into both.
/// </remarks>
internal static class TransistorAmplifier
{
    public static string[] Nodes { get; } = ["y1", "y2", "y3", "y4", "y5", "y6", "y7", "y8"];

    /// <summary>Reference values at t = 0.2 s, in volts.</summary>
    public static double[] At200Milliseconds { get; } =
    [
        -0.5562145012262709e-2, 0.3006522471903042e1, 0.2849958788608128e1, 0.2926422536206241e1,
        0.2704617865010554e1, 0.2761837778393145e1, 0.4770927631616772e1, 0.1236995868091548e1,
    ];

    public static HybridAutomaton Model { get; } = HybridAutomaton.Build("transistor-amplifier", h =>
    {
        (Expr r0, Expr r, Expr supply, Expr alpha) = (h.Parameter("R0", 1000.0), h.Parameter("R", 9000.0), h.Parameter("Ub", 6.0), h.Parameter("alpha", 0.99));
        (Expr v12, Expr y3, Expr v45, Expr y6, Expr v78) =
            (h.State("v12", 3.0), h.State("y3", 3.0), h.State("v45", -3.0), h.State("y6", 3.0), h.State("v78", -6.0));
        (Expr y1, Expr y4, Expr y7) = (h.Algebraic("y1"), h.Algebraic("y4", 6.0), h.Algebraic("y7", 6.0));
        (Expr y2, Expr y5, Expr y8) = (h.Output("y2", y1 + v12), h.Output("y5", y4 + v45), h.Output("y8", y7 + v78));
        Expr Gate(Expr voltage) => 1e-6 * (Expr.Exp(voltage / 0.026) - 1.0);
        Expr source = 0.1 * Expr.Sin(200.0 * Math.PI * h.Time);
        Expr into2 = (y1 - source) / r0;
        Expr into5 = ((y4 - supply) / r) + (alpha * Gate(y2 - y3));
        Expr into8 = ((y7 - supply) / r) + (alpha * Gate(y5 - y6));
        h.Mode("on")
            .Mass(v12, v12, 1e-6).Mass(y3, y3, 2e-6).Mass(v45, v45, 3e-6).Mass(y6, y6, 4e-6).Mass(v78, v78, 5e-6)
            .Flow(v12, into2).Flow(y3, Gate(y2 - y3) - (y3 / r)).Flow(v45, into5).Flow(y6, Gate(y5 - y6) - (y6 / r)).Flow(v78, into8)
            .Equation(y1, into2 + (2.0 * y2 / r) - (supply / r), (alpha - 1.0) * Gate(y2 - y3))
            .Equation(y4, into5 + (2.0 * y5 / r) - (supply / r), (alpha - 1.0) * Gate(y5 - y6))
            .Equation(y7, into8 + (y8 / r));
    });
}
