using HybridControl.Estimation;

namespace HybridControl.Tests.TestKit;

/// <summary>An estimator as the shared laws know it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Make">Starts it on a problem.</param>
/// <param name="LinearOnly">Whether it takes linear models only.</param>
public sealed record EstimatorCase(string Name, Func<ConsistencyProblem, IEstimator> Make, bool LinearOnly = false)
{
    /// <summary>All that claim to be consistent: a new estimator joins the laws by a line here.</summary>
    public static IReadOnlyList<EstimatorCase> All { get; } =
    [
        new("Kalman", p => new KalmanFilter(p.Transition, p.Sensor, p.Initial), LinearOnly: true),
        new("UD", p => new UdKalmanFilter(p.Transition, p.Sensor, p.Initial)),
        new("extended Kalman", p => new ExtendedKalmanFilter(p.Transition, p.Sensor, p.Initial)),
        new("iterated extended Kalman", p => new IteratedExtendedKalmanFilter(p.Transition, p.Sensor, p.Initial)),
        new("unscented Kalman", p => new UnscentedKalmanFilter(p.Transition, p.Sensor, p.Initial)),
        new("unscented Kalman, points kept", p => new UnscentedKalmanFilter(p.Transition, p.Sensor, p.Initial) { RedrawBeforeUpdate = false }),
        new("cubature Kalman", p => new CubatureKalmanFilter(p.Transition, p.Sensor, p.Initial)),
        new("moving horizon", p => new MovingHorizonEstimator(p.Transition, p.Sensor, p.Initial, horizon: 4)),
        new("information", p => new InformationFilter(p.Transition, p.Sensor, p.Initial), LinearOnly: true),
        new("ensemble Kalman, square root", p => new EnsembleKalmanFilter(p.Transition, p.Sensor, p.Initial, 500, seed: 4)),
        new("ensemble Kalman, stochastic", p => new EnsembleKalmanFilter(p.Transition, p.Sensor, p.Initial, 500, seed: 4) { Method = EnsembleUpdate.Stochastic }),
        new("KPIN that says nothing", p => Estimation.Kpin.KpinBench.Untrained(p)),
        new("KPIN under its supervisor", p => new SupervisedKpin(
            new ExtendedKalmanFilter(p.Transition.Fork(), p.Sensor.Fork(), p.Initial), Estimation.Kpin.KpinBench.Untrained(p))),
    ];

    /// <summary>Those that take nonlinear models.</summary>
    public static IEnumerable<EstimatorCase> Nonlinear => All.Where(estimator => !estimator.LinearOnly);

    public override string ToString() => Name;
}
