using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class IteratedExtendedKalmanFilterTests
{
    [Test]
    public void Pendulum_with_five_passes_agrees_with_the_reference() => ReferenceModels.AssertPendulum(
        "iekf_5",
        (transition, sensor, initial) => new IteratedExtendedKalmanFilter(transition, sensor, initial) { MaximumPasses = 5, Tolerance = 0.0 },
        1e-9);

    [Test]
    public void One_pass_is_the_extended_filter() => ReferenceModels.AssertPendulum(
        "ekf", (transition, sensor, initial) => new IteratedExtendedKalmanFilter(transition, sensor, initial) { MaximumPasses = 1 }, 1e-9);

    [Test]
    public void An_update_ends_at_the_most_probable_state()
    {
        // z = x^2/2 with z = 3: minimise (x - 1)^2/0.5 + (3 - x^2/2)^2/0.02, whose derivative is 4 (x - 1) - 100 x (3 - x^2/2).
        Expr x = Expr.Variable(VariableKind.State, "x");
        var filter = new IteratedExtendedKalmanFilter(
            new LinearTransition(new[,] { { 1.0 } }, new[,] { { 0.0 } }, stateNames: ["x"]),
            new ExpressionMeasurement(["x"], [("z", x * x / 2.0)], new[,] { { 0.01 } }),
            GaussianBelief.FromCovariance([1.0], [0.25]));
        Assert.That(filter.Update([3.0]), Is.EqualTo(EstimationStatus.Done));
        double m = filter.Belief.Mean[0];
        Assert.That((4.0 * (m - 1.0)) - (100.0 * m * (3.0 - (m * m / 2.0))), Is.Zero.Within(1e-6));
        Assert.That(filter.Converged);
        Assert.That(filter.Passes, Is.InRange(3, 19));
        Assert.That(filter.Belief.Variance(0), Is.EqualTo(1.0 / (4.0 + (m * m / 0.01))).Within(1e-9));
    }

    [Test]
    public void What_makes_no_sense_is_refused()
    {
        var transition = new LinearTransition(new[,] { { 1.0 } }, new[,] { { 0.0 } });
        GaussianBelief initial = GaussianBelief.FromDeviations([0], [1]);
        Assert.That(
            () => new IteratedExtendedKalmanFilter(transition, null, initial) { MaximumPasses = 0 },
            Throws.TypeOf<ModelException>().With.Message.Contains("passes"));
        Assert.That(
            () => new IteratedExtendedKalmanFilter(transition, null, initial) { Tolerance = -1.0 },
            Throws.TypeOf<ModelException>().With.Message.Contains("tolerance"));
    }
}
