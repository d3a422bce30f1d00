using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Benchmarks.Peers;

/// <summary>The peers' problems as automata, with the same equations and numbers.</summary>
internal static class PeerModels
{
    /// <summary>Pi as the peers write it.</summary>
    private const double Pi = 3.14159265358979323846;

    /// <summary>The switching period of the converter in seconds.</summary>
    public const double BoostPeriod = 2e-5;

    /// <summary>A ball from 10 m that bounces; the height is set to zero on each bounce.</summary>
    public static HybridAutomaton Ball() => HybridAutomaton.Build("ball", h =>
    {
        Expr y = h.State("y", initial: 10.0, unit: "m");
        Expr v = h.State("v", unit: "m/s");
        Expr g = h.Parameter("g", 9.81, "m/s^2");
        Expr e = h.Parameter("e", 0.8);
        ModeBuilder fall = h.Mode("fall").Flow((y, v), (v, -g));
        h.Transition(fall, fall).Guard(y <= 0.0).Edge().Reset(y, 0.0).Reset(v, -e * v);
    });

    /// <summary>Lorenz' system with his constants.</summary>
    public static HybridAutomaton Lorenz() => HybridAutomaton.Build("lorenz", h =>
    {
        Expr x = h.State("x", initial: 1.0);
        Expr y = h.State("y", initial: 1.0);
        Expr z = h.State("z", initial: 1.0);
        h.Mode("flow").Flow((x, y, z), (10.0 * (y - x), (x * (28.0 - z)) - y, (x * y) - (8.0 / 3.0 * z)));
    });

    /// <summary>A heater that switches off at 22 and on at 18.5; equilibria 30 and 10, rate 0.1.</summary>
    public static HybridAutomaton Thermostat() => HybridAutomaton.Build("thermostat", h =>
    {
        Expr t = h.State("T", initial: 20.0, unit: "degC");
        ModeBuilder on = h.Mode("on").Flow(t, 0.1 * (30.0 - t));
        ModeBuilder off = h.Mode("off").Flow(t, 0.1 * (10.0 - t));
        h.Transition(on, off).Guard(t >= 22.0);
        h.Transition(off, on).Guard(t <= 18.5);
    });

    /// <summary>Arenstorf's orbit of the restricted three-body problem.</summary>
    public static HybridAutomaton Arenstorf() => HybridAutomaton.Build("arenstorf", h =>
    {
        const double Mu = 0.012277471;
        const double Other = 1.0 - Mu;
        Expr x = h.State("x", initial: 0.994);
        Expr y = h.State("y");
        Expr u = h.State("u");
        Expr v = h.State("v", initial: -2.00158510637908252240537862224);
        Expr a = x + Mu;
        Expr b = x - Other;
        Expr y2 = y * y;
        Expr d1 = (a * a) + y2;
        Expr d2 = (b * b) + y2;
        d1 *= Expr.Sqrt(d1);
        d2 *= Expr.Sqrt(d2);
        h.Mode("flow").Flow(
            (x, y, u, v),
            (u, v, x + (2.0 * v) - (Other * a / d1) - (Mu * b / d2), y - (2.0 * u) - (Other * y / d1) - (Mu * y / d2)));
    });

    /// <summary>Seven stars in the plane, star i of mass i: 28 states.</summary>
    public static HybridAutomaton Pleiades() => HybridAutomaton.Build("pleiades", h =>
    {
        double[] start =
        [
            3, 3, -1, -3, 2, -2, 2, 3, -3, 2, 0, 0, -4, 4,
            0, 0, 0, 0, 0, 1.75, -1.5, 0, 0, 0, -1.25, 1, 0, 0,
        ];
        Expr[] s = [.. start.Select((value, i) => h.State($"s{i}", value))];
        var ax = new Expr[7];
        var ay = new Expr[7];
        Array.Fill(ax, Expr.Zero);
        Array.Fill(ay, Expr.Zero);
        for (int i = 0; i < 7; i++)
        {
            for (int j = i + 1; j < 7; j++)
            {
                Expr dx = s[j] - s[i];
                Expr dy = s[7 + j] - s[7 + i];
                Expr r2 = (dx * dx) + (dy * dy);
                Expr w = 1.0 / (r2 * Expr.Sqrt(r2));
                ax[i] += (j + 1.0) * w * dx;
                ay[i] += (j + 1.0) * w * dy;
                ax[j] -= (i + 1.0) * w * dx;
                ay[j] -= (i + 1.0) * w * dy;
            }
        }

        ModeBuilder flow = h.Mode("flow");
        for (int i = 0; i < 14; i++)
        {
            flow.Flow(s[i], s[14 + i]).Flow(s[14 + i], i < 7 ? ax[i] : ay[i - 7]);
        }
    });

    /// <summary>A generator on an infinite bus: a fault at 0.1 s, cleared at 0.3 s.</summary>
    public static HybridAutomaton Swing() => HybridAutomaton.Build("swing", h =>
    {
        (Expr delta, Expr omega) = SwingStates(h);
        Expr damping = h.Parameter("D", 0.02);
        ModeBuilder before = SwingMode(h, "before", 1.8, delta, omega, damping);
        ModeBuilder fault = SwingMode(h, "fault", 0.4, delta, omega, damping);
        ModeBuilder after = SwingMode(h, "after", 1.3, delta, omega, damping);
        h.Transition(before, fault).After(0.1);
        h.Transition(fault, after).After(0.2);
    });

    /// <summary>The same without damping, from the fault on: the angle passes pi, or the speed passes zero first.</summary>
    public static HybridAutomaton Clearing() => HybridAutomaton.Build("clearing", h =>
    {
        (Expr delta, Expr omega) = SwingStates(h);
        Expr clear = h.Parameter("clear", 0.3, "s");
        ModeBuilder fault = SwingMode(h, "fault", 0.4, delta, omega, 0.0);
        ModeBuilder after = SwingMode(h, "after", 1.3, delta, omega, 0.0);
        ModeBuilder lost = h.Mode("lost");
        ModeBuilder stable = h.Mode("stable");
        h.Transition(fault, after).After(clear);
        h.Transition(after, lost).Guard(delta >= Pi);
        h.Transition(after, stable).Guard(omega <= 0.0);
    });

    /// <summary>A boost converter at half duty: on for half a period, then off until the current has run out, then idle.</summary>
    public static HybridAutomaton Boost() => HybridAutomaton.Build("boost", h =>
    {
        Expr i = h.State("i", unit: "A"), v = h.State("v", initial: 12.0, unit: "V");
        Expr source = h.Parameter("Vin", 12.0, "V"), inductance = h.Parameter("L", 1e-4, "H"), capacitance = h.Parameter("C", 1e-4, "F");
        Expr load = h.Parameter("R", 200.0, "Ohm"), period = h.Parameter("T", BoostPeriod, "s");
        ModeBuilder on = h.Mode("on").Flow((i, v), (source / inductance, -v / load / capacitance));
        ModeBuilder off = h.Mode("off").Flow((i, v), ((source - v) / inductance, (i - (v / load)) / capacitance));
        ModeBuilder idle = h.Mode("idle").Flow((i, v), (0.0, -v / load / capacitance));
        h.Transition(on, off).Sampled(period, 0.5 * period);
        h.Transition(off, on).Sampled(period, period);
        h.Transition(idle, on).Sampled(period, period);
        h.Transition(off, idle).Guard(i <= 0.0).Reset(i, 0.0);
    });

    private static (Expr Delta, Expr Omega) SwingStates(AutomatonBuilder h) =>
        (h.State("delta", initial: 0.46055399168132233, unit: "rad"), h.State("omega", unit: "rad/s"));

    private static ModeBuilder SwingMode(
        AutomatonBuilder h, string name, double power, Expr delta, Expr omega, Expr damping)
    {
        const double Inertia = 10.0 / (2.0 * Pi * 60.0);
        return h.Mode(name).Flow(
            (delta, omega), (omega, (0.8 - (power * Expr.Sin(delta)) - (damping * omega)) / Inertia));
    }
}
