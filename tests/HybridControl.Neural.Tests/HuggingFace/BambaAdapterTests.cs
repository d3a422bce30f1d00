using System.Text.Json.Nodes;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.HuggingFace;

public class BambaAdapterTests
{
    [Test]
    public void Half_of_a_head_turns_unless_the_configuration_says_otherwise()
    {
        Assert.That(RotaryOf(_ => { }), Is.EqualTo(new RotaryDescription(10000.0, 6)));
        Assert.That(RotaryOf(config => config.Remove("partial_rotary_factor")), Is.EqualTo(new RotaryDescription(10000.0, 6)));
        Assert.That(RotaryOf(config => config["partial_rotary_factor"] = 1.0), Is.EqualTo(new RotaryDescription(10000.0, 12)));
    }

    [Test]
    public void Rotary_positions_are_found_where_newer_versions_keep_them() =>
        Assert.That(
            RotaryOf(config =>
            {
                config.Remove("rope_theta");
                config.Remove("rope_scaling");
                config.Remove("partial_rotary_factor");
                config["rope_parameters"] = new JsonObject { ["rope_type"] = "default", ["rope_theta"] = 5e5, ["partial_rotary_factor"] = 0.5 };
            }),
            Is.EqualTo(new RotaryDescription(5e5, 6)));

    [Test]
    public void Layers_that_attend_are_listed_by_kind_or_by_number()
    {
        Type[] byKind = Kinds(_ => { });
        Type[] byNumber = Kinds(config => config.Remove("layers_block_type"));
        Assert.That(byNumber, Is.EqualTo(byKind));
        Assert.That(byKind[2], Is.EqualTo(typeof(AttentionDescription)));
    }

    [Test]
    public void Every_value_that_cannot_be_met_is_refused_at_once()
    {
        string[] refused = GoldenConfig.Refusals("bamba", config =>
        {
            config["num_key_value_heads"] = 3;
            config["mamba_n_groups"] = 4;
            config["mamba_d_head"] = 8;
            config["hidden_act"] = "relu";
            config["rope_scaling"] = new JsonObject { ["type"] = "linear", ["factor"] = 2.0 };
            config["layers_block_type"] = new JsonArray("mamba", "mamba", "attention", "convolution");
        });
        Assert.That(refused, Is.SupersetOf(new[]
        {
            "config.json, num_attention_heads", "config.json, mamba_n_heads", "config.json, hidden_act", "config.json, rope_scaling",
            "config.json, layers_block_type",
        }));
    }

    private static RotaryDescription? RotaryOf(Action<JsonObject> change) =>
        ((AttentionDescription)GoldenConfig.Describe("bamba", change).Mixers()[2]).Rotary;

    private static Type[] Kinds(Action<JsonObject> change) => [.. GoldenConfig.Describe("bamba", change).Mixers().Select(mixer => mixer.GetType())];
}
