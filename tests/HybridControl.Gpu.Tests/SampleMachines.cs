using HybridControl.Ensembles.Machine;
using HybridControl.Symbolics;

namespace HybridControl.Gpu.Tests;

/// <summary>Machines written by hand, so that kernels are tested apart from the compiler of models.</summary>
internal static class SampleMachines
{
    /// <summary>Lorenz with the classical Runge-Kutta method: one program that repeats.</summary>
    public static TrajectoryMachine Lorenz(int steps)
    {
        var b = new MachineBuilder();
        Expr done = b.Register("steps", 0.0);
        Expr[] x = [b.Register("x", 1.0), b.Register("y", 0.0), b.Register("z", 0.0)];
        Expr sigma = b.Register("sigma", 10.0);
        Expr rho = b.Register("rho", 28.0);
        Expr beta = b.Register("beta", 8.0 / 3.0);
        Expr h = b.Register("h", 1e-3);
        Expr[] Flow(Expr[] s) => [sigma * (s[1] - s[0]), (s[0] * (rho - s[2])) - s[1], (s[0] * s[1]) - (beta * s[2])];
        Expr[] At(Expr[] k, Expr c) => [.. x.Select((value, i) => value + (c * k[i]))];
        Expr[] k1 = Flow(x);
        Expr[] k2 = Flow(At(k1, h / 2.0));
        Expr[] k3 = Flow(At(k2, h / 2.0));
        Expr[] k4 = Flow(At(k3, h));
        Expr left = steps - (done + 1.0);
        (string, Expr)[] assign =
        [
            .. x.Select((value, i) => (new[] { "x", "y", "z" }[i], value + (h / 6.0 * (k1[i] + (2.0 * (k2[i] + k3[i])) + k4[i])))),
            ("steps", done + 1.0),
            ("pc", Expr.Select(left > 0.0, 0.0, -1.0)),
        ];
        return b.Program("steps", assign, repeatWhile: left).Build(["rho"], ["x", "y", "z", "steps", "sigma"]);
    }

    /// <summary>A ball that bounces: steps that repeat, a located impact with an event slot, a draw at each impact, an end.</summary>
    public static TrajectoryMachine Ball(int slots, bool noise, double gravity = 9.81)
    {
        var b = new MachineBuilder();
        b.Register("status", 0.0);
        b.Register("mode", 0.0);
        b.Register("steps", 0.0);
        Expr t = b.Register("t", 0.0);
        Expr y = b.Register("y", 1.0);
        Expr v = b.Register("v", 0.0);
        Expr e = b.Register("e", 0.8);
        Expr g = b.Register("g", gravity);
        Expr count = b.Register("count", 0.0);
        Expr gust = b.Register("gust", 0.0);
        int times = b.Array("eventTimes", slots);
        int transitions = b.Array("eventTransitions", slots);
        const double h = 0.01;
        const double end = 3.0;
        Expr next = y + (h * v) - (0.5 * h * h * g);
        Expr inside = Expr.Min(next, end - h - t);
        b.Program(
            "fall",
            [("t", t + h), ("y", next), ("v", v - (h * g)), ("pc", Expr.Select(inside > 0.0, 0.0, Expr.Select(next > 0.0, 2.0, 1.0)))],
            repeatWhile: inside);

        // The ball is below the floor: back along the parabola to y = 0, for the root behind the present time.
        Expr late = (-v - Expr.Sqrt(Expr.Max((v * v) + (2.0 * g * y), 0.0))) / g;
        Expr back = Expr.Abs(late);
        Expr speed = v + (g * back);
        (string, int, string)[] loads = noise ? [("gust", 0, "count")] : [];
        b.Program(
            "bounce",
            [("t", t - back), ("y", 0.0), ("v", -(e * speed) + (0.01 * gust)), ("count", count + 1.0), ("pc", Expr.Select(count >= 50.0, 2.0, 0.0))],
            stores: [(times, count, t - back), (transitions, count, Expr.Constant(0.0) + Expr.Sign(y))],
            loads: loads);
        b.Program("end", [("pc", Expr.Constant(-1.0))]);
        return b.Build(["y", "e"], ["status", "t", "mode", "count", "steps", "y", "v"]);
    }
}
