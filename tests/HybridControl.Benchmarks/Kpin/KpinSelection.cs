using HybridControl.Estimation;
using HybridControl.Neural.Kpin;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Benchmarks.Kpin;

/// <summary>Picks the nominal process noise and the weight on noise factors from the training trajectories alone.</summary>
/// <remarks>
/// Four folds: trajectory i is held out in fold i mod 4. A setting is judged by the mean of -log p per measurement over the held-out
/// trajectories. Those whose difference from the lowest, taken trajectory by trajectory, is within one standard error are equals;
/// among equals the one is chosen whose held-out NIS is nearest to 1. Held-out NEES needs the true states; it is shown and chooses nothing.
/// </remarks>
internal static class KpinSelection
{
    private const int Folds = 4;

    /// <summary>A setting and what it scores on held-out trajectories, in the order of the trajectories.</summary>
    internal sealed record Candidate(double Noise, double Weight, IReadOnlyList<KpinScore> HeldOut)
    {
        public double NegativeLogLikelihood => HeldOut.Average(score => score.NegativeLogLikelihood);

        public double NormalizedInnovation => HeldOut.Average(score => score.NormalizedInnovation);

        public double NormalizedError => HeldOut.Average(score => score.NormalizedError);

        public KpinLoss Loss => new() { NoiseScale = Weight };

        /// <summary>Mean difference from another in -log p per measurement, and its standard error over the trajectories.</summary>
        public (double Mean, double Error) Behind(Candidate other)
        {
            double[] differences =
                [.. HeldOut.Zip(other.HeldOut, (mine, its) => mine.NegativeLogLikelihood - its.NegativeLogLikelihood)];
            double mean = differences.Average();
            double variance = differences.Sum(value => (value - mean) * (value - mean)) / (differences.Length - 1);
            return (mean, Math.Sqrt(variance / differences.Length));
        }
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
        Candidate lowest = grid.MinBy(one => one.NegativeLogLikelihood)!;
        Candidate chosen = grid.Where(one => IsEqual(one, lowest)).MinBy(one => Math.Abs(one.NormalizedInnovation - 1.0))!;
        Console.WriteLine("| Q of the model | weight on noise factors | held-out -log p | behind the lowest | its standard error | held-out NIS | held-out NEES, not used | |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (Candidate one in grid)
        {
            (double mean, double error) = one.Behind(lowest);
            string mark = one == chosen ? "chosen" : IsEqual(one, lowest) ? "equal" : "";
            Console.WriteLine(FormattableString.Invariant(
                $"| x {one.Noise} | {one.Weight} | {one.NegativeLogLikelihood:F4} | {mean:F4} | {error:F4} | {one.NormalizedInnovation:F3} | {one.NormalizedError:F2} | {mark} |"));
        }

        Console.WriteLine();
        return chosen;
    }

    private static bool IsEqual(Candidate one, Candidate lowest)
    {
        (double mean, double error) = one.Behind(lowest);
        return mean <= error;
    }

    private static Candidate Judge(double noise, double weight, int iterations)
    {
        KpinProblem all = MismatchedSpring.Train() with { Transition = MismatchedSpring.Nominal(noise) };
        KpinProblem judged = all with { Trajectories = MismatchedSpring.Train(withStates: true).Trajectories };
        var scores = new KpinScore[all.Trajectories.Count];
        for (int fold = 0; fold < Folds; fold++)
        {
            KpinProblem seen = all with { Trajectories = [.. all.Trajectories.Where((_, i) => i % Folds != fold)] };
            KpinNetwork network = KpinSuite.Train(
                seen, KpinLevel.ResidualAndNoise, KpinInputs.None, new() { NoiseScale = weight }, seed: 1, iterations);
            for (int i = fold; i < scores.Length; i += Folds)
            {
                scores[i] = KpinScore.Of(judged with { Trajectories = [judged.Trajectories[i]] }, network, MismatchedSpring.Skipped);
            }
        }

        return new(noise, weight, scores);
    }
}
