using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Sensitivity;

namespace HybridControl.Tests.Ensembles.Sensitivity;

/// <summary>Closed forms: A. Saltelli et al., Global Sensitivity Analysis: The Primer, Wiley (2008), sections 4.5 and 4.9.</summary>
internal sealed class SobolIndicesTests
{
    // T. Ishigami and T. Homma (1990), a = 7, b = 0.1.
    [Test]
    public void Indices_of_ishigamis_function_are_those_of_its_closed_form()
    {
        double pi4 = Math.Pow(Math.PI, 4.0);
        double one = 0.5 * Math.Pow(1.0 + (0.1 * pi4 / 5.0), 2.0);
        double two = 49.0 / 8.0;
        double thirteen = 0.01 * pi4 * pi4 * ((1.0 / 18.0) - (1.0 / 50.0));
        double variance = one + two + thirteen;

        var indices = SobolIndices.Estimate(SensitivityModels.Ishigami(1024), new SimulatorEnsembleBackend(2), "y");
        Assert.That(indices.Trajectories, Is.EqualTo(5 * 1024));
        Assert.That(indices.Mean, Is.EqualTo(3.5).Within(0.02));
        Assert.That(indices.Variance, Is.EqualTo(variance).Within(0.02 * variance));
        Assert.That(indices.Indices.Select(i => i.First), Is.EqualTo(new[] { one / variance, two / variance, 0.0 }).Within(0.03));
        Assert.That(
            indices.Indices.Select(i => i.Total), Is.EqualTo(new[] { (one + thirteen) / variance, two / variance, thirteen / variance }).Within(0.03));
    }

    [Test]
    public void Lanes_run_the_points_like_the_simulator()
    {
        EnsemblePlan plan = SensitivityModels.Ishigami(512);
        var lanes = SobolIndices.Estimate(plan, new CpuEnsembleBackend(2), "y");
        var simulator = SobolIndices.Estimate(plan, new SimulatorEnsembleBackend(2), "y");
        Assert.That(lanes.Trajectories, Is.EqualTo(5 * 512));
        Assert.That(lanes.Mean, Is.EqualTo(simulator.Mean).Within(1e-12));
        Assert.That(lanes.Indices.Select(i => i.First), Is.EqualTo(simulator.Indices.Select(i => i.First)).Within(1e-12));
        Assert.That(lanes.Indices.Select(i => i.Total), Is.EqualTo(simulator.Indices.Select(i => i.Total)).Within(1e-12));
    }

    // I. M. Sobol's g-function: prod (|4 x - 2| + a) / (1 + a) over the unit cube.
    [TestCase(SamplingDesign.Sobol, 0.01)]
    [TestCase(SamplingDesign.Random, 0.05)]
    [TestCase(SamplingDesign.LatinHypercube, 0.05)]
    public void Indices_of_the_g_function_are_those_of_its_closed_form(SamplingDesign design, double error)
    {
        double[] a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0];
        double[] parts = [.. a.Select(value => 1.0 / (3.0 * (1.0 + value) * (1.0 + value)))];
        double variance = parts.Aggregate(1.0, (product, v) => product * (1.0 + v)) - 1.0;

        EnsemblePlan plan = SensitivityModels.Plan(6, 8192, new Uniform(0.0, 1.0)) with { Design = design };
        var indices = SobolIndices.Estimate(
            plan, SensitivityModels.Computing(x => x.Zip(a, (value, c) => (Math.Abs((4.0 * value) - 2.0) + c) / (1.0 + c)).Aggregate((p, f) => p * f)), "y");
        for (int i = 0; i < 6; i++)
        {
            double first = parts[i] / variance;
            double total = parts[i] * parts.Where((_, j) => j != i).Aggregate(1.0, (product, v) => product * (1.0 + v)) / variance;
            SensitivityIndex index = indices.Indices[i];
            Assert.That(new[] { index.First, index.Total }, Is.EqualTo(new[] { first, total }).Within(error));
            Assert.That(index.FirstBand.Contains(index.First) && index.TotalBand.Contains(index.Total), Is.True);
        }
    }

    [Test]
    public void Bootstrap_intervals_cover_about_as_often_as_they_say()
    {
        // y = x1 + 2 x2 over normals: S = (0.2, 0.8).
        int first = 0, total = 0;
        for (ulong seed = 1; seed <= 60; seed++)
        {
            EnsemblePlan plan = SensitivityModels.Plan(2, 500, new Normal(0.0, 1.0)) with { Design = SamplingDesign.Random, Seed = seed };
            SensitivityIndex index = SobolIndices.Estimate(plan, SensitivityModels.Computing(x => 100.0 + x[0] + (2.0 * x[1])), "y").Indices[1];
            first += index.FirstBand.Contains(0.8) ? 1 : 0;
            total += index.TotalBand.Contains(0.8) ? 1 : 0;
        }

        Assert.That(first, Is.InRange(51, 60));
        Assert.That(total, Is.InRange(51, 60));
    }

    [Test]
    public void Rows_with_a_failed_trajectory_are_skipped_and_counted()
    {
        EnsemblePlan plan = SensitivityModels.Plan(2, 1024, new Uniform(0.0, 1.0));
        var indices = SobolIndices.Estimate(plan, SensitivityModels.Computing(x => x[0] > 0.99 ? double.NaN : x[0]), "y");
        Assert.That(indices.Skipped, Is.InRange(5, 40));
        Assert.That(indices.Rows + indices.Skipped, Is.EqualTo(1024));
        Assert.That(indices.Indices[1].Total, Is.Zero);
        Assert.That(indices.Indices[0].First, Is.EqualTo(1.0).Within(0.02));
    }

    [Test]
    public void Plans_whose_variance_cannot_be_divided_are_refused()
    {
        EnsemblePlan plan = SensitivityModels.Plan(2, 64, new Uniform(0.0, 1.0));
        FormulaBackend backend = SensitivityModels.Computing(x => x[0]);
        Assert.That(
            () => SobolIndices.Estimate(plan with { Correlations = [new("x1", "x2", 0.5)] }, backend, "y"),
            Throws.TypeOf<ModelException>().With.Message.Contains("correlated"));
        Assert.That(
            () => SobolIndices.Estimate(plan with { Design = SamplingDesign.Points, Points = [0.1, 0.2, 0.3, 0.4] }, backend, "y"),
            Throws.TypeOf<ModelException>().With.Message.Contains("points"));
        Assert.That(() => SobolIndices.Estimate(plan with { Variations = [] }, backend, "y"), Throws.TypeOf<ModelException>());
        Assert.That(
            () => SobolIndices.Estimate(plan, backend, "rset"), Throws.TypeOf<ModelException>().With.Message.Contains("rest"));
    }
}
