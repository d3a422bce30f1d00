using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Numerics;
using HybridControl.Requirements;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.Ensembles.Sensitivity;
using HybridControl.Tests.Models;

namespace HybridControl.Tests.Ensembles;

internal sealed class CriticalParameterTests
{
    private static readonly DormandPrince5 Tight = new() { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-12 };

    // Past the unstable angle of 2.68 rad the machine slips, so any angle beyond decides.
    private static readonly Requirement Stays =
        new("stays", Expr.Variable(VariableKind.State, "delta") <= 2.9, RequirementKind.Always);

    [Test]
    public void Clearing_time_is_that_of_equal_areas()
    {
        CriticalParameterResult found = CriticalParameter.Find(ModelLibrary.Load("smib"), "tc", 0.2, 0.3, Stays, 5.0, Tight);
        Assert.That(found.Estimate, Is.EqualTo(0.2599561663).Within(1e-9));
        Assert.That(found.IsMetBelow, Is.True);
        Assert.That(found.Interval.Upper - found.Interval.Lower, Is.LessThan(1e-12));
        Assert.That((found.Trajectories, found.Findings.Length), Is.EqualTo((42L, 0)));
    }

    // The clearing time rises with the inertia as sqrt(H), so its quantiles are those of the inertia.
    [Test]
    public void Clearing_time_of_a_random_machine_is_met_with_the_asked_probability()
    {
        var plan = new EnsemblePlan
        {
            Model = ModelLibrary.Load("smib"),
            Size = 60,
            Until = 5.0,
            Solver = Tight,
            Variations = [new("H", new Uniform(4.0, 6.0))],
            Requirements = [Stays],
        };
        CriticalParameterResult found = CriticalParameter.Find(
            plan, new SimulatorEnsembleBackend(2), "tc", 0.2, 0.32, options: new() { Probability = 0.8, Bisections = 20 });
        double truth = 0.2599561663 * Math.Sqrt(4.4 / 5.0);
        Assert.That(found.Interval.Contains(truth) && found.Interval.Contains(found.Estimate), Is.True, $"{found.Interval}");
        Assert.That(found.Interval.HalfWidth, Is.LessThan(0.01));
        Assert.That(found.Values.Count, Is.EqualTo(60));
        Assert.That(found.Check!.ClopperPearson(0.999).Contains(0.8), Is.True);
    }

    [TestCase(0.9, true)]
    [TestCase(0.5, false)]
    [TestCase(0.2, true)]
    public void Interval_of_a_random_search_covers_at_least_as_often_as_it_says(double probability, bool isMetBelow)
    {
        // Met at t if t <= 2 + s / 2, s normal: P = 0.5 erfc((t - 2) * sqrt 2).
        double z = NormalLaw.Quantile(1.0 - probability);
        double truth = 2.0 + (0.5 * (isMetBelow ? z : -z));
        EnsemblePlan plan = Threshold(150);
        FormulaBackend backend = Judging((s, t) => t <= 2.0 + (0.5 * s) == isMetBelow ? 1.0 : 0.0);
        int covers = 0;
        for (ulong seed = 1; seed <= 200; seed++)
        {
            CriticalParameterResult found = CriticalParameter.Find(
                plan with { Seed = seed }, backend, "x2", -2.0, 6.0, options: new() { Probability = probability, Verify = false, Bisections = 16 });
            Assert.That(found.IsMetBelow, Is.EqualTo(isMetBelow));
            covers += found.Interval.Contains(truth) ? 1 : 0;
        }

        Assert.That(covers, Is.InRange(186, 200));
    }

    [Test]
    public void Failed_samples_widen_the_interval_and_are_reported()
    {
        EnsemblePlan plan = Threshold(1000);
        CriticalParameterResult clean = CriticalParameter.Find(plan, Judging((s, t) => t <= s ? 1.0 : 0.0), "x2", -9.0, 9.0);
        CriticalParameterResult torn = CriticalParameter.Find(plan, Judging((s, t) => s > 1.5 ? double.NaN : t <= s ? 1.0 : 0.0), "x2", -9.0, 9.0);
        Assert.That(clean.Interval.Contains(0.0) && torn.Interval.Contains(0.0), Is.True);
        Assert.That(clean.Findings, Is.Empty);
        Assert.That(torn.Unknown, Is.InRange(40, 95));
        Assert.That(torn.Interval.HalfWidth, Is.GreaterThan(1.5 * clean.Interval.HalfWidth));
        Assert.That(torn.Findings.Single().Severity, Is.EqualTo(Severity.Warning));
        Assert.That((torn.Check!.Unknown > 0, torn.Check.Trials + torn.Check.Unknown), Is.EqualTo((true, 1000L)));
    }

    [TestCase(5.0, "met at both ends")]
    [TestCase(-5.0, "not met at both ends")]
    public void Ends_with_the_same_verdict_are_refused(double threshold, string message) =>
        Assert.That(
            () => CriticalParameter.Find("gain", 0.0, 1.0, gain => gain < threshold),
            Throws.TypeOf<ModelException>().With.Message.Contains(message).And.Message.Contains("gain"));

    [Test]
    public void Probability_that_is_not_bracketed_is_refused_with_those_at_the_ends() =>
        Assert.That(
            () => CriticalParameter.Find(Threshold(500), Judging((s, t) => t <= s ? 1.0 : 0.0), "x2", 0.0, 9.0, options: new() { Probability = 0.9 }),
            Throws.TypeOf<ModelException>().With.Message.Contains("does not bracket 0.9"));

    [Test]
    public void Failure_without_randomness_is_an_error_that_names_the_value()
    {
        EnsemblePlan plan = Threshold(1) with { Variations = [] };
        Assert.That(
            () => CriticalParameter.Find(plan, Judging((t, _) => t == 0.5 ? double.NaN : t < 0.7 ? 1.0 : 0.0), "x2", 0.0, 1.0),
            Throws.TypeOf<ModelException>().With.Message.Contains("0.5 failed"));
    }

    [Test]
    public void Bisection_goes_to_the_resolution_asked_for()
    {
        CriticalParameterResult found = CriticalParameter.Find("gain", 0.0, 1.0, gain => gain > 1.0 / 3.0, new() { Tolerance = 1e-3 });
        Assert.That(found.IsMetBelow, Is.False);
        Assert.That(found.Interval.Upper - found.Interval.Lower, Is.LessThanOrEqualTo(1e-3).And.GreaterThan(4e-4));
        Assert.That(found.Interval.Contains(1.0 / 3.0), Is.True);
    }

    private static EnsemblePlan Threshold(long size) => SensitivityModels.Plan(2, size, new Normal(0.0, 1.0)) with
    {
        Design = SamplingDesign.Random,
        Variations = [new("x1", new Normal(0.0, 1.0))],
        Recording = new(),
        Requirements = [new("met", Expr.Time >= 0.0, RequirementKind.AtEnd)],
    };

    // Called with the sample and the parameter, or with the parameter alone where nothing else varies; NaN fails.
    private static FormulaBackend Judging(Func<double, double, double> judge) => new(block =>
    {
        for (int i = 0; i < block.Count; i++)
        {
            double parameter = block.Layout.Samples.Length > 1 ? block.Sample(1)[i] : 0.0;
            double verdict = judge(block.Sample(0)[i], parameter);
            block.Scalars[(EnsembleLayout.Status * block.Count) + i] = double.IsNaN(verdict) ? (double)TrajectoryStatus.Zeno : 0.0;
            block.Scalars[(block.Layout.FirstRequirement * block.Count) + i] = verdict;
        }
    });
}
