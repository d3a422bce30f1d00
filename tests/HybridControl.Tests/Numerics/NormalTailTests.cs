using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

public class NormalTailTests
{
    // Computed with 400 digits.
    [TestCase(8.0, -6.2209605742717861e-16, 5.0522710835368954e-15, 0.99999999999995958)]
    [TestCase(3.0, -0.0013508099647481938, 0.0044378390421256638, 0.98666678845825919)]
    [TestCase(1.0, -0.17275377902344989, 0.28759997093917836, 0.6296862857766054)]
    [TestCase(0.0, -0.69314718055994531, 0.79788456080286536, 0.36338022763241866)]
    [TestCase(-1.0, -1.8410216450092635, 1.5251352761609812, 0.19909766557034879)]
    [TestCase(-4.9, -14.551182689355311, 5.0898286001298833, 0.033804961936300752)]
    [TestCase(-5.1, -15.588487091871468, 5.2832876169091574, 0.031638803251059415)]
    [TestCase(-20.0, -203.91715537109726, 20.049753068527851, 0.0024632616150521636)]
    [TestCase(-300.0, -45006.622732118663, 300.00333325926337, 1.1110370438949582e-5)]
    public void Moments_above_a_sharp_threshold_are_right_in_both_tails(double z, double log, double mean, double variance)
    {
        NormalTail tail = NormalTail.Above(z);
        Assert.That(tail.LogProbability, Is.EqualTo(log).Within(1e-13 * Math.Abs(log)));
        Assert.That(tail.Mean, Is.EqualTo(mean).Within(1e-13 * mean));
        Assert.That(tail.Variance, Is.EqualTo(variance).Within(1e-12 * variance));
    }

    // Integrated with 30 digits.
    [TestCase(0.5, 1.0, 1.0 / 3.0, -0.405005130374782, 0.469904141807794, 0.601514515984292)]
    [TestCase(-1.5, 0.8, 1.0 / 3.0, -2.7127472188322, 1.52088970532576, 0.538119220809411)]
    [TestCase(-12.0, 1.0, 0.5, -22.00000001523, 1.99999996954009, 0.999999939080282)]
    [TestCase(-3.0, 5.0, 0.1, -1.29322483558988, 1.21393288199424, 0.253770126264366)]
    [TestCase(4.0, 0.1, 1.0, -0.0182367985228006, 0.00180682938307637, 0.999822644907782)]
    public void Moments_beyond_a_logistic_threshold_agree_with_integrals(
        double margin, double deviation, double scale, double log, double mean, double variance)
    {
        NormalTail tail = NormalTail.BeyondLogistic(margin, deviation, scale);
        Assert.That(tail.LogProbability, Is.EqualTo(log).Within(1e-8));
        Assert.That(tail.Mean, Is.EqualTo(mean).Within(2e-8));
        Assert.That(tail.Variance, Is.EqualTo(variance).Within(5e-8));
    }

    [TestCase(-0.7, 1.3, 0.4)]
    [TestCase(2.5, 0.2, 1.1)]
    [TestCase(-4.0, 0.5, 0.5)]
    public void The_two_sides_of_a_threshold_make_up_the_whole(double margin, double deviation, double noise)
    {
        foreach (bool isLogistic in new[] { false, true })
        {
            NormalTail over = isLogistic ? NormalTail.BeyondLogistic(margin, deviation, noise) : NormalTail.Beyond(margin, deviation, noise);
            NormalTail under = isLogistic ? NormalTail.BeyondLogistic(-margin, deviation, noise) : NormalTail.Beyond(-margin, deviation, noise);
            (double p, double q) = (over.Probability, under.Probability);
            double tolerance = isLogistic ? 1e-8 : 1e-13;
            Assert.That(p + q, Is.EqualTo(1.0).Within(tolerance));
            Assert.That((p * over.Mean) - (q * under.Mean), Is.Zero.Within(tolerance));
            double square = (p * (over.Variance + (over.Mean * over.Mean))) + (q * (under.Variance + (under.Mean * under.Mean)));
            Assert.That(square, Is.EqualTo(1.0).Within(tolerance));
        }
    }

    [Test]
    public void Certainty_and_impossibility_are_told()
    {
        Assert.That(NormalTail.Beyond(0.0, 0.0, 0.0), Is.EqualTo(NormalTail.Certain));
        Assert.That(NormalTail.Beyond(-1e-300, 0.0, 0.0), Is.EqualTo(NormalTail.Impossible));
        Assert.That(NormalTail.Beyond(-1e200, 1.0, 0.0), Is.EqualTo(NormalTail.Impossible));
        Assert.That(NormalTail.Beyond(1e200, 1.0, 0.0).IsCertain);
        NormalTail far = NormalTail.Beyond(-1e6, 1.0, 0.0);
        Assert.That(far.LogProbability, Is.EqualTo(-5e11).Within(1e-10 * 5e11));
        Assert.That(far.Variance, Is.EqualTo(1e-12).Within(1e-17));
    }
}
