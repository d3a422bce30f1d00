using HybridControl.Automata;
using HybridControl.Serialization;
using HybridControl.Symbolics;

namespace HybridControl.Benchmarks.Location;

/// <summary>Ten models whose guards range from one coordinate to transcendental functions of six states.</summary>
internal static class LocationProblems
{
    public static IEnumerable<LocationProblem> All =>
    [
        new("bouncing ball, y", Ball(), 2000.0),
        new("Lorenz, z = 27", Lorenz(), 200.0),
        new("Van der Pol mu = 5, x = 0", VanDerPol(), 2000.0),
        new("pendulum, wall through sin", Pendulum(), 500.0),
        new("aircraft, 4 transcendental guards", Aircraft(), 2000.0),
        new("thermostat, two modes", Thermostat(), 2000.0),
        FromFile("pressure-relief-valve", 50.0),
        FromFile("keller-miksis", 10.0),
        FromFile("batch-yield", 7200.0),
        FromFile("load-shedding", 5.0),
    ];

    private static LocationProblem FromFile(string name, double until) =>
        new(name, ModelFile.Load(Path.Combine(Folder(), $"{name}.json")), until);

    private static string Folder()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !Directory.Exists(Path.Combine(folder, "models")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder ?? throw new DirectoryNotFoundException("models"), "models");
    }

    // Elastic, so that it bounces for as long as the run is to be.
    private static HybridAutomaton Ball() => HybridAutomaton.Build("ball", h =>
    {
        Expr y = h.State("y", initial: 1.0), v = h.State("v");
        ModeBuilder fall = h.Mode("fall").Flow((y, v), (v, -9.81));
        h.Transition(fall, fall, "bounce").Guard(y <= 0.0 & v < 0.0).Reset(v, -v);
    });

    private static HybridAutomaton Lorenz() => HybridAutomaton.Build("lorenz", h =>
    {
        Expr x = h.State("x", initial: 1.0), y = h.State("y", initial: 1.0), z = h.State("z", initial: 1.0);
        ModeBuilder m = h.Mode("m").Flow((x, y, z), (10.0 * (y - x), (x * (28.0 - z)) - y, (x * y) - (8.0 / 3.0 * z)));
        h.Transition(m, m, "section").Guard(z >= 27.0).Edge();
    });

    private static HybridAutomaton VanDerPol() => HybridAutomaton.Build("van der Pol", h =>
    {
        Expr x = h.State("x", initial: 2.0), y = h.State("y");
        ModeBuilder m = h.Mode("m").Flow((x, y), (y, (5.0 * (1.0 - (x * x)) * y) - x));
        h.Transition(m, m, "section").Guard(x >= 0.0).Edge();
    });

    // A rod that strikes a wall at sin(angle) = 0.7.
    private static HybridAutomaton Pendulum() => HybridAutomaton.Build("pendulum", h =>
    {
        Expr a = h.State("a", initial: -1.2), w = h.State("w");
        ModeBuilder m = h.Mode("m").Flow((a, w), (w, -9.81 * Expr.Sin(a)));
        h.Transition(m, m, "wall").Guard(Expr.Sin(a) >= 0.7 & w > 0.0).Reset(w, -w);
    });

    // A point-mass aircraft in a weave; limits of load factor, bank, dynamic pressure and a beacon's bearing are watched.
    private static HybridAutomaton Aircraft() => HybridAutomaton.Build("aircraft", h =>
    {
        Expr v = h.State("v", initial: 80.0), gamma = h.State("gamma"), chi = h.State("chi");
        Expr north = h.State("north"), east = h.State("east"), height = h.State("h", initial: 1000.0);
        Expr bank = 0.6 * Expr.Sin(0.2 * h.Time);
        Expr density = 1.225 * Expr.Exp(-height / 8500.0);
        Expr lift = 1.02 + (0.05 * Expr.Sin(0.31 * h.Time));
        ModeBuilder m = h.Mode("m")
            .Flow(v, 9.81 * (0.11 - (0.11 * density * v * v / 7840.0) - Expr.Sin(gamma)))
            .Flow(gamma, (9.81 / v * ((lift * Expr.Cos(bank)) - Expr.Cos(gamma))) - (0.05 * gamma))
            .Flow(chi, 9.81 * lift * Expr.Sin(bank) / (v * Expr.Cos(gamma)))
            .Flow(north, v * Expr.Cos(gamma) * Expr.Cos(chi))
            .Flow(east, v * Expr.Cos(gamma) * Expr.Sin(chi))
            .Flow(height, (v * Expr.Sin(gamma)) - (0.02 * (height - 1000.0)));
        h.Transition(m, m, "pressure").Guard(density * v * v >= 12000.0).Edge();
        h.Transition(m, m, "climb").Guard(v * Expr.Sin(gamma) >= 30.0).Edge();
        h.Transition(m, m, "bearing").Guard(Expr.Cos(chi) * Expr.Cos(gamma) <= -0.999).Edge();
        h.Transition(m, m, "load").Guard(lift / Expr.Cos(bank) >= 1.6).Edge();
    });

    private static HybridAutomaton Thermostat() => HybridAutomaton.Build("thermostat", h =>
    {
        Expr t = h.State("T", initial: 20.0);
        ModeBuilder on = h.Mode("on").Flow(t, 0.1 * (30.0 - t)), off = h.Mode("off").Flow(t, 0.1 * (10.0 - t));
        h.Transition(on, off, "off").Guard(t >= 22.0);
        h.Transition(off, on, "on").Guard(t <= 18.5);
    });
}
