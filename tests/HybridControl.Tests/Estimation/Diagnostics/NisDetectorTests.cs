using HybridControl.Estimation.Diagnostics;

namespace HybridControl.Tests.Estimation.Diagnostics;

/// <summary>Window and CUSUM, which look for a change while the filter runs.</summary>
public sealed class NisDetectorTests
{
    [Test]
    public void Window_alarms_at_its_rate_and_sees_a_doubling()
    {
        var window = new NisWindow(50, confidence: 0.98);
        int alarms = 0;
        for (int k = 0; k < 200_000; k++)
        {
            alarms += window.Add(Squared(k, 1.0), 2) && k % 50 == 49 ? 1 : 0;
        }

        // Four thousand windows that do not overlap, each above its band with probability 0.01.
        Assert.That(alarms, Is.EqualTo(40).Within(3 * Math.Sqrt(40)));

        bool alarmed = false;
        for (int k = 0; k < 50; k++)
        {
            alarmed = window.Add(Squared(k, 2.0), 2);
        }

        Assert.That(alarmed, Is.True);
        Assert.That(window.PValue, Is.LessThan(0.01));
    }

    [Test]
    public void Window_counts_what_is_present_and_forgets_what_is_not_finite()
    {
        var window = new NisWindow(3);
        window.Add(double.NaN, 2);
        window.Add(9, 0);
        window.Add(1, 1);
        Assert.That((window.Degrees, window.IsFull), Is.EqualTo((3, true)));
        Assert.That(window.Add(4, 2), Is.False);
        Assert.That((window.Degrees, window.Ratio), Is.EqualTo((3, 5.0 / 3)));
    }

    [Test]
    public void Cusum_keeps_its_promise_on_false_alarms()
    {
        const double between = 200;
        (long steps, int alarms) = (0, 0);
        var cusum = new NisCusum(2.0, between);
        for (; steps < 400_000; steps++)
        {
            if (cusum.Add(Squared(steps, 1.0), 2))
            {
                alarms++;
                cusum.Reset();
            }
        }

        Assert.That(steps / (double)alarms, Is.GreaterThan(between));
    }

    [Test]
    public void Cusum_finds_the_change_after_about_the_expected_delay()
    {
        (double delay, double error) = (0.0, 0.0);
        for (int trial = 0; trial < 100; trial++)
        {
            var cusum = new NisCusum(2.0, 10_000);
            int k = 0;
            while (!cusum.Add(Squared((trial * 1000) + k, k < 100 ? 1.0 : 2.0), 2) && k < 900)
            {
                k++;
            }

            delay += (k - 100) / 100.0;
            error += Math.Abs(cusum.ChangeStep - 100) / 100.0;
        }

        // h / (d (rho - 1 - ln rho) / 2) = 9.21 / 0.307 = 30, give or take the overshoot.
        Assert.Multiple(() =>
        {
            Assert.That(new NisCusum(2.0, 10_000).ExpectedDelay(2), Is.EqualTo(30.0).Within(0.1));
            Assert.That(delay, Is.EqualTo(30.0).Within(8.0));
            Assert.That(error, Is.LessThan(12.0));
        });
    }

    [Test]
    public void Cusum_of_a_shrinking_spread_alarms_when_it_shrinks_only()
    {
        (var growth, var shrink) = (new NisCusum(2.0), new NisCusum(0.5));
        for (int k = 0; k < 300; k++)
        {
            growth.Add(Squared(k, 0.4), 2);
            shrink.Add(Squared(k, 0.4), 2);
        }

        Assert.That((growth.IsAlarmed, shrink.IsAlarmed), Is.EqualTo((false, true)));
    }

    private static double Squared(long k, double variance)
    {
        (double a, double b) = (Noise.Normal(5, k, 0, 0), Noise.Normal(5, k, 0, 1));
        return variance * ((a * a) + (b * b));
    }
}
