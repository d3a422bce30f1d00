using System.Text.Json.Nodes;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Stacks.Sizing;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.HuggingFace;

/// <summary>Zamba and Zamba2: which layers listen to which shared block.</summary>
public class ZambaAdapterTests
{
    [TestCase("zamba")]
    [TestCase("zamba2")]
    [TestCase("zamba2_b")]
    public void Shared_blocks_are_held_once(string name)
    {
        SafetensorsFile file = SafetensorsFile.Load(Path.Combine(GoldenCase.Root, name, "model.safetensors"));
        AdaptedModel model = GoldenConfig.Describe(name, _ => { });
        Assert.That(StackSizes.Of(model.Stack).Parameters, Is.EqualTo(file.Tensors.Sum(tensor => tensor.Count)));
        Assert.That(model.Sides().Count(side => side is not null), Is.GreaterThan(1));
    }

    [Test]
    public void The_schedule_of_Zamba_gives_the_listed_layers()
    {
        bool[] scheduled = [.. GoldenConfig.Describe("zamba", config => config.Remove("layers_block_type")).Sides().Select(side => side is not null)];
        Assert.That(scheduled, Is.EqualTo(new[] { false, false, true, false, false, true }));
    }

    [Test]
    public void Blocks_of_Zamba2_take_turns_and_every_place_has_its_own_adapter()
    {
        SharedTransformerDescription[] sides = [.. GoldenConfig.Describe("zamba2", _ => { }).Sides().OfType<SharedTransformerDescription>()];
        Assert.That(sides.Select(side => side.Block), Is.EqualTo(new[] { "shared.0", "shared.1", "shared.0" }));
        Assert.That(sides.Select(side => side.Adapter), Is.EqualTo(new[] { 0, 1, 2 }));
    }

    [Test]
    public void Layers_of_Zamba2_may_be_listed_by_number()
    {
        bool[] numbered = [.. GoldenConfig.Describe("zamba2", config => config.Remove("layers_block_type")).Sides().Select(side => side is not null)];
        Assert.That(numbered, Is.EqualTo(new[] { false, false, true, false, true, false, true }));
    }

    [Test]
    public void A_long_context_stretches_rotary_positions_eightfold()
    {
        SharedTransformerDescription side = GoldenConfig.Describe("zamba2", config => config["use_long_context"] = true).Sides()[2]!;
        Assert.That(side.Attention.Rotary!.Theta, Is.EqualTo(10000.0 * Math.Pow(8.0, 12.0 / 10.0)).Within(1e-8));
    }

    [Test]
    public void Steps_have_a_floor_unless_limits_are_given()
    {
        Assert.That(StepOf(_ => { }), Is.EqualTo((0.001, 0.0)));
        Assert.That(StepOf(config => config["time_step_limit"] = new JsonArray(0.02, 0.5)), Is.EqualTo((0.02, 0.5)));

        static (double Least, double Greatest) StepOf(Action<JsonObject> change)
        {
            var ssd = (SsdDescription)GoldenConfig.Describe("zamba2", change).Mixers()[0];
            return (ssd.LeastStep, ssd.GreatestStep);
        }
    }

    [Test]
    public void Heads_that_do_not_divide_and_layers_that_are_not_there_are_refused()
    {
        Assert.That(GoldenConfig.Refusals("zamba", config => config["n_mamba_heads"] = 5), Is.EqualTo(new[] { "config.json, mamba_expand" }));
        Assert.That(
            GoldenConfig.Refusals("zamba2", config =>
            {
                config.Remove("layers_block_type");
                config["hybrid_layer_ids"] = new JsonArray(2, 7);
                config["num_mem_blocks"] = 0;
            }),
            Is.EquivalentTo(new[] { "config.json, hybrid_layer_ids", "config.json, num_mem_blocks" }));
    }
}
