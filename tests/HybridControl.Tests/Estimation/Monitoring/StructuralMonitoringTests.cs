using System.Text.Json;
using HybridControl.Dynamics;
using HybridControl.Estimation;
using HybridControl.Estimation.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Monitoring;

public class StructuralMonitoringTests
{
    private const int WindowLength = 200;
    private const int Windows = 40;

    private static readonly JsonElement Data = ReferenceData.File("shm").GetProperty("frame");

    [Test]
    public void The_steady_filter_is_the_reference_one()
    {
        KalmanFilter filter = Filter(Frame);
        double period = 1.0 / Data.Number("fs");
        for (int k = 1; k <= 4000; k++)
        {
            filter.Update([0.0, 0.0, 0.0]);
            filter.Predict(k * period);
        }

        JsonElement expected = Data.GetProperty("kf");
        double[] covariance = expected.Flat("P_pred");
        Assert.That(filter.Belief.Covariance(), Is.EqualTo(covariance).Within(1e-8 * covariance.Max()));
        filter.Update([0.0, 0.0, 0.0]);
        double[] s = new double[9];
        HybridControl.Numerics.Dense.LowerSquare(filter.Innovation.Factor, s, 3);
        Assert.That(s, Is.EqualTo(expected.Flat("S")).Within(1e-8 * s.Max()));
    }

    [Test]
    public void A_lost_third_of_a_storey_is_seen_in_the_residuals_and_found_by_the_bank()
    {
        var (nis, ratios, located) = Study(Data.GetProperty("damage").Number("stiffness_loss"), seed: 11);
        JsonElement residual = Data.GetProperty("residual_test");
        double error = Math.Max(nis.AreaError, 1.0 / Windows);
        Assert.That(nis.Area, Is.EqualTo(residual.Number("auc_windows")).Within(3.0 * error), "residual test");
        Assert.That(ratios.Area, Is.EqualTo(Data.GetProperty("bank_test").Number("auc")).Within(1e-3), "bank");
        Assert.That(located, Is.GreaterThanOrEqualTo(0.95), "localisation");
    }

    [Test]
    public void A_lost_eighth_hides_from_the_residuals_but_not_from_the_bank()
    {
        var (nis, ratios, _) = Study(0.12, seed: 12);
        Assert.That(nis.Area, Is.LessThan(0.75), "the residual test is a smoke alarm, not more");
        Assert.That(ratios.Area, Is.GreaterThan(0.9));
    }

    [Test]
    public void A_healthy_frame_has_innovations_as_large_as_the_filter_says()
    {
        double[][] samples = Accelerations(Frame, Frame, Windows * WindowLength, seed: 5, damageAt: int.MaxValue);
        KalmanFilter filter = Filter(Frame);
        double period = 1.0 / Data.Number("fs");
        double sum = 0.0;
        for (int k = 0; k < samples.Length; k++)
        {
            filter.Update(samples[k]);
            sum += filter.Innovation.NormalizedSquare;
            filter.Predict((k + 1) * period);
        }

        ConsistencyBand band = ConsistencyBand.OfMean(3.0 * samples.Length, samples.Length, 0.99);
        Assert.That(band.Contains(sum / samples.Length), $"mean NIS {sum / samples.Length}");
    }

    private static ShearFrame Frame { get; } = new(Data.Vector("m"), Data.Vector("k"), Data.Number("modal_damping"));

    private static KalmanFilter Filter(ShearFrame frame) => ShearFrameModels.Filter(
        frame, 1.0 / Data.Number("fs"), Data.Number("force_std_per_floor"), Data.Number("acc_noise_std"));

    // Windows before and after the damage of the second storey; hypotheses of a wrong severity, 20 %.
    private static (DetectionCurve Nis, DetectionCurve Ratios, double Located) Study(double loss, ulong seed)
    {
        int damageAt = (Windows + 1) * WindowLength;
        double[][] samples = Accelerations(Frame, Frame.WithDamage(1, loss), (2 * Windows + 2) * WindowLength, seed, damageAt);
        var bank = new HypothesisBank(
            [("healthy", Filter(Frame)), .. Enumerable.Range(0, 3).Select(storey => ($"storey {storey}", (IEstimator)Filter(Frame.WithDamage(storey, 0.2))))],
            WindowLength);
        var squares = new NisWindow(WindowLength);
        (List<double> Nis, List<double> Ratio)[] scores = [([], []), ([], [])];
        int located = 0;
        double period = 1.0 / Data.Number("fs");
        for (int k = 0; k < samples.Length; k++)
        {
            bank.Update(samples[k]);
            squares.Add(bank.Estimators[0].Innovation.NormalizedSquare, 3);
            bank.Predict((k + 1) * period);
            bool warmUp = k < WindowLength || (k >= damageAt && k < damageAt + WindowLength);
            if ((k + 1) % WindowLength == 0 && !warmUp)
            {
                var (nis, ratio) = scores[k < damageAt ? 0 : 1];
                nis.Add(squares.Ratio);
                ratio.Add(Math.Max(bank.LogLikelihoodRatios[1], Math.Max(bank.LogLikelihoodRatios[2], bank.LogLikelihoodRatios[3])));
                located += k >= damageAt && bank.MostLikely == 2 ? 1 : 0;
            }
        }

        var result = (new DetectionCurve(scores[0].Nis, scores[1].Nis), new DetectionCurve(scores[0].Ratio, scores[1].Ratio), (double)located / Windows);
        TestContext.Out.WriteLine(FormattableString.Invariant(
            $"loss {loss}: NIS AUC {result.Item1.Area:F3}, bank AUC {result.Item2.Area:F3}, localised {result.Item3:F3}"));
        return result;
    }

    private static double[][] Accelerations(ShearFrame healthy, ShearFrame damaged, int count, ulong seed, int damageAt)
    {
        SimulationRun run = Scenario.For(ShearFrameModels.Simulated(healthy, damaged)).Start();
        var noise = new NormalDraws(seed, 0);
        double period = 1.0 / Data.Number("fs");
        var samples = new double[count][];
        for (int k = 0; k < count; k++)
        {
            if (k == damageAt)
            {
                run.Command("damage");
            }

            samples[k] = new double[3];
            for (int i = 0; i < 3; i++)
            {
                run.Set($"f{i + 1}", Data.Number("force_std_per_floor") * noise.Next());
            }

            for (int i = 0; i < 3; i++)
            {
                samples[k][i] = run[$"a{i + 1}"] + (Data.Number("acc_noise_std") * noise.Next());
            }

            Assert.That(run.AdvanceTo((k + 1) * period));
        }

        return samples;
    }
}
