using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Neural.Kpin;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Tests.Kpin;

public class KpinTrainingTests
{
    // The first setting is the one that foresight on the training measurements chooses (docs/benchmarks/kpin.md), the second is as given
    // by somebody who knows that the physics is not complete.
    [TestCase(1.0, 0.001)]
    [TestCase(10.0, 0.01)]
    public void Measurements_alone_teach_a_network_to_beat_the_best_linear_filter_and_to_know_its_errors(double noise, double weight)
    {
        KpinProblem train = MismatchedSpring.Train() with { Transition = MismatchedSpring.Nominal(noise) };
        KpinTraining training = new() { Loss = new() { NoiseScale = weight } };
        KpinFit fit = training.Fit(train, Untrained(train, KpinLevel.ResidualAndNoise));
        KpinProblem test = MismatchedSpring.Test() with { Transition = train.Transition };
        KpinScore learned = KpinScore.Of(test, fit.Network, MismatchedSpring.Skipped);
        KpinScore linear = KpinScore.Of(
            test, trajectory => new KalmanFilter(MismatchedSpring.Nominal(100.0), test.Sensor, test.Initial, trajectory.Start), MismatchedSpring.Skipped);
        Assert.Multiple(() =>
        {
            Assert.That(fit.Training.Status, Is.EqualTo(TrainingStatus.Completed));
            Assert.That(linear.Decibels, Is.EqualTo(MismatchedSpring.BaselineDecibels("linear_kf_q_x100")).Within(1e-3));
            Assert.That(learned.Decibels, Is.LessThan(linear.Decibels - 7.0));
            Assert.That(learned.NegativeLogLikelihood, Is.LessThan(linear.NegativeLogLikelihood - 0.1));
            Assert.That(learned.NormalizedError, Is.InRange(1.3, 2.6));
        });
    }

    [Test]
    public void Result_is_the_same_bits_for_one_thread_and_for_many()
    {
        KpinProblem train = MismatchedSpring.Train();
        double[] Train(int threads)
        {
            KpinNetwork network = Untrained(train, KpinLevel.Gain);
            var training = new KpinTraining
            {
                Loss = new() { Overshoot = 0.2 },
                Trainer = new() { Iterations = 4, Threads = threads, ShardSize = 8 },
            };
            training.Run(train, network);
            return network.Parameters.Values.ToArray();
        }

        Assert.That(Train(3), Is.EqualTo(Train(1)));
    }

    [Test]
    public void True_states_can_teach_too()
    {
        KpinProblem train = MismatchedSpring.Train(withStates: true);
        KpinNetwork network = Untrained(train, KpinLevel.Residual);
        double before = KpinScore.Of(train, network).Decibels;
        var training = Short with { Loss = new() { Innovation = 0.0, State = 1.0 } };
        training.Run(train, network);
        Assert.That(KpinScore.Of(train, network).Decibels, Is.LessThan(before - 3.0));
    }

    [Test]
    public void Trajectory_that_makes_training_diverge_is_named_and_the_network_stays_good()
    {
        KpinProblem train = MismatchedSpring.Train();
        KpinTrajectory broken = train.Trajectories[13] with { Name = "the broken run" };
        broken = broken with { Measurements = broken.Measurements.SetItem(20, 1e200) };
        train = train with { Trajectories = [.. train.Trajectories.Take(13), broken, .. train.Trajectories.Skip(14)] };
        KpinNetwork network = Untrained(MismatchedSpring.Train(), KpinLevel.Residual);
        double[] before = network.Parameters.Values.ToArray();
        TrainingResult result = Short.Run(train, network);
        Assert.Multiple(() =>
        {
            Assert.That(result.Status, Is.EqualTo(TrainingStatus.Diverged));
            Assert.That(result.Finding!.What, Does.Contain("the broken run"));
            Assert.That(result.Finding.Where, Does.Contain("iteration 0"));
            Assert.That(network.Parameters.Values.ToArray(), Is.EqualTo(before));
        });
    }

    [Test]
    public void Validation_chooses_the_parameters()
    {
        KpinProblem all = MismatchedSpring.Train();
        KpinProblem train = all with { Trajectories = [.. all.Trajectories.Take(12)] };
        KpinProblem held = all with { Trajectories = [.. all.Trajectories.Skip(12)] };
        KpinNetwork network = Untrained(train, KpinLevel.Residual);
        TrainingResult result = (Short with { Trainer = new() { Iterations = 20 } }).Run(train, network, held);
        Assert.That(result.BestLoss, Is.EqualTo(KpinScore.Of(held, network).NegativeLogLikelihood).Within(1e-12));
    }

    [Test]
    public void Data_that_do_not_fit_are_refused_with_every_finding()
    {
        KpinProblem train = MismatchedSpring.Train();
        KpinTrajectory first = train.Trajectories[0];
        KpinProblem wrong = train with
        {
            Initial = GaussianBelief.FromDeviations([0], [1]),
            Trajectories =
            [
                first with { Name = "short", Measurements = [1.0] },
                first with { Name = "unsorted", Times = first.Times.SetItem(3, 0.0) },
                first with { Name = "infinite", Measurements = first.Measurements.SetItem(7, double.PositiveInfinity) },
            ],
        };
        var fault = Assert.Throws<ModelException>(wrong.Check);
        Assert.Multiple(() =>
        {
            Assert.That(fault.Findings.Select(finding => finding.Where), Is.EqualTo(new[]
            {
                "training.initial", "short.measurements", "unsorted.times[3]", "infinite.measurements[7]",
            }));
            Assert.That(() => (Short with { Loss = new() { State = 1.0 } }).Run(train, Untrained(train, KpinLevel.Residual)),
                Throws.InstanceOf<ModelException>().With.Message.Contains("true states"));
        });
    }

    [Test]
    public void Calibration_makes_surprises_and_errors_as_large_as_foretold()
    {
        // The nominal model is right but for noise: half the process noise and twice the measurement noise it really has.
        KpinProblem truth = Rough();
        KpinNetwork network = Untrained(truth, KpinLevel.Residual);
        KpinNetwork both = KpinCalibration.Fit(truth, network);
        KpinScore fitted = KpinScore.Of(truth, both);
        Assert.Multiple(() =>
        {
            Assert.That(fitted.NormalizedInnovation, Is.EqualTo(1.0).Within(1e-3));
            Assert.That(fitted.NormalizedError, Is.EqualTo(2.0).Within(2e-3));
            Assert.That(KpinScore.Of(truth, network).NormalizedInnovation, Is.Not.EqualTo(1.0).Within(0.05));
        });
    }

    [Test]
    public void Calibration_finds_both_noises_from_measurements_alone()
    {
        KpinProblem truth = Rough();
        KpinProblem blind = truth with { Trajectories = [.. truth.Trajectories.Select(run => run with { States = [] })] };
        KpinNetwork calibrated = KpinCalibration.Fit(blind, Untrained(truth, KpinLevel.Residual));
        KpinScore score = KpinScore.Of(truth, calibrated);

        // 600 measurements: a deviation is known to a few per cent.
        Assert.Multiple(() =>
        {
            Assert.That(calibrated.Design.ProcessFactor, Is.EqualTo(2.0).Within(15.0).Percent);
            Assert.That(calibrated.Design.MeasurementFactor, Is.EqualTo(0.5).Within(10.0).Percent);
            Assert.That(score.NormalizedInnovation, Is.EqualTo(1.0).Within(0.1));
            Assert.That(score.NormalizedError, Is.EqualTo(2.0).Within(0.3));
        });
    }

    [Test]
    public void Fit_is_one_training_on_everything_under_a_calibrated_design()
    {
        KpinProblem train = MismatchedSpring.Train();
        KpinTraining brief = Short with { Trainer = Short.Trainer with { Iterations = 6 }, Parts = 3 };
        KpinNetwork alone = Untrained(train, KpinLevel.ResidualAndNoise);
        brief.Run(train, alone);
        KpinFit fit = brief.Fit(train, Untrained(train, KpinLevel.ResidualAndNoise));
        Assert.Multiple(() =>
        {
            Assert.That(fit.Network.Parameters.Values.ToArray(), Is.EqualTo(alone.Parameters.Values.ToArray()));
            Assert.That(fit.Parts, Has.Length.EqualTo(3));
            Assert.That(fit.Network.Design.ProcessFactor, Is.Not.EqualTo(1.0));
            Assert.That(fit.Network.Design.Envelope, Is.Not.Null);
            Assert.That(fit.HeldOut!.NormalizedInnovation, Is.EqualTo(1.0).Within(0.15));
            Assert.That(fit.Foresight, Is.GreaterThan(fit.HeldOut.NegativeLogLikelihood), "further ahead is harder");
        });
    }

    [Test]
    public void Fit_that_is_cancelled_says_so_and_does_not_calibrate()
    {
        KpinProblem train = MismatchedSpring.Train();
        using var source = new CancellationTokenSource();
        int trainings = 0;
        void Stop(int iteration, double loss)
        {
            trainings += iteration == 0 ? 1 : 0;
            if (trainings == 2)
            {
                source.Cancel();
            }
        }

        KpinTraining stopped = Short with { Trainer = new() { Iterations = 2, Progress = Stop } };
        KpinFit fit = stopped.Fit(train, Untrained(train, KpinLevel.Residual), source.Token);
        Assert.Multiple(() =>
        {
            Assert.That(fit.IsCancelled);
            Assert.That(fit.Training.Status, Is.EqualTo(TrainingStatus.Completed));
            Assert.That(fit.HeldOut, Is.Null);
            Assert.That(fit.Network.Design.ProcessFactor, Is.EqualTo(1.0));
        });
    }

    [Test]
    public void Supervised_network_far_from_its_training_loses_no_more_than_the_bound()
    {
        KpinProblem train = MismatchedSpring.Train();
        KpinNetwork network = Untrained(train, KpinLevel.ResidualAndNoise);
        Short.Run(train, network);
        network = network.With(network.Design with { Envelope = KpinTraining.EnvelopeOf(train, network) });
        foreach ((double amplitude, double noise, double bias) in new[] { (2.8, 0.1, 0.0), (1.4, 0.4, 0.0), (1.4, 0.1, 0.8) })
        {
            KpinProblem far = MismatchedSpring.Simulate(6, amplitude, noise, bias, seed: 8);
            foreach (KpinTrajectory trajectory in far.Trajectories)
            {
                var tuned = new KalmanFilter(MismatchedSpring.Nominal(100.0), far.Sensor, far.Initial, trajectory.Start);
                var pair = new SupervisedKpin(tuned, far.Start(network, trajectory));
                far.Run(pair, trajectory, _ => Assert.That(pair.TotalGain, Is.GreaterThanOrEqualTo(-pair.RegretBound)));
            }
        }
    }

    private static KpinTraining Short => new() { Trainer = new() { Iterations = 80, Rate = new CosineSchedule(2e-2, 1e-3) } };

    private static KpinNetwork Untrained(KpinProblem problem, KpinLevel level) =>
        new(MismatchedSpring.Design(level, KpinTraining.FeaturesFor(problem)), problem.Transition.NoiseCount, seed: 1);

    private static KpinProblem Rough()
    {
        KpinProblem spring = MismatchedSpring.Test();
        var truth = new LinearTransition(new[,] { { 0.98, 0.098 }, { -0.39, 0.97 } }, new[,] { { 1e-6, 0.0 }, { 0.0, 0.01 } });
        var model = new LinearTransition(new[,] { { 0.98, 0.098 }, { -0.39, 0.97 } }, new[,] { { 2.5e-7, 0.0 }, { 0.0, 0.0025 } });
        KpinTrajectory Run(int i)
        {
            var draws = new HybridControl.Tests.TestKit.NormalDraws(4, i);
            double[] x = draws.Times([1.0, 0.0, 0.0, 1.0], 2);
            var (z, states, next, noise) = (new double[50], new double[100], new double[2], new double[4]);
            for (int k = 0; k < 50; k++)
            {
                truth.Propagate(0, 1, x, [], next);
                truth.Noise(0, 1, x, [], noise);
                double[] w = draws.Times(noise, 2);
                x = [next[0] + w[0], next[1] + w[1]];
                x.CopyTo(states, 2 * k);
                z[k] = x[0] + (0.05 * draws.Next());
            }

            return new() { Times = [.. Enumerable.Range(1, 50).Select(k => 0.1 * k)], Measurements = [.. z], States = [.. states] };
        }

        return spring with { Transition = model, Trajectories = [.. Enumerable.Range(0, 12).Select(Run)] };
    }
}
