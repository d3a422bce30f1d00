using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Benchmarks.Precision;

/// <summary>The transistor amplifier: eight nodes, an index-1 system of five differential and three algebraic equations.</summary>
/// <remarks>
/// The test set states it with a singular capacitance matrix that couples pairs of nodes. Here the voltages across the coupling
/// capacitors are states and one node of each pair is algebraic: the sum of the currents into both is zero.
/// </remarks>
internal static class Amplifier
{
    private const double R = 9000.0;
    private const double Supply = 6.0;

    /// <summary>The problem, to 0.2 s.</summary>
    public static StiffProblem Problem() => new(
        "amplifier", "transistor amplifier, 5 states and 3 algebraic variables", Model(), 0.2,
        ["node1", "node2", "node3", "node4", "node5", "node6", "node7", "node8"],
        [
            -5.56214501226227447e-3, 3.00652247190304267, 2.84995878860812851, 2.92642253620624150,
            2.70461786501055458, 2.76183777839314406, 4.77092763161677216, 1.23699586809154755,
        ],
        1e-2, 1e-2);

    private static HybridAutomaton Model() => HybridAutomaton.Build("transistor-amplifier", h =>
    {
        Expr a = h.State("a", initial: 3.0, unit: "V");
        Expr third = h.State("c", initial: 3.0, unit: "V");
        Expr b = h.State("b", initial: -3.0, unit: "V");
        Expr sixth = h.State("d", initial: 3.0, unit: "V");
        Expr e = h.State("e", initial: -6.0, unit: "V");
        Expr first = h.Algebraic("node1", 0.0, "V");
        Expr fourth = h.Algebraic("node4", 6.0, "V");
        Expr seventh = h.Algebraic("node7", 6.0, "V");
        Expr second = first + a;
        Expr fifth = fourth + b;
        Expr eighth = seventh + e;
        Expr source = 0.1 * Expr.Sin(200.0 * Math.PI * Expr.Time);
        Expr g1 = Transistor(second - third);
        Expr g2 = Transistor(fifth - sixth);
        Expr into1 = (first - source) / 1000.0;
        Expr into4 = ((fourth - Supply) / R) + (0.99 * g1);
        Expr into7 = ((seventh - Supply) / R) + (0.99 * g2);
        h.Mode("on")
            .Flow(a, into1 / 1e-6)
            .Flow(third, -((third / R) - g1) / 2e-6)
            .Flow(b, into4 / 3e-6)
            .Flow(sixth, -((sixth / R) - g2) / 4e-6)
            .Flow(e, into7 / 5e-6)
            .Equation(first, into1 + (((2.0 * second) - Supply) / R) + (0.01 * g1))
            .Equation(fourth, into4 + (((2.0 * fifth) - Supply) / R) + (0.01 * g2))
            .Equation(seventh, into7 + (eighth / R));
        (string Name, Expr Value)[] nodes = [("node2", second), ("node3", third), ("node5", fifth), ("node6", sixth), ("node8", eighth)];
        foreach ((string name, Expr value) in nodes)
        {
            h.Output(name, value);
        }
    });

    private static Expr Transistor(Expr voltage) => 1e-6 * (Expr.Exp(voltage / 0.026) - 1.0);
}
