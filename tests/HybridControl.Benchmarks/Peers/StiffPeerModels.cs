using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Benchmarks.Peers;

/// <summary>The peers' problems that are stiff, as automata.</summary>
internal static class StiffPeerModels
{
    /// <summary>Robertson's three reactions.</summary>
    public static HybridAutomaton Robertson() => HybridAutomaton.Build("robertson", h =>
    {
        Expr a = h.State("y1", initial: 1.0);
        Expr b = h.State("y2");
        Expr c = h.State("y3");
        Expr first = (-0.04 * a) + (1e4 * b * c);
        Expr third = 3e7 * b * b;
        h.Mode("flow").Flow((a, b, c), (first, -first - third, third));
    });

    /// <summary>Van der Pol's oscillator with mu = 1000; a jump without a reset at each sign change.</summary>
    public static HybridAutomaton VanDerPol() => HybridAutomaton.Build("van-der-pol", h =>
    {
        Expr x = h.State("x", initial: 2.0);
        Expr v = h.State("v");
        Expr rate = (1000.0 * (1.0 - (x * x)) * v) - x;
        ModeBuilder right = h.Mode("right").Flow((x, v), (v, rate));
        ModeBuilder left = h.Mode("left").Flow((x, v), (v, rate));
        h.Transition(right, left).Guard(x <= 0.0).Edge();
        h.Transition(left, right).Guard(x >= 0.0).Edge();
    });

    /// <summary>The heat equation on n interior points, as expressions: their Jacobian is known to have three diagonals.</summary>
    public static HybridAutomaton Heat(int n) => HybridAutomaton.Build("heat", h =>
    {
        Expr[] u = HeatStates(h, n);
        double scale = (n + 1.0) * (n + 1.0);
        ModeBuilder flow = h.Mode("flow");
        for (int i = 0; i < n; i++)
        {
            Expr left = i > 0 ? u[i - 1] : Expr.Zero;
            Expr right = i + 1 < n ? u[i + 1] : Expr.Zero;
            flow.Flow(u[i], scale * (left - (2.0 * u[i]) + right));
        }
    });

    /// <summary>The heat equation as a delegate: nothing is known of its Jacobian, which is dense for the solver.</summary>
    public static HybridAutomaton OpaqueHeat(int n) => HybridAutomaton.Build("heat", h =>
    {
        HeatStates(h, n);
        double scale = (n + 1.0) * (n + 1.0);
        h.Mode("flow").Flow((_, u, _, rates) =>
        {
            rates[0] = scale * (u[1] - (2.0 * u[0]));
            for (int i = 1; i < n - 1; i++)
            {
                rates[i] = scale * (u[i - 1] - (2.0 * u[i]) + u[i + 1]);
            }

            rates[n - 1] = scale * (u[n - 2] - (2.0 * u[n - 1]));
        });
    });

    /// <summary>What the heat equation on n points has decayed to.</summary>
    public static double[] HeatSolution(int n, double time)
    {
        double first = Decay(1);
        double third = 0.5 * Decay(3);
        return [.. Enumerable.Range(0, n).Select(i => (first * Sine(n, 1, i)) + (third * Sine(n, 3, i)))];

        double Decay(int k)
        {
            double s = Math.Sin(k * Math.PI / (2.0 * (n + 1)));
            return Math.Exp(-4.0 * (n + 1) * (n + 1) * s * s * time);
        }
    }

    private static Expr[] HeatStates(AutomatonBuilder h, int n) =>
        [.. Enumerable.Range(0, n).Select(i => h.State($"u{i}", Sine(n, 1, i) + (0.5 * Sine(n, 3, i))))];

    private static double Sine(int n, int k, int i) => Math.Sin(Math.PI * k * (i + 1.0) / (n + 1));
}
