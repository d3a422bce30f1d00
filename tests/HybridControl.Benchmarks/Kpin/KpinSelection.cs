using HybridControl.Neural.Kpin;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Benchmarks.Kpin;

/// <summary>Picks the nominal process noise and the weight on noise factors from the training measurements alone.</summary>
/// <remarks>
/// Every setting is trained and calibrated by <see cref="KpinTraining.Fit"/>; the one with the lowest <see cref="KpinFit.Foresight"/> is
/// taken. True states are not given.
/// </remarks>
internal static class KpinSelection
{
    /// <summary>A setting and how its training went.</summary>
    internal sealed record Candidate(double Noise, double Weight, KpinFit Fit)
    {
        public KpinLoss Loss => new() { NoiseScale = Weight };
    }

    /// <summary>Judges the grid, prints its table and returns the choice.</summary>
    public static Candidate Run(int iterations)
    {
        Candidate[] grid =
        [
            .. from noise in new[] { 1.0, 10.0, 100.0 }
               from weight in new[] { 0.0, 0.001, 0.01, 0.1 }
               select Judge(noise, weight, iterations),
        ];
        Candidate chosen = grid.MinBy(one => one.Fit.Foresight)!;
        Console.WriteLine("| Q of the model | weight on noise factors | factor of process noise | of measurement noise | held-out -log p, 1 to 10 steps ahead | 1 step ahead | held-out NIS | |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (Candidate one in grid)
        {
            KpinScore score = one.Fit.HeldOut!;
            Console.WriteLine(FormattableString.Invariant(
                $"| x {one.Noise} | {one.Weight} | {one.Fit.Network.Design.ProcessFactor:F2} | {one.Fit.Network.Design.MeasurementFactor:F2} | {one.Fit.Foresight:F4} | {score.NegativeLogLikelihood:F4} | {score.NormalizedInnovation:F3} | {(one == chosen ? "chosen" : "")} |"));
        }

        Console.WriteLine();
        return chosen;
    }

    private static Candidate Judge(double noise, double weight, int iterations)
    {
        var setting = new KpinSetting(MismatchedSpring.Train() with { Transition = MismatchedSpring.Nominal(noise) })
        {
            Loss = new() { NoiseScale = weight },
            Iterations = iterations,
        };
        return new(noise, weight, setting.Fit(seed: 1));
    }
}
