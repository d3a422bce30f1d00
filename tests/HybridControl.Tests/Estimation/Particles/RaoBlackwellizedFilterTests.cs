using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public class RaoBlackwellizedFilterTests
{
    private const int Steps = 10;
    private const int Runs = 24;

    [Test]
    public void A_jump_linear_system_agrees_with_the_sum_over_all_histories_of_modes()
    {
        JsonElement data = ReferenceData.Estimation("imm");
        double[][] measurements = data.Rows("Y");
        ExactModes exact = ExactModes.Of(() => Filters(data), data.Rows("Pi"), [0.5, 0.5], measurements[..Steps]);
        var runs = new MonteCarloRuns(4, Steps);
        for (ulong seed = 0; seed < Runs; seed++)
        {
            RaoBlackwellizedFilter filter = Make(data, 60, seed);
            for (int k = 0; k < Steps; k++)
            {
                Assert.That(filter.Predict(k + 1), Is.EqualTo(EstimationStatus.Done));
                Assert.That(filter.Update(measurements[k]), Is.EqualTo(EstimationStatus.Done));
                runs.Add(0, k, filter.ModeProbabilities[1]);
                runs.Add(1, k, filter.Belief.Mean[0]);
                runs.Add(2, k, filter.Belief.Mean[1]);
                runs.Add(3, k, filter.Belief.Variance(1));
            }

            runs.AddLogLikelihood(filter.LogLikelihood);
        }

        runs.Require(exact.LogLikelihood, exact.Probabilities, exact.Positions, exact.Speeds, exact.SpeedVariances);
    }

    [Test]
    public void With_one_mode_it_is_the_Kalman_filter()
    {
        JsonElement data = ReferenceData.Estimation("imm");
        GaussianFilter[] filters = Filters(data);
        var kalman = new KalmanFilter(filters[1].Transition, filters[1].Sensor, filters[1].Belief);
        var filter = new RaoBlackwellizedFilter([filters[1]], MarkovChain.FromRows([1.0]), 5, seed: 1);
        double[][] measurements = data.Rows("Y");
        for (int k = 0; k < measurements.Length; k++)
        {
            foreach (IEstimator estimator in new IEstimator[] { kalman, filter })
            {
                estimator.Predict(k + 1);
                estimator.Update(measurements[k]);
            }
        }

        Assert.That(filter.Belief.Mean.ToArray(), Is.EqualTo(kalman.Belief.Mean.ToArray()).Within(1e-10));
        Assert.That(filter.Belief.Covariance(), Is.EqualTo(kalman.Belief.Covariance()).Within(1e-10));
        Assert.That(filter.LogLikelihood, Is.EqualTo(kalman.LogLikelihood).Within(1e-10));
        Assert.That(filter.Innovation.NormalizedSquare, Is.EqualTo(kalman.Innovation.NormalizedSquare).Within(1e-9));
    }

    [Test]
    public void A_step_allocates_nothing_after_the_first()
    {
        JsonElement data = ReferenceData.Estimation("imm");
        double[][] measurements = data.Rows("Y");
        RaoBlackwellizedFilter filter = Make(data, 50, seed: 2);
        int k = 0;
        Allocations.None(() =>
        {
            filter.Predict(k + 1);
            filter.Update(measurements[k++]);
        });
    }

    [Test]
    public void A_filter_that_keeps_its_points_is_refused_by_name()
    {
        JsonElement data = ReferenceData.Estimation("imm");
        GaussianFilter[] filters = Filters(data);
        var keeping = new UnscentedKalmanFilter(filters[0].Transition, filters[0].Sensor, filters[0].Belief) { RedrawBeforeUpdate = false };
        Assert.That(
            () => new RaoBlackwellizedFilter([keeping, filters[1]], MarkovChain.FromRows(data.Rows("Pi")), 10, 1),
            Throws.TypeOf<ModelException>().With.Message.Contains("filters[0]"));
    }

    private static RaoBlackwellizedFilter Make(JsonElement data, int count, ulong seed) =>
        new(Filters(data), MarkovChain.FromRows(data.Rows("Pi")), count, seed, [0.5, 0.5]);

    private static GaussianFilter[] Filters(JsonElement data) =>
    [
        .. data.GetProperty("models").EnumerateArray().Select(model => new KalmanFilter(
            new LinearTransition(model.Matrix("F"), model.Matrix("Q")),
            new LinearMeasurement(data.Matrix("H"), data.Matrix("R")),
            GaussianBelief.FromCovariance(data.Vector("x0"), data.Flat("P0")))),
    ];
}
