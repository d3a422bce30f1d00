using HybridControl.Estimation;
using HybridControl.Numerics;

namespace HybridControl.Neural.Kpin;

/// <summary>How well estimators foretell measurements and know their errors.</summary>
/// <param name="NegativeLogLikelihood">Mean over measurements of minus the log-likelihood, in nats; the lower the better.</param>
/// <param name="NormalizedInnovation">Mean over measured numbers of the normalised innovation squared; 1 for a right filter.</param>
/// <param name="NormalizedError">Mean over times of e' P^-1 e; n for a right filter, NaN where true states are unknown.</param>
/// <param name="MeanSquareErrors">Mean square error of each state; empty where true states are unknown.</param>
public sealed record KpinScore(
    double NegativeLogLikelihood, double NormalizedInnovation, double NormalizedError, IReadOnlyList<double> MeanSquareErrors)
{
    /// <summary>Ten times the decimal logarithm of the sum of the mean square errors.</summary>
    public double Decibels => 10.0 * Math.Log10(MeanSquareErrors.Sum());

    /// <summary>Scores a network.</summary>
    /// <param name="problem">Model and measurements.</param>
    /// <param name="network">The network.</param>
    /// <param name="skip">Times at the start of each trajectory whose errors do not count.</param>
    public static KpinScore Of(KpinProblem problem, KpinNetwork network, int skip = 0) =>
        Of(problem, trajectory => problem.Start(network, trajectory), skip);

    /// <summary>Scores several networks: trajectory i with network i mod their number.</summary>
    internal static KpinScore Of(KpinProblem problem, IReadOnlyList<KpinNetwork> networks, int skip = 0) => OfEach(
        problem, i => problem.Start(networks[i % networks.Count], problem.Trajectories[i]), skip);

    /// <summary>Scores any estimator.</summary>
    /// <param name="problem">Model and measurements.</param>
    /// <param name="start">Starts an estimator for a trajectory.</param>
    /// <param name="skip">Times at the start of each trajectory whose errors do not count.</param>
    /// <exception cref="HybridControl.Diagnostics.ModelException">A prediction or an update failed.</exception>
    public static KpinScore Of(KpinProblem problem, Func<KpinTrajectory, IEstimator> start, int skip = 0)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(start);
        return OfEach(problem, i => start(problem.Trajectories[i]), skip);
    }

    private static KpinScore OfEach(KpinProblem problem, Func<int, IEstimator> start, int skip)
    {
        int n = problem.Transition.StateCount;
        var squares = new double[n];
        var error = new double[n];
        (double logLikelihood, double surprise, double known) = (0.0, 0.0, 0.0);
        (int updates, int numbers, int times) = (0, 0, 0);
        for (int i = 0; i < problem.Trajectories.Count; i++)
        {
            KpinTrajectory trajectory = problem.Trajectories[i];
            IEstimator estimator = start(i);
            problem.Run(estimator, trajectory, step =>
            {
                if (estimator.Innovation.Count > 0)
                {
                    updates++;
                    numbers += estimator.Innovation.Count;
                    surprise += estimator.Innovation.NormalizedSquare;
                    logLikelihood += estimator.Innovation.LogLikelihood;
                }

                if (step >= skip && !trajectory.States.IsEmpty)
                {
                    times++;
                    problem.Transition.Geometry.Subtract(trajectory.States.AsSpan().Slice(step * n, n), estimator.Belief.Mean, error);
                    for (int state = 0; state < n; state++)
                    {
                        squares[state] += error[state] * error[state];
                    }

                    LowerTriangular.Solve(estimator.Belief.Factor, error);
                    known += Dense.Dot(error, error);
                }
            });
        }

        return new(
            -logLikelihood / updates, surprise / numbers, times == 0 ? double.NaN : known / times,
            times == 0 ? [] : [.. squares.Select(square => square / times)]);
    }
}
