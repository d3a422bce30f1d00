using System.Diagnostics;
using System.Globalization;
using HybridControl.Estimation;
using HybridControl.Neural.Kpin;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Training;

namespace HybridControl.Benchmarks.Kpin;

/// <summary>How a network is chosen for the mismatched spring, what it gains, what it costs, and what becomes of it far from its training.</summary>
internal static class KpinSuite
{
    private const double TunedNoise = 100.0;

    private static readonly KpinProblem Test = MismatchedSpring.Test();

    /// <summary>Runs the study and prints its tables: [--seeds 5] [--iterations 350] [--only choice|sets|variants|far].</summary>
    public static int Run(string[] arguments)
    {
        int seeds = Number(arguments, "--seeds", 5);
        int iterations = Number(arguments, "--iterations", 350);
        int at = Array.IndexOf(arguments, "--only");
        string only = at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : "";
        if (only is "" or "choice")
        {
            Chosen(KpinSelection.Run(iterations), seeds, iterations);
        }

        if (only is "" or "sets")
        {
            KpinCalibrationStudy.Run(sets: 6, iterations);
        }

        if (only is "" or "variants")
        {
            Variants(seeds, iterations);
        }

        if (only is "" or "far")
        {
            Far(iterations);
        }

        return 0;
    }

    private static void Chosen(KpinSelection.Candidate chosen, int seeds, int iterations)
    {
        Head();
        foreach (double noise in new[] { 1.0, 10.0, 100.0, 400.0, 1600.0 })
        {
            KpinScore score = KpinScore.Of(Test, run => Linear(run, noise), MismatchedSpring.Skipped);
            Row($"linear Kalman filter, Q x {noise}", [score], 0.0);
        }

        Console.WriteLine(Invariant($"| extended filter that knows the truth (reference) | {MismatchedSpring.BaselineDecibels("oracle_ekf"):F2} | {MismatchedSpring.BaselineDecibels("oracle_ekf"):F2} |  |  |  |  |"));
        var setting = new KpinSetting(MismatchedSpring.Train() with { Transition = MismatchedSpring.Nominal(chosen.Noise) })
        {
            Loss = chosen.Loss,
            Iterations = iterations,
        };
        string what = Invariant($"chosen without the test trajectories (Q x {chosen.Noise}, weight {chosen.Weight})");
        Study($"**KPIN, {what}**", setting, seeds);
        Study("the same without calibration", setting, seeds, calibrate: false);
    }

    private static void Variants(int seeds, int iterations)
    {
        Head();
        var given = new KpinSetting(MismatchedSpring.Train()) { Iterations = iterations };
        foreach (KpinLevel level in Enum.GetValues<KpinLevel>())
        {
            Study($"KPIN, {level}", given with { Level = level }, seeds);
        }

        Study("KPIN, + overshooting", given with { Loss = new() { Overshoot = 0.3 } }, seeds);
        Study("KPIN, sees innovations too", given with { Inputs = KpinInputs.Innovation | KpinInputs.Correction }, seeds);
        Study(
            "KPIN, on true states",
            given with { Train = MismatchedSpring.Train(withStates: true), Loss = new() { Innovation = 0.0, State = 1.0 } }, seeds);
        LearnedGain(seeds, iterations);
        Console.WriteLine();
    }

    private static void Head()
    {
        Console.WriteLine("| estimator | MSE in dB, each seed | median dB | NEES, each seed | median NEES | median -log p per measurement | s per network |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
    }

    private static KalmanFilter Linear(KpinTrajectory run, double noise) =>
        new(MismatchedSpring.Nominal(noise), Test.Sensor, Test.Initial, run.Start);

    private static void Study(string name, KpinSetting setting, int seeds, bool calibrate = true)
    {
        var watch = Stopwatch.StartNew();
        KpinNetwork[] networks =
            [.. Enumerable.Range(1, seeds).Select(seed => calibrate ? setting.Fit((ulong)seed).Network : setting.Bare((ulong)seed))];
        double seconds = watch.Elapsed.TotalSeconds / seeds;
        KpinProblem test = Test with { Transition = setting.Train.Transition };
        Row(name, [.. networks.Select(network => KpinScore.Of(test, network, MismatchedSpring.Skipped))], seconds);
    }

    private static void LearnedGain(int seeds, int iterations)
    {
        KpinProblem train = MismatchedSpring.Train(withStates: true);
        var watch = Stopwatch.StartNew();
        var decibels = new List<double>();
        for (int seed = 1; seed <= seeds; seed++)
        {
            var network = new KalmanNet(2, 1, 32, (ulong)seed);
            network.Train(train, new Trainer { Iterations = iterations });
            var squares = new List<double>();
            foreach (KpinTrajectory run in Test.Trajectories)
            {
                double[] states = network.Run(Test, run);
                squares.AddRange(states.Zip(run.States, (a, b) => (a - b) * (a - b)).Skip(2 * MismatchedSpring.Skipped));
            }

            decibels.Add(10.0 * Math.Log10(2.0 * squares.Average()));
        }

        double seconds = watch.Elapsed.TotalSeconds / seeds;
        Console.WriteLine(Invariant($"| learned gain (KalmanNet), on true states | {Each(decibels)} | {Median(decibels):F2} | none | none | none | {seconds:F1} |"));
    }

    private static void Far(int iterations)
    {
        KpinNetwork guarded = new KpinSetting(MismatchedSpring.Train()) { Iterations = iterations }.Fit(seed: 1).Network;
        Console.WriteLine("| 20 runs of 60 steps | filter dB | KPIN dB | supervised dB | filter log p | KPIN gain | supervised gain | worst run | least it may be | mean trust |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        Far("as in training", guarded, 1.4, 0.1, 0.0);
        Far("twice the amplitude", guarded, 2.8, 0.1, 0.0);
        Far("a fifth of the amplitude", guarded, 0.28, 0.1, 0.0);
        Far("sensor noise x 4", guarded, 1.4, 0.4, 0.0);
        Far("sensor noise / 4", guarded, 1.4, 0.025, 0.0);
        Far("sensor off by 0.5", guarded, 1.4, 0.1, 0.5);
    }

    private static void Far(string name, KpinNetwork network, double amplitude, double noise, double bias)
    {
        KpinProblem far = MismatchedSpring.Simulate(20, amplitude, noise, bias, seed: 77);
        KpinScore linear = KpinScore.Of(far, run => Linear(run, TunedNoise), MismatchedSpring.Skipped);
        KpinScore alone = KpinScore.Of(far, network, MismatchedSpring.Skipped);
        var trust = new List<double>();
        var gains = new List<double>();
        double bound = 0.0;
        SupervisedKpin pair = null!;
        KpinScore supervised = KpinScore.Of(
            far,
            run =>
            {
                Note();
                return pair = new SupervisedKpin(Linear(run, TunedNoise), far.Start(network, run));
            },
            MismatchedSpring.Skipped);
        Note();
        Console.WriteLine(Invariant(
            $"| {name} | {linear.Decibels:F2} | {alone.Decibels:F2} | {supervised.Decibels:F2} | {-linear.NegativeLogLikelihood:F3} | {linear.NegativeLogLikelihood - alone.NegativeLogLikelihood:F3} | {linear.NegativeLogLikelihood - supervised.NegativeLogLikelihood:F3} | {gains.Min():F2} | {-bound:F2} | {trust.Average():F2} |"));

        void Note()
        {
            if (pair is not null)
            {
                gains.Add(pair.TotalGain);
                trust.Add(pair.Trust);
                bound = pair.RegretBound;
            }
        }
    }

    private static void Row(string name, IReadOnlyList<KpinScore> scores, double seconds)
    {
        string time = seconds > 0.0 ? Invariant($"{seconds:F1}") : "";
        double[] decibels = [.. scores.Select(score => score.Decibels)];
        double[] nees = [.. scores.Select(score => score.NormalizedError)];
        Console.WriteLine(Invariant(
            $"| {name} | {Each(decibels)} | {Median(decibels):F2} | {Each(nees)} | {Median(nees):F2} | {Median(scores.Select(score => score.NegativeLogLikelihood)):F4} | {time} |"));
    }

    private static string Each(IEnumerable<double> values) => string.Join(", ", values.Select(value => Invariant($"{value:F2}")));

    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return 0.5 * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static int Number(string[] arguments, string name, int otherwise)
    {
        int at = Array.IndexOf(arguments, name);
        return at >= 0 && at + 1 < arguments.Length ? int.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
