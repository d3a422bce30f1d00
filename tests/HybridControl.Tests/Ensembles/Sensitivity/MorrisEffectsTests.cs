using HybridControl.Ensembles;
using HybridControl.Ensembles.Sensitivity;

namespace HybridControl.Tests.Ensembles.Sensitivity;

internal sealed class MorrisEffectsTests
{
    [Test]
    public void Effects_of_a_linear_function_are_its_coefficients_without_deviation()
    {
        EnsemblePlan plan = SensitivityModels.Plan(3, 12, new Uniform(-1.0, 1.0));
        var morris = MorrisEffects.Estimate(plan, SensitivityModels.Computing(x => 5.0 + (3.0 * x[0]) - (2.0 * x[1])), "y");
        Assert.That(morris.Trajectories, Is.EqualTo(48));

        // Per unit of probability, which is the range 2.
        Assert.That(morris.Effects.Select(e => e.Mean), Is.EqualTo(new[] { 6.0, -4.0, 0.0 }).Within(1e-12));
        Assert.That(morris.Effects.Select(e => e.MeanMagnitude), Is.EqualTo(new[] { 6.0, 4.0, 0.0 }).Within(1e-12));
        Assert.That(morris.Effects.Select(e => e.Deviation), Is.All.EqualTo(0.0).Within(1e-12));
    }

    [Test]
    public void Interaction_shows_as_deviation_and_not_in_the_mean()
    {
        // y = x1 x2 over levels -3/4, -1/4, 1/4, 3/4: effects are 2 x_other, of mean 0, mean magnitude 1 and deviation sqrt(5)/2.
        EnsemblePlan plan = SensitivityModels.Plan(2, 4000, new Uniform(-1.0, 1.0));
        var morris = MorrisEffects.Estimate(plan, SensitivityModels.Computing(x => x[0] * x[1]), "y");
        foreach (ElementaryEffect effect in morris.Effects)
        {
            Assert.That(effect.Mean, Is.EqualTo(0.0).Within(0.08));
            Assert.That(effect.MeanMagnitude, Is.EqualTo(1.0).Within(0.04));
            Assert.That(effect.Deviation, Is.EqualTo(Math.Sqrt(5.0) / 2.0).Within(0.04));
            Assert.That(effect.MagnitudeBand.Contains(effect.MeanMagnitude), Is.True);
        }
    }

    [Test]
    public void Unbounded_distributions_serve_too()
    {
        EnsemblePlan plan = SensitivityModels.Plan(1, 10, new Normal(0.0, 1.0));
        ElementaryEffect effect = MorrisEffects.Estimate(plan, SensitivityModels.Computing(x => x[0]), "y", levels: 2).Effects[0];

        // Levels 1/4 and 3/4: the quartiles are 0.6744898 from the mean, and the step is half the range.
        Assert.That(effect.Mean, Is.EqualTo(4.0 * 0.6744897501960817).Within(1e-12));
        Assert.That(effect.Count, Is.EqualTo(10));
    }
}
