using System.Text.Json.Nodes;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.HuggingFace;

/// <summary>That factors in the weights give what factors at run time give, the golden stacks show: the published code multiplies at run time.</summary>
public class FalconH1AdapterTests
{
    /// <summary>Channels 48, state 12, one group: gate, inputs, B, C, steps begin at rows 0, 48, 96, 108, 120.</summary>
    [TestCase("in_proj.weight", 0, 1.25 * 0.9)]
    [TestCase("in_proj.weight", 47, 1.25 * 0.9)]
    [TestCase("in_proj.weight", 48, 1.25 * 0.8)]
    [TestCase("in_proj.weight", 96, 1.25 * 1.2)]
    [TestCase("in_proj.weight", 107, 1.25 * 1.2)]
    [TestCase("in_proj.weight", 108, 1.25 * 1.1)]
    [TestCase("in_proj.weight", 125, 1.25 * 0.7)]
    [TestCase("in_proj.bias", 125, 0.7)]
    [TestCase("out_proj.weight", 3, 0.75)]
    public void Factors_of_the_state_space_layer_scale_rows(string name, int row, double expected) =>
        Assert.That(FactorOf($"layers.1.mixer.ssd.{name}", row), Is.EqualTo(expected).Within(1e-15));

    [TestCase("mixer.attention.q_proj.weight", 1.1)]
    [TestCase("mixer.attention.k_proj.weight", 1.1 * 0.6)]
    [TestCase("mixer.attention.k_proj.bias", 0.6)]
    [TestCase("mixer.attention.v_proj.bias", 1.0)]
    [TestCase("mixer.attention.o_proj.bias", 0.8)]
    [TestCase("channels.gate_proj.weight", 0.7)]
    [TestCase("channels.up_proj.weight", 1.0)]
    [TestCase("channels.down_proj.weight", 1.3)]
    public void Factors_of_attention_and_channels_scale_rows(string name, double expected) =>
        Assert.That(FactorOf($"layers.0.{name}", 0), Is.EqualTo(expected).Within(1e-15));

    [Test]
    public void Lists_of_factors_of_another_length_are_refused() =>
        Assert.That(
            GoldenConfig.Refusals("falcon_h1", config =>
            {
                config["ssm_multipliers"] = new JsonArray(1.0, 2.0);
                config["projectors_bias"] = true;
            }),
            Is.EquivalentTo(new[] { "config.json, ssm_multipliers", "config.json, projectors_bias" }));

    private static double FactorOf(string parameter, int row) => GoldenConfig.Describe("falcon_h1", _ => { }).Names.Rules[parameter].RowFactor!(row);
}
