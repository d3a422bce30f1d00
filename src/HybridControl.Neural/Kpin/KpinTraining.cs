using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Kpin;

/// <summary>Trains the network of a KPIN from measurements.</summary>
/// <remarks>
/// Back-propagation through the whole recursion: prediction, Cholesky factor of S, gain and Joseph's form. The result is a function
/// of data, settings and seed, not of the number of threads. Immutable and thread-safe.
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
