using HybridControl.Estimation;
using HybridControl.Tests.Estimation;

namespace HybridControl.Tests.TestKit;

/// <summary>The law of filters that are exact on linear models: beliefs and likelihoods of the Kalman filter.</summary>
public static class KalmanEquivalence
{
    /// <summary>Asserts it on random, partially observed systems of 2 to 8 states with singular Q; components are missing now and then.</summary>
    public static void Require(
        string name, Func<TransitionModel, MeasurementModel, GaussianBelief, GaussianFilter> make, double processNoise, double tolerance)
    {
        foreach ((int n, int m, ulong seed) in new[] { (2, 1, 1ul), (4, 2, 2ul), (5, 1, 3ul), (8, 3, 4ul) })
        {
            (LinearTransition transition, LinearMeasurement sensor, GaussianBelief initial) =
                ReferenceModels.RandomLinear(n, m, seed, processNoise);
            var kalman = new KalmanFilter(transition, sensor, initial);
            GaussianFilter other = make(transition, sensor, initial);
            var noise = new NormalDraws(9, n);
            var z = new double[m];
            for (int k = 1; k <= 15; k++)
            {
                kalman.Predict(k);
                Assert.That(other.Predict(k), Is.EqualTo(EstimationStatus.Done));
                noise.Fill(z);
                z[k % m] = k % 4 == 0 ? double.NaN : z[k % m];
                Assert.That(other.Update(z), Is.EqualTo(kalman.Update(z)));
                Assert.That(other.Belief.Mean.ToArray(), Is.EqualTo(kalman.Belief.Mean.ToArray()).Within(tolerance), $"{name}, n {n}, step {k}");
                Assert.That(other.Belief.Covariance(), Is.EqualTo(kalman.Belief.Covariance()).Within(tolerance), $"{name}, n {n}, step {k}");
            }

            Assert.That(other.LogLikelihood, Is.EqualTo(kalman.LogLikelihood).Within(100.0 * tolerance));
        }
    }
}
