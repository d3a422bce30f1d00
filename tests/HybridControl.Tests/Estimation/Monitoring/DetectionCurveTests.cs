using HybridControl.Diagnostics;
using HybridControl.Estimation;

namespace HybridControl.Tests.Estimation.Monitoring;

public class DetectionCurveTests
{
    [Test]
    public void The_area_counts_pairs_in_the_right_order_and_ties_half()
    {
        var curve = new DetectionCurve([1.0, 2.0, 3.0], [2.0, 4.0]);
        // (2 > 1), (2 = 2), (2 < 3), (4 > 1, 2, 3): 1 + 0.5 + 0 + 3 of 6.
        Assert.That(curve.Area, Is.EqualTo(4.5 / 6.0).Within(1e-15));
        Assert.That(curve.DetectionAt(0.0), Is.EqualTo(0.5));
        Assert.That(curve.DetectionAt(1.0 / 3.0), Is.EqualTo(0.5), "the tie with the threshold 2 does not exceed it");
        Assert.That(curve.DetectionAt(1.0), Is.EqualTo(1.0));
    }

    [Test]
    public void Two_normal_distributions_have_the_area_of_their_distance()
    {
        // Quantiles of N(0, 1) and N(1, 1): area Phi(1/sqrt 2) = 0.760250.
        double[] normal = [.. Enumerable.Range(0, 2000).Select(i => MathNet.Numerics.Distributions.Normal.InvCDF(0.0, 1.0, (i + 0.5) / 2000.0))];
        var curve = new DetectionCurve(normal, normal.Select(x => x + 1.0));
        Assert.That(curve.Area, Is.EqualTo(0.760250).Within(1e-4));
        Assert.That(curve.AreaError, Is.EqualTo(0.0075).Within(0.0005));
    }

    [Test]
    public void Nothing_to_compare_is_refused() =>
        Assert.That(() => new DetectionCurve([], [1.0]), Throws.TypeOf<ModelException>());
}
