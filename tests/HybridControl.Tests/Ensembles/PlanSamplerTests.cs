using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Ensembles;

public sealed class PlanSamplerTests
{
    private static readonly SamplingDesign[] Ungridded = [SamplingDesign.Random, SamplingDesign.LatinHypercube, SamplingDesign.Sobol];

    private static readonly EnsemblePlan Plan = new()
    {
        Model = Balls.Dropped(10.0, 9.81, 0.8),
        Size = 5000,
        Until = 1.0,
        Seed = 11,
        Variations = [new("a", new Uniform(0.0, 1.0)), new("b", new Normal(2.0, 3.0)), new("c", new Exponential(2.0))],
    };

    [TestCaseSource(nameof(Ungridded))]
    public void Samples_have_the_moments_of_their_distributions(SamplingDesign design)
    {
        double[][] samples = Sample(Plan with { Design = design });
        double error = 5.0 / Math.Sqrt(Plan.Size);
        Assert.That(samples[0].Average(), Is.EqualTo(0.5).Within(0.3 * error));
        Assert.That(samples[1].Average(), Is.EqualTo(2.0).Within(3.0 * error));
        Assert.That(Deviation(samples[1]), Is.EqualTo(3.0).Within(3.0 * error));
        Assert.That(samples[2].Average(), Is.EqualTo(2.0).Within(2.0 * error));
        Assert.That(Deviation(samples[2]), Is.EqualTo(2.0).Within(6.0 * error));
    }

    [TestCaseSource(nameof(Ungridded))]
    public void Samples_are_as_near_to_their_distribution_as_the_design_promises(SamplingDesign design)
    {
        double[][] samples = Sample(Plan with { Design = design });
        double distance = KolmogorovSmirnov(samples[2], x => 1.0 - Math.Exp(-x / 2.0));
        double bound = design switch
        {
            SamplingDesign.LatinHypercube => 1.0 / Plan.Size, // one in each interval
            SamplingDesign.Sobol => 14.0 / Plan.Size, // one interval for each binary digit of the size, and one
            _ => 1.95 / Math.Sqrt(Plan.Size),
        };
        Assert.That(distance, Is.LessThanOrEqualTo(bound + 1e-12));
    }

    [TestCaseSource(nameof(Ungridded))]
    public void Variations_are_independent_unless_told_otherwise(SamplingDesign design)
    {
        double[][] samples = Sample(Plan with { Design = design });
        double bound = 4.0 / Math.Sqrt(Plan.Size);
        Assert.That(Correlation(samples[0], samples[1]), Is.Zero.Within(bound));
        Assert.That(Correlation(samples[0], samples[2]), Is.Zero.Within(bound));
        Assert.That(Correlation(samples[1], samples[2]), Is.Zero.Within(bound));
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(1024)]
    [TestCase(5000)]
    public void A_latin_hypercube_has_exactly_one_sample_in_each_interval(int size)
    {
        EnsemblePlan plan = Plan with
        {
            Design = SamplingDesign.LatinHypercube,
            Size = size,
            Variations = [new("a", new Uniform(0.0, 1.0)), new("b", new Uniform(0.0, 1.0))],
        };
        foreach (double[] column in Sample(plan))
        {
            double[] sorted = [.. column.Order()];
            for (int i = 0; i < size; i++)
            {
                Assert.That(sorted[i], Is.InRange((double)i / size, Math.BitDecrement((i + 1.0) / size)));
            }
        }
    }

    [Test]
    public void The_first_samples_of_a_scrambled_sobol_design_are_a_net()
    {
        const int m = 8;
        EnsemblePlan plan = Plan with { Design = SamplingDesign.Sobol, Variations = [new("a", new Uniform(0.0, 1.0)), new("b", new Uniform(0.0, 1.0))] };
        foreach (ulong seed in new ulong[] { 1, 2, 3 })
        {
            double[][] samples = Sample(plan with { Seed = seed, Size = 1 << m });
            for (int first = 0; first <= m; first++)
            {
                IEnumerable<(int, int)> boxes = Enumerable.Range(0, 1 << m).Select(i => (
                    (int)(samples[0][i] * (1 << first)), (int)(samples[1][i] * (1 << (m - first)))));
                Assert.That(boxes, Is.Unique);
            }
        }
    }

    [Test]
    public void A_scrambled_sobol_mean_is_unbiased_and_far_nearer_than_a_random_one()
    {
        EnsemblePlan plan = Plan with
        {
            Size = 256,
            Variations = [.. Enumerable.Range(0, 4).Select(i => new Variation($"x{i}", new Uniform(0.0, 1.0)))],
        };
        double[] Errors(SamplingDesign design) =>
        [
            .. Enumerable.Range(1, 200).Select(seed =>
            {
                double[][] x = Sample(plan with { Design = design, Seed = (ulong)seed });
                return Enumerable.Range(0, 256).Average(i => Math.Exp(x[0][i] - x[1][i]) * x[2][i] * (1.0 + x[3][i]))
                    - ((Math.E - 1.0) * (1.0 - (1.0 / Math.E)) * 0.5 * 1.5);
            }),
        ];
        double[] sobol = Errors(SamplingDesign.Sobol);
        double[] random = Errors(SamplingDesign.Random);
        Assert.That(Deviation(sobol), Is.LessThan(Deviation(random) / 10.0));
        Assert.That(sobol.Average(), Is.Zero.Within(4.0 * Deviation(sobol) / Math.Sqrt(sobol.Length)));
    }

    [TestCaseSource(nameof(Ungridded))]
    public void Correlated_samples_have_the_correlations_of_their_scores(SamplingDesign design)
    {
        EnsemblePlan plan = Plan with
        {
            Design = design,
            Size = 20_000,
            Variations = [new("a", new Normal(0.0, 1.0)), new("b", new Uniform(0.0, 1.0)), new("c", new Normal(5.0, 2.0)), new("d", new LogNormal(1.0, 1.0))],
            Correlations = [new("a", "c", 0.8), new("d", "a", -0.3), new("c", "d", 0.1)],
        };
        double[][] samples = Sample(plan);
        double[] d = [.. samples[3].Select(x => Math.Log(x))];
        Assert.That(Correlation(samples[0], samples[2]), Is.EqualTo(0.8).Within(0.01));
        Assert.That(Correlation(samples[0], d), Is.EqualTo(-0.3).Within(0.03));
        Assert.That(Correlation(samples[2], d), Is.EqualTo(0.1).Within(0.03));
        Assert.That(Correlation(samples[0], samples[1]), Is.Zero.Within(0.03));
        Assert.That(samples[2].Average(), Is.EqualTo(5.0).Within(0.06));
        Assert.That(Deviation(samples[2]), Is.EqualTo(2.0).Within(0.05));
    }

    [TestCaseSource(nameof(Ungridded))]
    public void Any_block_in_any_order_on_any_thread_has_the_same_samples(SamplingDesign design)
    {
        EnsemblePlan plan = Plan with
        {
            Design = design,
            Correlations = [new("a", "c", 0.5)],
            Alternatives = [new("x", ImmutableDictionary<string, double>.Empty), new("y", ImmutableDictionary<string, double>.Empty), new("z", ImmutableDictionary<string, double>.Empty)],
        };
        PlanSampler sampler = PlanSampler.For(plan);
        double[][] forward = [.. Enumerable.Range(0, (int)sampler.BlockCount).Select(b => Block(plan, sampler, b).Samples)];
        double[][] other = new double[sampler.BlockCount][];
        Parallel.For(0, other.Length, i =>
        {
            int block = other.Length - 1 - i;
            other[block] = Block(plan, PlanSampler.For(plan), block).Samples;
        });
        Assert.That(other, Is.EqualTo(forward));
    }

    [Test]
    public void Alternatives_share_the_numbers_of_their_sample()
    {
        EnsemblePlan one = Plan with { Noise = [new("a", new Normal(0.0, 1.0), 0.1)] };
        EnsemblePlan three = one with
        {
            Alternatives = [.. new[] { "x", "y", "z" }.Select(name => new Alternative(name, ImmutableDictionary<string, double>.Empty))],
        };
        PlanSampler sampler = PlanSampler.For(three);
        Assert.That((sampler.SampleCount, sampler.TrajectoryCount, sampler.BlockCount), Is.EqualTo((5000L, 15_000L, 15L)));
        Assert.That(sampler.CountOf(14), Is.EqualTo(15_000 - (14 * 1024)));
        double[][] single = Sample(one);
        double[][] paired = Sample(three);
        for (int i = 0; i < paired[1].Length; i++)
        {
            Assert.That(paired[1][i], Is.EqualTo(single[1][i / 3]));
        }

        Assert.That(sampler.Noise(0, 7, 4), Is.EqualTo(sampler.Noise(0, 8, 4)).And.Not.EqualTo(sampler.Noise(0, 9, 4)));
        Assert.That(sampler.Noise(0, 7, 4), Is.EqualTo(PlanSampler.For(one).Noise(0, 2, 4)).And.Not.EqualTo(sampler.Noise(0, 7, 5)));
    }

    [Test]
    public void Noise_has_its_distribution_along_a_trajectory()
    {
        PlanSampler sampler = PlanSampler.For(Plan with { Noise = [new("a", new Uniform(0.0, 1.0), 0.1), new("b", new Uniform(0.0, 1.0), 0.1)] });
        double[] first = [.. Enumerable.Range(0, 5000).Select(k => sampler.Noise(0, 3, k))];
        double[] second = [.. Enumerable.Range(0, 5000).Select(k => sampler.Noise(1, 3, k))];
        Assert.That(KolmogorovSmirnov(first, x => x), Is.LessThan(1.95 / Math.Sqrt(5000.0)));
        Assert.That(Correlation(first, second), Is.Zero.Within(4.0 / Math.Sqrt(5000.0)));
        Assert.That(Correlation(first[1..], first[..^1]), Is.Zero.Within(4.0 / Math.Sqrt(5000.0)));
    }

    [Test]
    public void A_grid_visits_every_combination_the_last_variation_fastest()
    {
        EnsemblePlan plan = Plan with
        {
            Size = 0,
            Design = SamplingDesign.Grid,
            Variations = [new("a", new GridPoints([2.0, 1.0])), new("b", GridPoints.Linear(0.0, 1.0, 3))],
        };
        double[][] samples = Sample(plan);
        Assert.That(samples[0], Is.EqualTo(new[] { 2.0, 2.0, 2.0, 1.0, 1.0, 1.0 }));
        Assert.That(samples[1], Is.EqualTo(new[] { 0.0, 0.5, 1.0, 0.0, 0.5, 1.0 }));
    }

    [Test]
    public void A_plan_that_varies_nothing_has_as_many_trajectories_as_asked_for()
    {
        PlanSampler sampler = PlanSampler.For(Plan with { Variations = [], Design = SamplingDesign.Sobol });
        Assert.That((sampler.TrajectoryCount, sampler.BlockCount), Is.EqualTo((5000L, 5L)));
        Assert.That(Block(Plan with { Variations = [] }, sampler, 0).Samples, Is.Empty);
    }

    [Test]
    public void Another_seed_gives_other_samples()
    {
        foreach (SamplingDesign design in Ungridded)
        {
            Assert.That(Sample(Plan with { Design = design, Size = 10 })[0], Is.Not.EqualTo(Sample(Plan with { Design = design, Size = 10, Seed = 12 })[0]));
        }
    }

    [Test]
    public void Filling_a_block_allocates_nothing()
    {
        EnsemblePlan plan = Plan with { Design = SamplingDesign.Sobol, Correlations = [new("a", "c", 0.5)] };
        PlanSampler sampler = PlanSampler.For(plan);
        EnsembleBlock block = Block(plan, sampler, 1);
        Allocations.None(() => sampler.Fill(block), calls: 5);
    }

    [Test]
    public void What_cannot_be_sampled_is_refused_with_every_reason()
    {
        EnsemblePlan plan = Plan with
        {
            Size = -3,
            Variations = [new("a", new Normal(0.0, -1.0)), new("b", new Uniform(1.0, 0.0))],
            Correlations = [new("a", "bb", 2.0)],
        };
        ModelException fault = Assert.Throws<ModelException>(() => PlanSampler.For(plan))!;
        Assert.That(fault.Findings.Select(finding => finding.Where), Is.EqualTo(new[] { "size", "vary.a", "vary.b", "correlations[0]", "correlations[0]" }));
        Assert.That(fault.Message, Does.Contain("'bb' does not vary. Did you mean 'b'?"));
    }

    [Test]
    public void Correlations_that_contradict_each_other_are_named()
    {
        EnsemblePlan plan = Plan with { Correlations = [new("a", "b", 0.9), new("b", "c", 0.9), new("a", "c", -0.9)] };
        ModelException fault = Assert.Throws<ModelException>(() => PlanSampler.For(plan))!;
        Assert.That(fault.Message, Does.Contain("not positive definite at b with c: 0.9, a with c: -0.9"));
    }

    private static double[][] Sample(EnsemblePlan plan)
    {
        PlanSampler sampler = PlanSampler.For(plan);
        EnsembleBlock[] blocks = [.. Enumerable.Range(0, (int)sampler.BlockCount).Select(b => Block(plan, sampler, b))];
        return [.. Enumerable.Range(0, plan.Variations.Length).Select(v => blocks.SelectMany(block => block.Sample(v).ToArray()).ToArray())];
    }

    private static EnsembleBlock Block(EnsemblePlan plan, PlanSampler sampler, long number)
    {
        var block = new EnsembleBlock(EnsembleLayout.Of(plan), number * EnsembleBlock.Capacity, sampler.CountOf(number));
        sampler.Fill(block);
        return block;
    }

    private static double Deviation(double[] x)
    {
        double mean = x.Average();
        return Math.Sqrt(x.Sum(value => (value - mean) * (value - mean)) / (x.Length - 1));
    }

    private static double Correlation(double[] x, double[] y)
    {
        (double meanX, double meanY) = (x.Average(), y.Average());
        double covariance = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / (x.Length - 1);
        return covariance / (Deviation(x) * Deviation(y));
    }

    private static double KolmogorovSmirnov(double[] samples, Func<double, double> cdf) => samples.Order()
        .Select((x, i) => Math.Max(cdf(x) - ((double)i / samples.Length), ((i + 1.0) / samples.Length) - cdf(x))).Max();
}
