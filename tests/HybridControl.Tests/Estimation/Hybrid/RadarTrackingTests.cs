using HybridControl.Estimation;

namespace HybridControl.Tests.Estimation.Hybrid;

public class RadarTrackingTests
{
    private const int TuningRuns = 6;
    private const int Runs = 30;

    [Test]
    public void A_filter_for_each_mode_beats_one_filter_however_tuned()
    {
        var radar = new RadarTracking();
        double[] cruises = [2, 3, 4, 5, 6, 8];
        double cruise = cruises.MinBy(q => radar.Judge(() => radar.One("cruise", q, 0.01), 1000, TuningRuns).Position);
        double[] turns = [1, 2, 3];
        double[] rates = [0.003, 0.005, 0.008];
        (double v, double w) = turns.SelectMany(v => rates.Select(w => (v, w)))
            .MinBy(q => radar.Judge(() => radar.One("turn", q.v, q.w), 1000, TuningRuns).Position);
        RadarTracking.Score straight = radar.Judge(() => radar.One("cruise", cruise, 0.01), 0, Runs);
        RadarTracking.Score turning = radar.Judge(() => radar.One("turn", v, w), 0, Runs);
        RadarTracking.Score both = radar.Judge(() => radar.Both(model => new ExtendedKalmanFilter(model, null, radar.Start)), 0, Runs);
        RadarTracking.Score sigma = radar.Judge(() => radar.Both(model => new UnscentedKalmanFilter(model, null, radar.Start)), 0, Runs);
        TestContext.Out.WriteLine($"cruise, q {cruise}: {straight}");
        TestContext.Out.WriteLine($"turn, q {v}, {w}: {turning}");
        TestContext.Out.WriteLine($"both, extended: {both}");
        TestContext.Out.WriteLine($"both, unscented: {sigma}");
        double best = Math.Min(straight.Position, turning.Position);
        double bestVelocity = Math.Min(straight.Velocity, turning.Velocity);
        foreach (RadarTracking.Score score in new[] { both, sigma })
        {
            Assert.That(score.Position, Is.LessThan(0.85 * best));
            Assert.That(score.Velocity, Is.LessThan(0.75 * bestVelocity));
            Assert.That(score.Nees, Is.InRange(2.5, 4.5));
            Assert.That(score.TurnInTurns, Is.GreaterThan(0.6));
            Assert.That(score.TurnInCruise, Is.LessThan(0.2));
        }
    }
}
