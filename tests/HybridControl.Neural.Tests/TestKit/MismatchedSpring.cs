using System.Text.Json;
using HybridControl.Estimation;
using HybridControl.Neural.Kpin;
using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>The case <c>kpin_mismatch</c> of estimation.json: a cubic spring with dry friction, and a linear model that knows neither.</summary>
public static class MismatchedSpring
{
    /// <summary>Times at the start of a test trajectory whose errors do not count.</summary>
    public const int Skipped = 10;

    private static readonly JsonElement Case = ReferenceData.Estimation("kpin_mismatch");

    /// <summary>Seconds between measurements.</summary>
    public static double Step => Case.Number("dt");

    /// <summary>Deviation of the process noise of a step, on the speed.</summary>
    public static double ProcessDeviation => Case.GetProperty("params").Number("q");

    /// <summary>Deviation of the measurement noise.</summary>
    public static double MeasurementDeviation => Case.GetProperty("params").Number("r");

    /// <summary>Trajectories to learn from; true states are left out unless asked for.</summary>
    public static KpinProblem Train(bool withStates = false) => Problem("train", withStates);

    /// <summary>Trajectories to judge by, with true states.</summary>
    public static KpinProblem Test() => Problem("test", withStates: true);

    /// <summary>Mean square error in decibels that the reference computed for a baseline.</summary>
    public static double BaselineDecibels(string name) => Case.GetProperty("baselines_on_test").GetProperty(name).Number("mse_dB");

    /// <summary>The linear model, discretised exactly, with a multiple of the true process noise: 100 times makes the best linear filter.</summary>
    /// <remarks>Ten times is what somebody gives who knows that the physics is not complete, and what the networks of the tests begin with.</remarks>
    public static LinearTransition Nominal(double noise = 10.0)
    {
        JsonElement p = Case.GetProperty("params");
        double[,] f = Discretise(p.Number("k"), p.Number("c"), Step);
        return new(f, new[,] { { 0.0, 0.0 }, { 0.0, noise * p.Number("q") * p.Number("q") } });
    }

    /// <summary>What may be corrected: one acceleration, held over a step.</summary>
    public static KpinDesign Design(KpinLevel level, KpinFeatures features) =>
        new(level, features, new[,] { { 0.5 * Step }, { 1.0 } }, 8.0);

    private static KpinProblem Problem(string set, bool withStates) => new(
        Nominal(),
        new LinearMeasurement(new double[,] { { 1, 0 } }, new[,] { { MeasurementDeviation * MeasurementDeviation } }),
        GaussianBelief.FromDeviations([0, 0], [1, 1]),
        [.. Case.GetProperty(set).EnumerateArray().Select((run, i) => Trajectory(run, $"{set} {i}", withStates))]);

    private static KpinTrajectory Trajectory(JsonElement run, string name, bool withStates)
    {
        double[] z = run.Vector("y");
        return new()
        {
            Name = name,
            Times = [.. Enumerable.Range(1, z.Length).Select(k => k * Step)],
            Measurements = [.. z],
            States = withStates ? [.. run.Flat("X")] : [],
        };
    }

    // exp(A h) of x'' = -k x - c x' in closed form: w^2 = k - c^2 / 4.
    private static double[,] Discretise(double k, double c, double h)
    {
        double w = Math.Sqrt(k - (0.25 * c * c));
        double decay = Math.Exp(-0.5 * c * h);
        (double sine, double cosine) = Math.SinCos(w * h);
        double s = sine / w;
        return new[,]
        {
            { decay * (cosine + (0.5 * c * s)), decay * s },
            { -k * decay * s, decay * (cosine - (0.5 * c * s)) },
        };
    }

    /// <summary>Trajectories of the true spring from other starts and with other sensors than those of the reference.</summary>
    /// <param name="count">Number of trajectories of 60 steps.</param>
    /// <param name="amplitude">Largest position and speed at the start, drawn evenly; about 1.4 in the reference.</param>
    /// <param name="sensorNoise">Deviation of the measurement noise; the model still has that of the reference.</param>
    /// <param name="bias">Added to every measurement.</param>
    /// <param name="seed">Seed of starts and noise.</param>
    public static KpinProblem Simulate(int count, double amplitude, double sensorNoise, double bias, ulong seed)
    {
        KpinProblem problem = Test();
        return problem with { Trajectories = [.. Enumerable.Range(0, count).Select(i => Run(i, new NormalDraws(seed, i), $"run {i}"))] };

        KpinTrajectory Run(int run, NormalDraws draws, string name)
        {
            const int steps = 60;
            double Even(int draw) => amplitude * ((2.0 * Philox4x32.Uniform(seed, run, 1, draw)) - 1.0);
            double[] x = [Even(0), Even(1)];
            var z = new double[steps];
            var states = new double[2 * steps];
            for (int k = 0; k < steps; k++)
            {
                Move(x);
                x[1] += ProcessDeviation * draws.Next();
                x.CopyTo(states, 2 * k);
                z[k] = x[0] + bias + (sensorNoise * draws.Next());
            }

            return new() { Name = name, Times = [.. Enumerable.Range(1, steps).Select(k => k * Step)], Measurements = [.. z], States = [.. states] };
        }
    }

    // One step of the truth: the classical rule of order four in twenty parts.
    private static void Move(double[] x)
    {
        JsonElement p = Case.GetProperty("params");
        (double k, double cubic, double c, double friction) = (p.Number("k"), p.Number("k3"), p.Number("c"), p.Number("fc"));
        double h = Step / 20.0;
        (double X, double V) Rate(double position, double speed) =>
            (speed, (-k * position) - (cubic * position * position * position) - (c * speed) - (friction * Math.Tanh(20.0 * speed)));
        for (int i = 0; i < 20; i++)
        {
            (double X, double V) a = Rate(x[0], x[1]);
            (double X, double V) b = Rate(x[0] + (0.5 * h * a.X), x[1] + (0.5 * h * a.V));
            (double X, double V) d = Rate(x[0] + (0.5 * h * b.X), x[1] + (0.5 * h * b.V));
            (double X, double V) e = Rate(x[0] + (h * d.X), x[1] + (h * d.V));
            x[0] += h / 6.0 * (a.X + (2.0 * b.X) + (2.0 * d.X) + e.X);
            x[1] += h / 6.0 * (a.V + (2.0 * b.V) + (2.0 * d.V) + e.V);
        }
    }
}
