using HybridControl.Automata;
using HybridControl.Simulation;

namespace HybridControl.Plotting.Tests;

/// <summary>Trajectories that look like those of real models, in closed form.</summary>
internal static class SampleRuns
{
    public static HybridAutomaton BallModel { get; } = HybridAutomaton.Build("bouncing ball", h =>
    {
        var y = h.State("y", initial: 10, unit: "m");
        var v = h.State("v", unit: "m/s");
        var (g, e) = (h.Parameter("g", 9.81, "m/s^2"), h.Parameter("e", 0.8));
        var fall = h.Mode("fall").Flow((y, v), (v, -g)).Invariant(y >= 0);
        h.Transition(fall, fall).Guard(y <= 0 & v < 0).Reset(v, -e * v);
    });

    /// <summary>A ball from 10 m, restitution 0.8; its bounces accumulate at 12.85 s.</summary>
    public static Trajectory Ball(double until = 12)
    {
        const double g = 9.81;
        var run = new SyntheticRun(BallModel);
        (double start, double y0, double v0) = (0, 10, 0);
        while (start < until)
        {
            double landing = start + ((v0 + Math.Sqrt((v0 * v0) + (2 * g * y0))) / g);
            (double s, double y, double v) = (start, y0, v0);
            run.Segment(
                "fall", start, Math.Min(landing, until), t => y + (v * (t - s)) - (g / 2 * (t - s) * (t - s)), t => v - (g * (t - s)));
            (v0, y0, start) = (-0.8 * (v0 - (g * (landing - start))), 0, landing);
        }

        return run.ToTrajectory();
    }

    public static Trajectory Thermostat(int switches = 20)
    {
        HybridAutomaton model = HybridAutomaton.Build("thermostat", h =>
        {
            var temperature = h.State("T", initial: 20, unit: "degC");
            var off = h.Mode("off").Flow(temperature, -0.1 * temperature);
            var on = h.Mode("on").Flow(temperature, 0.1 * (30 - temperature));
            h.Transition(off, on).Guard(temperature <= 19);
            h.Transition(on, off).Guard(temperature >= 21);
        });
        var run = new SyntheticRun(model);
        double start = 0;
        for (int i = 0; i <= switches; i++)
        {
            bool on = i % 2 == 1;
            double from = on ? 19 : i == 0 ? 20 : 21;
            double length = on ? 10 * Math.Log(11.0 / 9) : 10 * Math.Log(from / 19);
            double s = start;
            run.Segment(
                on ? "on" : "off",
                start,
                start + length,
                t => on ? 30 - ((30 - from) * Math.Exp(-0.1 * (t - s))) : from * Math.Exp(-0.1 * (t - s)));
            start += length;
        }

        return run.ToTrajectory();
    }

    /// <summary>Five modes with long names; states of four units; angles that share a panel.</summary>
    public static Trajectory Flight()
    {
        string[] modes = ["vertical take-off", "transition to wing-borne flight", "cruise", "approach", "hover and land"];
        HybridAutomaton model = HybridAutomaton.Build("tilt-rotor sortie", h =>
        {
            _ = h.State("altitude", unit: "m");
            _ = h.State("airspeed", unit: "m/s");
            _ = h.State("pitch", unit: "deg");
            _ = h.State("roll", unit: "deg");
            _ = h.State("nacelle", unit: "deg");
            _ = h.State("fuel flow", unit: "kg/s");
            foreach (string mode in modes)
            {
                h.Mode(mode);
            }
        });
        double[] times = [0, 12, 20, 120, 165, 180];
        double Altitude(double t) => t < 20 ? 4 * t : t < 120 ? 80 + (20 * Math.Sin((t - 20) * Math.PI / 25)) : Math.Max(0, 80 - ((t - 120) * 1.35));
        double Airspeed(double t) => t < 12 ? 1 : t < 20 ? 1 + (5.5 * (t - 12)) : t < 120 ? 45 + Math.Cos(t / 5) : Math.Max(0, 46 - ((t - 120) * 0.9));
        var run = new SyntheticRun(model, 200);
        for (int i = 0; i < modes.Length; i++)
        {
            double flow = 0.0021 * (1 + (i % 3));
            double nacelle = i is 0 or 4 ? 90 : i == 2 ? 0 : 45;
            run.Segment(
                modes[i],
                times[i],
                times[i + 1],
                Altitude,
                Airspeed,
                t => 6 * Math.Sin(t / 7),
                t => 25 * Math.Sin(t / 23),
                _ => nacelle,
                t => flow + (0.0001 * Math.Sin(t)));
        }

        return run.ToTrajectory();
    }

    /// <summary>One mode and no jump.</summary>
    public static Trajectory Pendulum(double until = 20)
    {
        HybridAutomaton model = HybridAutomaton.Build("pendulum", h =>
        {
            _ = h.State("theta", unit: "rad");
            _ = h.State("omega", unit: "rad/s");
            h.Mode("swing");
        });
        return new SyntheticRun(model, 2000)
            .Segment("swing", 0, until, t => Math.Exp(-0.1 * t) * Math.Cos(2 * t), t => -2 * Math.Exp(-0.1 * t) * Math.Sin(2 * t))
            .ToTrajectory();
    }

    /// <summary>A converter whose current ripples and whose voltage jumps at each switch.</summary>
    public static Trajectory Converter(int jumps = 2000)
    {
        HybridAutomaton model = HybridAutomaton.Build("buck converter", h =>
        {
            _ = h.State("i_L", unit: "A");
            _ = h.State("v_sw", unit: "V");
            h.Mode("conducting");
            h.Mode("blocking");
        });
        var run = new SyntheticRun(model, 4);
        double period = 2e-5;
        double start = 0;
        for (int i = 0; i <= jumps; i++)
        {
            bool on = i % 2 == 0;
            double duty = 0.25 + (0.5 * i / jumps);
            double length = period * (on ? duty : 1 - duty);
            double s = start;
            static double Mean(double t) => 5 * (1 - Math.Exp(-t / 0.004)) * (1 + (0.2 * Math.Sin(t * 700)));
            run.Segment(
                on ? "conducting" : "blocking",
                start,
                start + length,
                t => Mean(t) + (on ? 0.3 * (t - s) / length : 0.3 - (0.3 * (t - s) / length)),
                _ => on ? 12 : -0.7);
            start += length;
        }

        return run.ToTrajectory();
    }

    /// <summary>Two water tanks with a guard on both levels.</summary>
    public static Trajectory Tanks()
    {
        HybridAutomaton model = HybridAutomaton.Build("two tanks", h =>
        {
            var left = h.State("h1", unit: "m");
            var right = h.State("h2", unit: "m");
            var limit = h.Parameter("limit", 0.9);
            var fill = h.Mode("fill left");
            var drain = h.Mode("fill right");
            h.Transition(fill, drain).Guard((left * left) + (right * right) >= limit | right >= 0.62);
            h.Transition(drain, fill).Guard(left <= 0.35 | right - (2 * left) >= 0);
        });
        var run = new SyntheticRun(model);
        double start = 0;
        for (int i = 0; i < 7; i++)
        {
            double s = start;
            bool fill = i % 2 == 0;
            run.Segment(
                fill ? "fill left" : "fill right",
                start,
                start + 3,
                t => 0.6 + (fill ? 0.09 * (t - s) : 0.27 - (0.09 * (t - s))) + (0.01 * i),
                t => 0.5 + (0.08 * Math.Sin((t - s) / 3 * Math.PI) * (fill ? -1 : 1)) + (0.02 * i * (fill ? 1 : 0.5)));
            start += 3;
        }

        return run.ToTrajectory();
    }
}
