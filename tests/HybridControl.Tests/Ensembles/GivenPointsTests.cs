using HybridControl.Diagnostics;
using HybridControl.Ensembles;

namespace HybridControl.Tests.Ensembles;

internal sealed class GivenPointsTests
{
    private static readonly EnsemblePlan Plan = FormulaBackend.Plan(77) with
    {
        Design = SamplingDesign.Points,
        Variations = [new("x", new Uniform(0.0, 1.0)), new("a", new Normal(0.0, 1.0))],
        Points = [1.0, 10.0, 2.0, 20.0, 3.0, 30.0],
    };

    [Test]
    public void Each_row_is_a_sample_whatever_the_size_and_the_distributions()
    {
        EnsembleBlock block = FormulaBackend.AllBlocks(Plan, _ => { }).Single();
        Assert.That(block.Sample(0).ToArray(), Is.EqualTo(new[] { 1.0, 2.0, 3.0 }));
        Assert.That(block.Sample(1).ToArray(), Is.EqualTo(new[] { 10.0, 20.0, 30.0 }));
        Assert.That(PlanValidator.Validate(Plan), Is.Empty);
    }

    [Test]
    public void Alternatives_share_a_row()
    {
        EnsembleBlock block = FormulaBackend.AllBlocks(Plan with { Alternatives = [new("one", []), new("two", [])] }, _ => { }).Single();
        Assert.That(block.Sample(0).ToArray(), Is.EqualTo(new[] { 1.0, 1.0, 2.0, 2.0, 3.0, 3.0 }));
    }

    [Test]
    public void Simulator_and_lanes_run_the_rows([Values(1, 2)] int alternatives)
    {
        EnsemblePlan plan = Plan with { Alternatives = alternatives == 1 ? [] : [new("one", []), new("two", [])] };
        foreach (IEnsembleBackend backend in new IEnsembleBackend[] { new SimulatorEnsembleBackend(1), new CpuEnsembleBackend(1) })
        {
            EnsembleResult result = EnsembleRun.Run(plan, backend, new() { KeepBlocks = true });
            Assert.That(
                result.Blocks[0].Scalar(EnsembleLayout.Steps + 1).ToArray(),
                Is.EqualTo(new[] { 1.0, 2.0, 3.0 }.SelectMany(x => Enumerable.Repeat(x, alternatives))), backend.Name);
        }
    }

    [Test]
    public void Rows_that_do_not_come_out_even_are_refused() =>
        Assert.That(
            () => PlanSampler.For(Plan with { Points = [1.0, 2.0, 3.0] }),
            Throws.TypeOf<ModelException>().With.Message.Contains("3 values for 2 variations"));
}
