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

    /// <summary>Runs the study and prints its tables: [--seeds 5] [--iterations 350].</summary>
    public static int Run(string[] arguments)
    {
        int seeds = Number(arguments, "--seeds", 5);
        int iterations = Number(arguments, "--iterations", 350);
        KpinSelection.Candidate chosen = KpinSelection.Run(iterations);
        Console.WriteLine("| estimator | MSE in dB, each seed | median dB | median NEES | median -log p per measurement | s per training |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        foreach (double noise in new[] { 1.0, 10.0, 100.0, 400.0, 1600.0 })
        {
            KpinScore score = KpinScore.Of(Test, run => Linear(run, noise), MismatchedSpring.Skipped);
            Row($"linear Kalman filter, Q x {noise}", [score], 0.0);
        }

        Console.WriteLine(Invariant($"| extended filter that knows the truth (reference) | {MismatchedSpring.BaselineDecibels("oracle_ekf"):F2} | {MismatchedSpring.BaselineDecibels("oracle_ekf"):F2} |  |  |  |"));
        KpinProblem train = MismatchedSpring.Train();
        KpinLevel noisy = KpinLevel.ResidualAndNoise;
        Study(
            Invariant($"**KPIN, chosen without the test trajectories** (Q x {chosen.Noise}, weight {chosen.Weight})"),
            train with { Transition = MismatchedSpring.Nominal(chosen.Noise) }, noisy, KpinInputs.None, chosen.Loss, seeds, iterations);
        foreach (KpinLevel level in Enum.GetValues<KpinLevel>())
        {
            Study($"KPIN, {level}, settings picked on test", train, level, KpinInputs.None, new(), seeds, iterations);
        }

        Study("KPIN, + overshooting", train, noisy, KpinInputs.None, new() { Overshoot = 0.3 }, seeds, iterations);
        Study("KPIN, sees innovations too", train, noisy, KpinInputs.Innovation | KpinInputs.Correction, new(), seeds, iterations);
        Study(
            "KPIN, on true states", MismatchedSpring.Train(withStates: true), noisy, KpinInputs.None,
            new() { Innovation = 0.0, State = 1.0 }, seeds, iterations);
        LearnedGain(seeds, iterations);
        Far(iterations);
        return 0;
    }

    private static KalmanFilter Linear(KpinTrajectory run, double noise) =>
        new(MismatchedSpring.Nominal(noise), Test.Sensor, Test.Initial, run.Start);

    /// <summary>A network of the study, trained.</summary>
    internal static KpinNetwork Train(
        KpinProblem train, KpinLevel level, KpinInputs use, KpinLoss loss, ulong seed, int iterations)
    {
        var network = new KpinNetwork(
            MismatchedSpring.Design(level, KpinTraining.FeaturesFor(train, use)), train.Transition.NoiseCount, seed);
        TrainingResult result = new KpinTraining { Loss = loss, Seed = seed, Trainer = new() { Iterations = iterations } }.Run(train, network);
        if (result.Finding is { } finding)
        {
            Console.Error.WriteLine(finding);
        }

        return network;
    }

    private static void Study(
        string name, KpinProblem train, KpinLevel level, KpinInputs use, KpinLoss loss, int seeds, int iterations)
    {
        var watch = Stopwatch.StartNew();
        KpinNetwork[] networks =
            [.. Enumerable.Range(1, seeds).Select(seed => Train(train, level, use, loss, (ulong)seed, iterations))];
        double seconds = watch.Elapsed.TotalSeconds / seeds;
        KpinProblem test = Test with { Transition = train.Transition };
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
        string each = string.Join(", ", decibels.Select(value => Invariant($"{value:F2}")));
        Console.WriteLine(Invariant($"| learned gain (KalmanNet), on true states | {each} | {Median(decibels):F2} | none | none | {seconds:F1} |"));
    }

    private static void Far(int iterations)
    {
        KpinNetwork network = Train(
            MismatchedSpring.Train(), KpinLevel.ResidualAndNoise, KpinInputs.None, new(), seed: 1, iterations);
        KpinNetwork guarded = network.With(network.Design with { Envelope = KpinTraining.EnvelopeOf(MismatchedSpring.Train(), network) });
        Console.WriteLine();
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
        string each = string.Join(", ", scores.Select(score => Invariant($"{score.Decibels:F2}")));
        string time = seconds > 0.0 ? Invariant($"{seconds:F1}") : "";
        Console.WriteLine(Invariant(
            $"| {name} | {each} | {Median(scores.Select(score => score.Decibels)):F2} | {Median(scores.Select(score => score.NormalizedError)):F2} | {Median(scores.Select(score => score.NegativeLogLikelihood)):F4} | {time} |"));
    }

    private static double Median(IEnumerable<double> values)
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
