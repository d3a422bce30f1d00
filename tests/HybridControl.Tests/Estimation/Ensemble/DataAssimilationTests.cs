using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

/// <summary>Errors of ensemble and particle filters beside the published ones, with the published settings.</summary>
/// <remarks>Lorenz96/sakov2008.py and Lorenz63/sakov2012.py of DAPPER (P. N. Raanes et al.), column "rmse.a"; docs/benchmarks/assimilation.md quotes the lines.</remarks>
public class DataAssimilationTests
{
    private static readonly TwinExperiment Ring = TwinExperiment.Lorenz96();
    private static readonly TwinExperiment Butterfly = TwinExperiment.Lorenz63();

    private static IEnumerable<TestCaseData> RingFilters()
    {
        yield return Case(Ring, "stochastic, 40 members", 0.22, t => t.Ensemble(40, EnsembleUpdate.Stochastic, 1.06));
        yield return Case(Ring, "stochastic, 28 members", 0.24, t => t.Ensemble(28, EnsembleUpdate.Stochastic, 1.08));
        yield return Case(Ring, "deterministic, 40 members", 0.18, t => t.Ensemble(40, EnsembleUpdate.Deterministic, 1.01));
        yield return Case(Ring, "square root, 24 members", 0.18, t => t.Ensemble(24, EnsembleUpdate.SquareRoot, 1.013, rotates: true));
        yield return Case(Ring, "local square root, 7 members", 0.22, t => t.Ensemble(7, EnsembleUpdate.SquareRoot, 1.04, rotates: true, localized: true));
    }

    private static IEnumerable<TestCaseData> ButterflyFilters()
    {
        yield return Case(Butterfly, "square root, 3 members", 0.80, t => t.Ensemble(3, EnsembleUpdate.SquareRoot, 1.30));
        yield return Case(Butterfly, "square root, 10 members", 0.60, t => t.Ensemble(10, EnsembleUpdate.SquareRoot, 1.02, rotates: true));
        yield return Case(Butterfly, "stochastic, 10 members", 0.65, t => t.Ensemble(10, EnsembleUpdate.Stochastic, 1.04));
        yield return Case(Butterfly, "stochastic, 100 members", 0.56, t => t.Ensemble(100, EnsembleUpdate.Stochastic, 1.01));
    }

    private static IEnumerable<TestCaseData> Clouds()
    {
        yield return Case(Butterfly, "100 particles", 0.38, t => t.Particles(100, regularization: 2.4, below: 0.3));
        yield return Case(Butterfly, "800 particles", 0.28, t => t.Particles(800, regularization: 0.9, below: 0.2));
    }

    [TestCaseSource(nameof(RingFilters))]
    public void Forty_variables_on_a_ring_are_followed_as_published(TwinExperiment twin, Func<TwinExperiment, IEstimator> make, double published)
    {
        double error = twin.Run(make, cycles: 1000, seed: 3);
        TestContext.Out.WriteLine(FormattableString.Invariant($"{error:F3}, published {published:F2}"));
        Assert.That(error, Is.EqualTo(published).Within(0.03));
    }

    // Few members lose the truth for a while now and then, so that a thousand cycles say little.
    [TestCaseSource(nameof(ButterflyFilters))]
    public void Three_variables_are_followed_as_published(TwinExperiment twin, Func<TwinExperiment, IEstimator> make, double published)
    {
        double error = Enumerable.Range(1, 6).Average(seed => twin.Run(make, cycles: 5000, (ulong)seed));
        TestContext.Out.WriteLine(FormattableString.Invariant($"{error:F3}, published {published:F2}"));
        Assert.That(error, Is.EqualTo(published).Within(0.06));
    }

    // A cloud of so few that loses the truth may not find it again, in about one of ten runs of a thousand cycles: hence the median.
    [TestCaseSource(nameof(Clouds))]
    public void Three_variables_are_followed_by_particles_as_published(TwinExperiment twin, Func<TwinExperiment, IEstimator> make, double published)
    {
        double error = Enumerable.Range(1, 5).Select(seed => twin.Run(make, cycles: 1000, (ulong)seed)).Order().ElementAt(2);
        TestContext.Out.WriteLine(FormattableString.Invariant($"{error:F3}, published {published:F2}"));
        Assert.That(error, Is.EqualTo(published).Within(0.06));
    }

    private static TestCaseData Case(TwinExperiment twin, string name, double published, Func<TwinExperiment, IEstimator> make) =>
        new(twin, make, published) { TestName = $"{twin.Name}: {name}" };
}
