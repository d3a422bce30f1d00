using HybridControl.Estimation;
using HybridControl.Neural.Kpin;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Benchmarks.Kpin;

/// <summary>What calibration does to NEES on other data of the same spring, drawn anew: measurements to learn from, states to judge by.</summary>
internal static class KpinCalibrationStudy
{
    private const double Amplitude = 1.5;

    /// <summary>Prints a row for each nominal noise and level.</summary>
    public static void Run(int sets, int iterations)
    {
        Console.WriteLine("| network | NEES as trained, each set | NEES calibrated, each set | MSE in dB as trained, median | calibrated, median |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach ((KpinLevel level, double noise) in new[]
        {
            (KpinLevel.ResidualAndNoise, 1.0), (KpinLevel.ResidualAndNoise, 10.0), (KpinLevel.ResidualAndNoise, 100.0), (KpinLevel.Residual, 10.0),
        })
        {
            Row(level, noise, sets, iterations);
        }
    }

    private static void Row(KpinLevel level, double noise, int sets, int iterations)
    {
        var bare = new List<KpinScore>();
        var calibrated = new List<KpinScore>();
        for (int set = 0; set < sets; set++)
        {
            KpinProblem train = Blind(Draw(24, noise, (ulong)(1000 + set)));
            KpinProblem judge = Draw(40, noise, (ulong)(5000 + set));
            KpinNetwork network = new KpinSetting(train) { Level = level, Iterations = iterations }.Fit(seed: 1).Network;
            calibrated.Add(KpinScore.Of(judge, network, MismatchedSpring.Skipped));
            bare.Add(KpinScore.Of(
                judge, network.With(network.Design with { ProcessFactor = 1.0, MeasurementFactor = 1.0 }), MismatchedSpring.Skipped));
        }

        Console.WriteLine(FormattableString.Invariant(
            $"| {level}, Q x {noise} | {Each(bare)} | {Each(calibrated)} | {Decibels(bare):F2} | {Decibels(calibrated):F2} |"));
    }

    private static KpinProblem Draw(int runs, double noise, ulong seed) =>
        MismatchedSpring.Simulate(runs, Amplitude, MismatchedSpring.MeasurementDeviation, 0.0, seed) with { Transition = MismatchedSpring.Nominal(noise) };

    private static KpinProblem Blind(KpinProblem problem) =>
        problem with { Trajectories = [.. problem.Trajectories.Select(run => run with { States = [] })] };

    private static string Each(IEnumerable<KpinScore> scores) =>
        string.Join(", ", scores.Select(score => FormattableString.Invariant($"{score.NormalizedError:F2}")));

    private static double Decibels(IEnumerable<KpinScore> scores) => KpinSuite.Median(scores.Select(score => score.Decibels));
}
