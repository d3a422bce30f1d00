using HybridControl.Diagnostics;
using HybridControl.Estimation.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Diagnostics;

public sealed class ConsistencyAccumulatorTests
{
    [Test]
    public void A_right_filter_is_complained_about_at_no_more_than_the_stated_rate()
    {
        int complaints = Enumerable.Range(0, 200).Count(seed => !LevelFilter.Judge((ulong)seed, runs: 10, steps: 60).IsConsistent);

        // At most 5 % of reports: 10 expected of 200, and 19 or more with probability 0.004.
        Assert.That(complaints, Is.LessThan(19));
    }

    [Test]
    public void A_right_filter_has_its_numbers_inside_their_bands()
    {
        ConsistencyReport report = LevelFilter.Judge(7, runs: 200, steps: 100);
        Assert.Multiple(() =>
        {
            Assert.That(report.IsConsistent, Is.True, report.ToString());
            Assert.That(report.Nis!.Band.Contains(report.Nis.Ratio), Is.True);
            Assert.That(report.Nees!.Band.Contains(report.Nees.Ratio), Is.True);
            Assert.That(report.Nis.ShareOutside, Is.EqualTo(0.05).Within(0.065));
            Assert.That(report.Nis.Steps, Has.Length.EqualTo(100));
            Assert.That(report.Nis.Steps[3].Degrees, Is.EqualTo(200));

            // chi2(200) at 0.025 and 0.975, from the table.
            Assert.That(report.Nis.Steps[3].Band.Lower * 200, Is.EqualTo(162.728).Within(5e-4));
            Assert.That(report.Nis.Steps[3].Band.Upper * 200, Is.EqualTo(241.058).Within(5e-4));
            foreach (Coverage coverage in report.Nees.Coverage)
            {
                Assert.That(coverage.Share, Is.EqualTo(coverage.Level).Within(0.01));
            }
        });
    }

    [TestCase(0.01, 1.0, ConsistencyKind.Optimistic, "raise the process noise Q")]
    [TestCase(1.0, 0.01, ConsistencyKind.Optimistic, "raise the measurement noise R")]
    [TestCase(100.0, 1.0, ConsistencyKind.Pessimistic, "lower the process noise Q")]
    [TestCase(1.0, 100.0, ConsistencyKind.Pessimistic, "lower the measurement noise R")]
    [TestCase(0.25, 0.25, ConsistencyKind.Optimistic, "multiply both Q and R")]
    [TestCase(4.0, 4.0, ConsistencyKind.Pessimistic, "multiply both Q and R")]
    public void A_wrong_tuning_is_named_with_the_way_to_mend_it(double q, double r, ConsistencyKind kind, string mend)
    {
        ConsistencyReport report = LevelFilter.Judge(3, runs: 20, steps: 200, q, r);
        ConsistencyFinding finding = report.Findings.Single(one => one.Where == "NIS");
        Assert.Multiple(() =>
        {
            Assert.That(finding.Kind, Is.EqualTo(kind));
            Assert.That(finding.Mend, Does.Contain(mend));
            Assert.That(report.Has(ConsistencyKind.Biased), Is.False, "innovations that are too large or remember scatter more");
            Assert.That(report.Nees!.Band.Lower, Is.GreaterThan(0.3), "the band is that of a right filter, not of this one");
            Assert.That(report.Has(ConsistencyKind.Colored), Is.EqualTo(q != r), "a gain that is right leaves innovations white");
        });
    }

    [Test]
    public void A_biased_sensor_is_named()
    {
        ConsistencyReport report = LevelFilter.Judge(5, runs: 40, steps: 50, bias: 3.0);
        Assert.That(report.Findings.Single(one => one.Where == "NEES").Mend, Does.Contain("bias"));
        Assert.That(report.Findings.Where(one => one.Kind == ConsistencyKind.Biased).Select(one => one.Where), Is.EquivalentTo(new[] { "gauge", "level" }));
    }

    [Test]
    public void Outliers_of_unit_variance_are_told_from_a_wrong_variance()
    {
        // Noise of variance 1 that is 0.5 wide but for one in twenty: 0.95 * 0.25 + 0.05 * 15.25 = 1. The walk adds its normal share.
        ConsistencyReport report = LevelFilter.Judge(
            11, runs: 30, steps: 400,
            noise: k => (Philox4x32.Uniform(11, 0, 9, k) < 0.05 ? Math.Sqrt(15.25) : 0.5) * Noise.Normal(11, 0, 8, k));
        Assert.That(report.Findings.Single(one => one.Where == "gauge").Kind, Is.EqualTo(ConsistencyKind.NotNormal));
    }

    [Test]
    public void Missing_components_count_no_degrees_and_leave_the_others_right()
    {
        // S = L L' of three components; the second is missing at every other step.
        double[] factor = [2, 0, 0, 1, 1, 0, -0.5, 0.3, 0.1];
        var judge = new ConsistencyAccumulator(0, 3);
        long degrees = 0;
        for (int k = 0; k < 4000; k++)
        {
            double[] u = [Noise.Normal(1, k, 0, 0), Noise.Normal(1, k, 0, 1), Noise.Normal(1, k, 0, 2)];
            double[] innovation = [2 * u[0], u[0] + u[1], (-0.5 * u[0]) + (0.3 * u[1]) + (0.1 * u[2])];
            if (k % 2 == 1)
            {
                innovation[1] = double.NaN;
            }

            degrees += 3 - (k % 2);
            judge.AddInnovation(innovation, factor);
        }

        ConsistencyReport report = judge.ToReport();
        Assert.Multiple(() =>
        {
            Assert.That(report.IsConsistent, Is.True, report.ToString());
            Assert.That(report.Nis!.Degrees, Is.EqualTo(degrees));
            Assert.That(report.Nis.Steps[1].Degrees, Is.EqualTo(2));
            Assert.That(report.Measurements[1].Count, Is.EqualTo(2000));
            Assert.That(report.Measurements[1].Whiteness!.Autocorrelation[0], Is.NaN, "no two of its samples are one step apart");
        });
    }

    [Test]
    public void Sensors_may_report_at_times_of_their_own()
    {
        var judge = new ConsistencyAccumulator(0, 2);
        for (int k = 0; k < 3000; k++)
        {
            int sensor = k % 3 == 0 ? 1 : 0;
            judge.AddInnovation([sensor], [(sensor + 1) * Noise.Normal(2, k, 0, 0)], [sensor + 1.0]);
        }

        ConsistencyReport report = judge.ToReport();
        Assert.Multiple(() =>
        {
            Assert.That(report.IsConsistent, Is.True, report.ToString());
            Assert.That(report.Measurements.Select(one => one.Count), Is.EqualTo(new[] { 2000, 1000 }));
            Assert.That(report.Measurements[1].Whiteness!.Autocorrelation[0], Is.EqualTo(0.0).Within(0.1));
        });
    }

    [Test]
    public void A_state_that_is_said_to_be_known_exactly_and_is_not_is_named()
    {
        var judge = new ConsistencyAccumulator(2, 0, new() { States = ["mass", "speed"] });
        for (int k = 0; k < 40; k++)
        {
            judge.AddError([0.3, Noise.Normal(4, 0, 0, k)], [0, 0, 0, 1]);
        }

        ConsistencyReport report = judge.ToReport();
        Assert.Multiple(() =>
        {
            Assert.That(report.Findings.Single().Kind, Is.EqualTo(ConsistencyKind.Contradicted));
            Assert.That(report.Findings.Single().Where, Is.EqualTo("mass"));
            Assert.That(report.Nees!.Degrees, Is.EqualTo(40));
        });
    }

    [Test]
    public void Numbers_that_are_not_finite_are_a_divergence_and_spread_no_further()
    {
        var judge = new ConsistencyAccumulator(1, 1);
        judge.AddInnovation([0.5], [1]);
        judge.AddInnovation([double.PositiveInfinity], [1]);
        judge.AddInnovation([0.5], [double.NaN]);
        judge.AddError([0.1], [double.NaN]);
        ConsistencyReport report = judge.ToReport();
        Assert.Multiple(() =>
        {
            Assert.That(report.Findings[0].Kind, Is.EqualTo(ConsistencyKind.Diverged));
            Assert.That(judge.Divergence, Is.EqualTo(new Divergence(DivergenceReason.NonFinite, 0, 1, -1, double.NaN, judge.Divergence!.Limit)));
            Assert.That(report.Nis!.Ratio, Is.EqualTo(0.25));
            Assert.That(report.Nees, Is.Null);
        });
    }

    [Test]
    public void Few_samples_say_that_they_are_few()
    {
        Assert.Multiple(() =>
        {
            Assert.That(LevelFilter.Judge(1, runs: 1, steps: 5).Has(ConsistencyKind.Inconclusive), Is.True);
            Assert.That(new ConsistencyAccumulator(2, 2).ToReport().Findings.Single().Kind, Is.EqualTo(ConsistencyKind.Inconclusive));
            Assert.That(new ConsistencyAccumulator(2, 2).ToReport().ToString(), Does.Contain("0 innovations"));
        });
    }

    [Test]
    public void Adding_allocates_nothing()
    {
        const int steps = 2000;
        var judge = new ConsistencyAccumulator(3, 3, new() { Steps = 10 * steps });
        double[] factor = [2, 0, 0, 1, 1, 0, -0.5, 0.3, 0.1];
        double[] residual = new double[3];
        Allocations.None(Run, calls: 8);

        void Run()
        {
            judge.BeginRun();
            for (int k = 0; k < steps; k++)
            {
                for (int i = 0; i < 3; i++)
                {
                    residual[i] = Noise.Normal(9, k, 0, i);
                }

                judge.AddError(residual, factor);
                residual[1] = k % 3 == 0 ? double.NaN : residual[1];
                judge.AddInnovation(residual, factor);
            }
        }
    }

    [Test]
    public void Sizes_that_do_not_fit_are_named()
    {
        var judge = new ConsistencyAccumulator(2, 1);
        Assert.Multiple(() =>
        {
            Assert.That(() => judge.AddInnovation([1, 2], [1, 0, 0, 1]), Throws.TypeOf<ModelException>().With.Message.Contains("2 components where 1"));
            Assert.That(() => judge.AddInnovation([1], [1], [1]), Throws.TypeOf<ModelException>().With.Message.Contains("component 1 of 1"));
            Assert.That(() => judge.AddError([1, 2], [1, 0, 0]), Throws.TypeOf<ModelException>().With.Message.Contains("factor of 3"));
            Assert.That(() => new ConsistencyAccumulator(2, 1, new() { States = ["x"] }), Throws.TypeOf<ModelException>().With.Message.Contains("1 names for 2"));
            Assert.That(() => new ConsistencyAccumulator(2, 1, new() { Confidence = 1 }), Throws.TypeOf<ModelException>().With.Message.Contains("0.95"));
        });
    }
}
