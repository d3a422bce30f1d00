using HybridControl.Diagnostics;
using HybridControl.Estimation;

namespace HybridControl.Tests.Estimation;

public class GaussianBeliefTests
{
    [Test]
    public void A_covariance_comes_back_from_its_factor()
    {
        double[] covariance = [4.0, 2.0, 0.4, 2.0, 5.0, -1.0, 0.4, -1.0, 3.0];
        GaussianBelief belief = GaussianBelief.FromCovariance([1.0, 2.0, 3.0], covariance);
        Assert.That(belief.Covariance(), Is.EqualTo(covariance).Within(1e-15 * 5.0));
        Assert.That(belief.Variance(1), Is.EqualTo(5.0).Within(1e-14));
        Assert.That(belief.Factor[1], Is.Zero, "the factor is lower triangular");
    }

    [Test]
    public void A_singular_covariance_is_a_belief_too()
    {
        // x1 = 2 x0 exactly, x2 known.
        double[] covariance = [1.0, 2.0, 0.0, 2.0, 4.0, 0.0, 0.0, 0.0, 0.0];
        Assert.That(GaussianBelief.FromCovariance([0, 0, 0], covariance).Covariance(), Is.EqualTo(covariance).Within(1e-15));
    }

    [TestCase(new[] { 1.0, 2.0, 2.0, 1.0 }, "not positive semidefinite")]
    [TestCase(new[] { 0.0, 1.0, 1.0, 1.0 }, "not positive semidefinite")]
    [TestCase(new[] { -1.0, 0.0, 0.0, 1.0 }, "not positive semidefinite")]
    [TestCase(new[] { 1.0, 0.5, 0.1, 1.0 }, "not symmetric")]
    [TestCase(new[] { 1.0, double.NaN, 0.0, 1.0 }, "NaN")]
    [TestCase(new[] { 1.0, 0.0, 0.0 }, "3 numbers where 4 are needed")]
    public void What_is_no_covariance_is_refused_with_its_reason(double[] covariance, string reason) => Assert.That(
        () => GaussianBelief.FromCovariance([0.0, 0.0], covariance),
        Throws.TypeOf<ModelException>().With.Message.Contains("belief.covariance").And.Message.Contains(reason));

    [Test]
    public void A_wide_factor_becomes_a_triangle_of_the_same_covariance()
    {
        GaussianBelief belief = GaussianBelief.FromFactor([0.0, 0.0], [1.0, 2.0, 3.0, -1.0, 0.5, 2.0]);
        Assert.That(belief.Covariance(), Is.EqualTo(new[] { 14.0, 6.0, 6.0, 5.25 }).Within(1e-14));
        Assert.That(belief.Factor[0], Is.Positive);
        Assert.That(belief.Factor[3], Is.Positive);
    }

    [Test]
    public void A_copy_stays_when_the_original_moves_on()
    {
        var filter = new KalmanFilter(
            new LinearTransition(new[,] { { 2.0 } }, new[,] { { 0.0 } }), null, GaussianBelief.FromDeviations([1.0], [1.0]));
        GaussianBelief kept = filter.Belief.Copy();
        filter.Predict(1.0);
        Assert.That(kept.Mean[0], Is.EqualTo(1.0));
        Assert.That(filter.Belief.Mean[0], Is.EqualTo(2.0));
    }
}
