using HybridControl.Diagnostics;
using HybridControl.Estimation;

namespace HybridControl.Tests.Estimation;

public class StateGeometryTests
{
    [Test]
    public void Angles_are_subtracted_the_short_way_around()
    {
        StateGeometry geometry = StateGeometry.Periodic(2.0 * Math.PI, 0.0);
        double[] difference = new double[2];
        geometry.Subtract([3.0, 3.0], [-3.0, -3.0], difference);
        Assert.That(difference, Is.EqualTo(new[] { 6.0 - (2.0 * Math.PI), 6.0 }).Within(1e-15));
    }

    [Test]
    public void A_correction_across_the_cut_comes_out_on_the_other_side()
    {
        StateGeometry geometry = StateGeometry.Periodic(360.0);
        double[] heading = [179.0];
        geometry.Add(heading, [3.0]);
        Assert.That(heading[0], Is.EqualTo(-178.0).Within(1e-12));
    }

    [Test]
    public void The_mean_of_angles_around_the_cut_is_near_the_cut()
    {
        StateGeometry geometry = StateGeometry.Periodic(360.0, 0.0);
        double[] mean = new double[2];
        geometry.Mean([170.0, 1.0, -170.0, 2.0, -160.0, 3.0], [0.25, 0.25, 0.5], mean, new double[4]);
        Assert.That(mean[0], Is.EqualTo(-170.0).Within(1e-10), "170 is ten degrees on the other side of -180");
        double[] check = new double[2];
        double sum = 0.0;
        foreach ((double angle, double weight) in new[] { (170.0, 0.25), (-170.0, 0.25), (-160.0, 0.5) })
        {
            geometry.Subtract([angle, 0.0], mean, check);
            sum += weight * check[0];
        }

        Assert.That(sum, Is.EqualTo(0.0).Within(1e-10), "the weighted differences from the mean add up to zero");
        Assert.That(mean[1], Is.EqualTo(2.25).Within(1e-14));
    }

    [Test]
    public void Plain_vectors_have_the_weighted_mean_even_with_negative_weights()
    {
        double[] mean = new double[1];
        StateGeometry.Flat(1).Mean([1.0, 2.0, 4.0], [-1.0, 1.0, 1.0], mean, new double[2]);
        Assert.That(mean[0], Is.EqualTo(5.0));
    }

    [Test]
    public void A_period_that_is_none_is_refused_by_its_place() => Assert.That(
        () => StateGeometry.Periodic(1.0, -2.0), Throws.TypeOf<ModelException>().With.Message.Contains("periods[1]"));
}
