using HybridControl.Numerics;

namespace HeartSurface;

/// <summary>One beat as it is known to the judge (potentials, origin) and to estimators (electrodes).</summary>
/// <param name="Origin">Where it began, as a fraction of the circumference.</param>
/// <param name="Potentials">Potentials on the heart, one row for each sample.</param>
/// <param name="Electrodes">What the electrodes measured, one row for each sample.</param>
public sealed record Beat(double Origin, double[][] Potentials, double[][] Electrodes)
{
    /// <summary>Beats from random origins.</summary>
    public static Beat[] Draw(HeartRing ring, double[,] conductor, HeartStudy study, int count, ulong seed)
    {
        var beats = new Beat[count];
        for (int b = 0; b < count; b++)
        {
            double origin = Philox4x32.Uniform(seed, b, 0, 0);
            double[][] potentials = ring.Beat(origin, study.Step, study.Samples);
            long draw = 0;
            double[][] electrodes =
            [
                .. potentials.Select(x => Enumerable.Range(0, conductor.GetLength(0)).Select(i =>
                    x.Select((value, j) => conductor[i, j] * value).Sum() + (study.Noise * Gauss(seed, b, ref draw))).ToArray()),
            ];
            beats[b] = new Beat(origin, potentials, electrodes);
        }

        return beats;
    }

    // Box and Muller's method.
    private static double Gauss(ulong seed, long beat, ref long draw)
    {
        double radius = Math.Sqrt(-2.0 * Math.Log(Philox4x32.Uniform(seed, beat, 1, draw)));
        return radius * Math.Cos(2.0 * Math.PI * Philox4x32.Uniform(seed, beat, 2, draw++));
    }
}
