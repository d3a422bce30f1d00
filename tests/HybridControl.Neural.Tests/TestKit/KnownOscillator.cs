using System.Numerics;
using HybridControl.Neural.Identification;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>x'' = w^2 (u - x) - 2 zeta w x', sampled exactly with held inputs: position and, if asked for, speed are measured.</summary>
internal sealed record KnownOscillator(double Frequency, double Damping)
{
    /// <summary>Seconds between samples.</summary>
    public double Period { get; init; } = 0.1;

    /// <summary>Deviation of the noise of a measurement.</summary>
    public double Noise { get; init; }

    /// <summary>Deviation of an acceleration that is drawn anew for each sample.</summary>
    public double Disturbance { get; init; }

    /// <summary>Whether the speed is measured too.</summary>
    public bool MeasuresSpeed { get; init; }

    /// <summary>The upper pole.</summary>
    public Complex Pole => new(-Damping * Frequency, Frequency * Math.Sqrt(1.0 - (Damping * Damping)));

    /// <summary>An experiment with an input that jumps at random between -1 and 1 every few samples.</summary>
    public IdentificationData Simulate(int rows, ulong seed, int runs = 1, double amplitude = 1.0) => new(
        ["u"],
        MeasuresSpeed ? ["x", "v"] : ["x"],
        Period,
        [.. Enumerable.Range(0, runs).Select(run => Run(rows, new NormalDraws(seed, run), $"run {run}", amplitude))]);

    private IdentificationRun Run(int rows, NormalDraws draws, string name, double amplitude)
    {
        (double x, double v) = (draws.Next(), draws.Next());
        double u = 0.0;
        var inputs = new List<double>();
        var outputs = new List<double>();
        for (int k = 0; k < rows; k++)
        {
            // The row holds the state at its time and the input from then on.
            u = k % 4 == 0 ? amplitude * Math.Sign(draws.Next()) : u;
            inputs.Add(u);
            outputs.Add(x + (Noise * draws.Next()));
            if (MeasuresSpeed)
            {
                outputs.Add(v + (Noise * draws.Next()));
            }

            (x, v) = Step(x, v, u + (Disturbance * draws.Next()));
        }

        return new(name, [.. inputs], [.. outputs]);
    }

    // In closed form: a decaying turn about the rest point (u, 0).
    public (double X, double V) Step(double x, double v, double u)
    {
        (double a, double w) = (Damping * Frequency, Pole.Imaginary);
        (double sine, double cosine) = Math.SinCos(w * Period);
        double decay = Math.Exp(-a * Period);
        double d = x - u;
        double next = decay * ((d * cosine) + ((v + (a * d)) / w * sine));
        double speed = decay * ((v * cosine) - (((a * v) + (Frequency * Frequency * d)) / w * sine));
        return (u + next, speed);
    }
}
