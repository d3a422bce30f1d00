using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Kpin;

/// <summary>Trains the network of a KPIN from measurements.</summary>
/// <remarks>
/// Back-propagation through the whole recursion: prediction, Cholesky factor of S, gain and Joseph's form. The result is a function
/// of data, settings and seed, not of the number of threads. <see cref="Fit"/> is what to begin with: it also makes the network say how
/// sure it may be; <see cref="Run"/> is one bare training. Immutable and thread-safe.
/// </remarks>
public sealed record KpinTraining
{
    /// <summary>What is made small.</summary>
    public KpinLoss Loss { get; init; } = new();

    /// <summary>Steps, rates, clipping and patience.</summary>
    public Trainer Trainer { get; init; } = new();

    /// <summary>Steps after which a trajectory is cut for the derivative; the belief goes on.</summary>
    public int Window { get; init; } = 100;

    /// <summary>Seed of what is drawn in training.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Parts into which <see cref="Fit"/> deals the trajectories in turn, each left out of one more training. At least 2.</summary>
    public int Parts { get; init; } = 4;

    /// <summary>Features centred and scaled to what the plain filter estimates from the measurements.</summary>
    /// <param name="problem">Model and measurements.</param>
    /// <param name="use">What the network sees besides the states.</param>
    /// <exception cref="ModelException">Model and measurements do not fit together, or the plain filter fails.</exception>
    public static KpinFeatures FeaturesFor(KpinProblem problem, KpinInputs use = KpinInputs.None)
    {
        ArgumentNullException.ThrowIfNull(problem);
        problem.Check();
        (int n, int k) = (problem.Transition.StateCount, problem.Transition.InputCount);
        var states = new RunningScale(n);
        var inputs = new RunningScale(k);
        var lengths = new RunningScale(1);
        foreach (KpinTrajectory trajectory in problem.Trajectories)
        {
            ExtendedKalmanFilter filter = problem.StartNominal(trajectory);
            problem.Run(filter, trajectory, step =>
            {
                states.Add(filter.Belief.Mean);
                inputs.Add(trajectory.Inputs.AsSpan().Slice(step * k, k));
                lengths.Add([trajectory.Times[step] - trajectory.Before(step)]);
            });
        }

        return new(n, k, problem.Sensor.Count, use)
        {
            StateCenter = states.Center,
            StateScale = states.Scale,
            InputCenter = inputs.Center,
            InputScale = inputs.Scale,
            StepScale = lengths.Center[0] > 0.0 ? lengths.Center[0] : 1.0,
        };
    }

    /// <summary>Trains a network in place on all measurements, calibrates its noise on measurements it has not seen, and notes where it was trained.</summary>
    /// <param name="problem">Model and measurements.</param>
    /// <param name="network">Where to start; its learned numbers become the best ones met.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    /// <returns>The network with its calibrated design, and its score on measurements held out.</returns>
    /// <exception cref="ModelException">Model, network, loss and measurements do not fit together; with every finding.</exception>
    /// <remarks>
    /// For each part of the trajectories one more network is trained without it. These networks foretell what they have not seen, from
    /// which <see cref="KpinCalibration"/> takes the two factors of noise for the network that is kept: training errors are smaller
    /// than what is to be expected later, and what a network has systematically wrong is not noise of one step. One trajectory cannot be
    /// held out; then calibration uses what was trained on. Costs as many trainings as there are parts, and one.
    /// </remarks>
    public KpinFit Fit(KpinProblem problem, KpinNetwork network, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(network);
        if (Parts < 2)
        {
            throw new ModelException("training.parts", $"{Parts} parts", "Give 2 or more.");
        }

        KpinProblem measured = problem with
        {
            Trajectories = [.. problem.Trajectories.Where(trajectory => trajectory.Measurements.Any(double.IsFinite))],
        };
        int count = Math.Min(Parts, measured.Trajectories.Count);
        KpinNetwork[] others = count > 1 ? [.. Enumerable.Range(0, count).Select(_ => network.Copy())] : [];
        TrainingResult training = Run(problem, network, null, cancellation);
        TrainingResult last = training;
        var parts = ImmutableArray.CreateBuilder<TrainingResult>();
        for (int part = 0; part < others.Length && IsWhole(last); part++)
        {
            KpinProblem rest = measured with { Trajectories = [.. measured.Trajectories.Where((_, i) => i % count != part)] };
            last = Run(rest, others[part], null, cancellation);
            parts.Add(last);
        }

        var bare = new KpinFit(network, training, parts.ToImmutable(), null, double.NaN, last.Finding);
        return IsWhole(last) ? Calibrated(bare, measured, others.Length > 0 ? others : [network]) : bare;
    }

    private KpinFit Calibrated(KpinFit bare, KpinProblem problem, IReadOnlyList<KpinNetwork> judges)
    {
        try
        {
            (double process, double measurement) = KpinCalibration.Factors(problem, judges, Loss.Horizon);
            judges = [.. judges.Select(judge => KpinCalibration.Scaled(judge, process, measurement))];
            KpinNetwork network = KpinCalibration.Scaled(bare.Network, process, measurement);
            return bare with
            {
                Network = network.With(network.Design with { Envelope = EnvelopeOf(problem, network) }),
                HeldOut = KpinScore.Of(problem, judges),
                Foresight = KpinForesight.NegativeLogLikelihood(problem, judges, Loss.Horizon),
            };
        }
        catch (ModelException failure)
        {
            return bare with { Finding = failure.Findings[0] }; // the network as trained is worth keeping
        }
    }

    /// <summary>Trains a network in place.</summary>
    /// <param name="problem">Model and measurements.</param>
    /// <param name="network">The network; on return it holds the best parameters met.</param>
    /// <param name="validation">Measurements kept apart, whose likelihood tells which parameters are best; null for none.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    /// <exception cref="ModelException">Model, network, loss and measurements do not fit together; with every finding.</exception>
    public TrainingResult Run(
        KpinProblem problem, KpinNetwork network, KpinProblem? validation = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(network);
        problem.Check();
        validation?.Check();
        network.Check(problem.Transition, problem.Sensor);
        if ((Loss.State > 0.0 || Loss.SquaredError > 0.0) && !problem.HasStates)
        {
            throw new ModelException(
                "training.loss.state", "the loss needs true states, which the trajectories lack", "Train on innovations, or give the states.");
        }

        if (Window < 1 || Loss.Horizon < 1)
        {
            throw new ModelException("training", $"a window of {Window} and a horizon of {Loss.Horizon} steps", "Give 1 or more.");
        }

        return Trainer.Run(new KpinTask(problem, network, Loss, Window, Seed, validation), network.Parameters, cancellation);
    }

    private static bool IsWhole(TrainingResult result) => result.Status is TrainingStatus.Completed or TrainingStatus.StoppedEarly;

    /// <summary>The ellipsoid of the features that a trained network meets in its measurements.</summary>
    /// <exception cref="ModelException">The filter fails on a trajectory.</exception>
    public static KpinEnvelope EnvelopeOf(KpinProblem problem, KpinNetwork network)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(network);
        var features = new List<double>();
        foreach (KpinTrajectory trajectory in problem.Trajectories)
        {
            KpinEstimator estimator = problem.Start(network, trajectory);
            problem.Run(estimator, trajectory, _ => features.AddRange(estimator.Features));
        }

        return KpinEnvelope.Around(features.ToArray(), network.Design.Features.Count);
    }
}
