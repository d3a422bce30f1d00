using HybridControl.Estimation;
using HybridControl.Numerics;

namespace HybridControl.Tests.Estimation.Hybrid;

public class TruncatedGaussianTests
{
    private static readonly double[] Covariance = [2.0, 0.6, -0.4, 0.6, 1.0, 0.3, -0.4, 0.3, 0.8];

    [TestCase(0.3, 0.0, ThresholdLaw.Normal)]
    [TestCase(-2.0, 0.5, ThresholdLaw.Normal)]
    [TestCase(1.0, 0.7, ThresholdLaw.Logistic)]
    [TestCase(-40.0, 0.0, ThresholdLaw.Normal)]
    public void Mean_and_covariance_follow_the_closed_form(double margin, double threshold, ThresholdLaw law)
    {
        GaussianBelief belief = GaussianBelief.FromCovariance([1.0, -2.0, 0.5], Covariance);
        double[] gradient = [1.0, -0.5, 2.0];
        var truncated = new TruncatedGaussian(3);
        NormalTail tail = truncated.Beyond(belief, gradient, margin, threshold, law);
        var result = new GaussianBelief(3);
        truncated.Condition(belief, gradient, tail, StateGeometry.Flat(3), result);

        double[] gain = new double[3];
        Dense.MultiplyVector(Covariance, gradient, gain);
        double spread = Math.Sqrt(Dense.Dot(gain, gradient));
        Assert.That(truncated.Spread(belief, gradient), Is.EqualTo(spread).Within(1e-14));
        double[] covariance = result.Covariance();
        for (int i = 0; i < 3; i++)
        {
            Assert.That(result.Mean[i], Is.EqualTo(belief.Mean[i] + (gain[i] / spread * tail.Mean)).Within(1e-12));
            for (int j = 0; j < 3; j++)
            {
                double expected = Covariance[(3 * i) + j] - (gain[i] * gain[j] / (spread * spread) * (1.0 - tail.Variance));
                Assert.That(covariance[(3 * i) + j], Is.EqualTo(expected).Within(1e-12));
            }
        }
    }

    [Test]
    public void A_state_that_is_known_is_beyond_or_not()
    {
        GaussianBelief belief = GaussianBelief.FromDeviations([1.0, 0.0], [0.0, 1.0]);
        var truncated = new TruncatedGaussian(2);
        Assert.That(truncated.Beyond(belief, [1.0, 0.0], 1.0, 0.0, ThresholdLaw.Normal).IsCertain);
        Assert.That(truncated.Beyond(belief, [1.0, 0.0], -1.0, 0.0, ThresholdLaw.Normal), Is.EqualTo(NormalTail.Impossible));
        NormalTail soft = truncated.Beyond(belief, [1.0, 0.0], 1.0, 1.0, ThresholdLaw.Normal);
        var result = new GaussianBelief(2);
        truncated.Condition(belief, [1.0, 0.0], soft, StateGeometry.Flat(2), result);
        Assert.That(soft.Probability, Is.EqualTo(0.84134474606854293).Within(1e-14));
        Assert.That(result.Covariance(), Is.EqualTo(belief.Covariance()), "there is nothing to learn");
    }
}
