using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Benchmarks.Ensembles;

/// <summary>The models of the ensemble benchmarks.</summary>
internal static class EnsembleModels
{
    /// <summary>Lorenz' system with a parameter rho, from (1, 0, 0).</summary>
    public static HybridAutomaton Lorenz() => HybridAutomaton.Build("lorenz", h =>
    {
        Expr x = h.State("x", initial: 1.0);
        Expr y = h.State("y");
        Expr z = h.State("z");
        Expr rho = h.Parameter("rho", 28.0);
        h.Mode("flow").Flow((x, y, z), (10.0 * (y - x), (x * (rho - z)) - y, (x * y) - (8.0 / 3.0 * z)));
    });

    /// <summary>A ball of any height and restitution.</summary>
    public static HybridAutomaton Ball() => HybridAutomaton.Build("ball", h =>
    {
        Expr y = h.State("y", initial: 10.0, unit: "m");
        Expr v = h.State("v", unit: "m/s");
        Expr e = h.Parameter("e", 0.8);
        ModeBuilder fall = h.Mode("fall").Flow((y, v), (v, -9.81));
        h.Transition(fall, fall).Guard(y <= 0.0 & v < 0.0).Reset(v, -e * v);
    });

    /// <summary>A room whose heater switches at two temperatures; rooms lose heat at different rates.</summary>
    public static HybridAutomaton Thermostat() => HybridAutomaton.Build("thermostat", h =>
    {
        Expr t = h.State("T", initial: 20.0, unit: "degC");
        Expr loss = h.Parameter("loss", 0.1, "1/s");
        Expr low = h.Parameter("low", 18.5, "degC");
        Expr high = h.Parameter("high", 22.0, "degC");
        ModeBuilder on = h.Mode("on").Flow(t, loss * (30.0 - t)).Invariant(t <= high);
        ModeBuilder off = h.Mode("off").Flow(t, loss * (10.0 - t)).Invariant(t >= low);
        h.Transition(on, off).Guard(t >= high);
        h.Transition(off, on).Guard(t <= low);
    });

    /// <summary>A generator on an infinite bus that slips if its fault is cleared too late; Kundur (1994), section 13.1.</summary>
    public static HybridAutomaton Swing() => HybridAutomaton.Build("swing", h =>
    {
        const double Pi = 3.14159265358979323846;
        const double Gain = Pi * 60.0 / 5.0;
        Expr delta = h.State("delta", initial: Math.Asin(0.8 / 1.8), unit: "rad");
        Expr omega = h.State("omega", unit: "rad/s");
        Expr clearing = h.Parameter("tc", 0.25, "s");
        Expr damping = h.Parameter("D", 0.02);
        ModeBuilder before = Mode("before", 1.8);
        ModeBuilder fault = Mode("fault", 0.0);
        ModeBuilder cleared = Mode("cleared", 1.8);
        ModeBuilder slipped = h.Mode("slipped").Flow((delta, omega), (0.0, 0.0));
        h.Transition(before, fault).After(0.5);
        h.Transition(fault, cleared).After(clearing);
        h.Transition(fault, slipped).Guard(delta >= Pi);
        h.Transition(cleared, slipped).Guard(delta >= Pi);

        ModeBuilder Mode(string name, double power) => h.Mode(name).Flow(
            (delta, omega), (omega, Gain * (0.8 - (power * Expr.Sin(delta)) - (damping * omega))));
    });

    /// <summary>A relief valve whose disc strikes its seat; Hos and Champneys, Physica D 241 (2012), section 2.</summary>
    public static HybridAutomaton ReliefValve() => HybridAutomaton.Build("relief valve", h =>
    {
        Expr y = h.State("y", initial: 0.2);
        Expr v = h.State("v");
        Expr p = h.State("p");
        Expr q = h.Parameter("q", 1.0);
        ModeBuilder lifted = h.Mode("lifted")
            .Flow((y, v, p), (v, p - (1.25 * v) - (y + 10.0), 20.0 * (q - (y * Expr.Sqrt(p)))))
            .Invariant(y >= 0.0);
        ModeBuilder seated = h.Mode("seated").Flow((y, v, p), (0.0, 0.0, 20.0 * q)).Invariant(p <= 10.0);
        h.Transition(lifted, seated, "settle").Guard(y <= 0.0 & v < 0.0 & v > -1e-6 & p < 10.0).Reset(y, 0.0).Reset(v, 0.0);
        h.Transition(lifted, lifted, "impact").Guard(y <= 0.0 & v < 0.0).Reset(v, -0.8 * v);
        h.Transition(seated, lifted, "lift").Guard(p >= 10.0);
    });

    /// <summary>Robertson's reaction with a parameter for its slow step; Robertson, in Walsh (ed.), Numerical Analysis, Academic Press (1966).</summary>
    public static HybridAutomaton Robertson() => HybridAutomaton.Build("robertson", h =>
    {
        (Expr a, Expr b, Expr c) = (h.State("a", 1.0), h.State("b"), h.State("c"));
        Expr k = h.Parameter("k", 0.04);
        h.Mode("react").Flow((a, b, c), ((-k * a) + (1e4 * b * c), (k * a) - (1e4 * b * c) - (3e7 * b * b), 3e7 * b * b));
    });

    /// <summary>Van der Pol's oscillator with a parameter for its damping.</summary>
    public static HybridAutomaton VanDerPol() => HybridAutomaton.Build("van der pol", h =>
    {
        (Expr y, Expr z) = (h.State("y", 2.0), h.State("z"));
        Expr mu = h.Parameter("mu", 1000.0);
        h.Mode("swing").Flow((y, z), (z, (mu * (1.0 - (y * y)) * z) - y));
    });
}
