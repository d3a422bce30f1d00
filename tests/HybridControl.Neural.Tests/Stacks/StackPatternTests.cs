using HybridControl.Diagnostics;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Tests.Stacks;

public class StackPatternTests
{
    [Test]
    public void Each_letter_is_a_layer_that_can_be_trained()
    {
        var pattern = new StackPattern { Width = 8, Rotary = new(), KeyHeads = 2 };
        var description = new StackDescription { Width = 8, Signals = 1, Layers = pattern.Layers("S4D", "S5", "M", "M2", "*", "-") };
        var model = new SequenceModel(description);
        Assert.Multiple(() =>
        {
            Assert.That(
                description.Layers.Select(layer => layer.Blocks.Single().Mixer.GetType()),
                Is.EqualTo(new[]
                {
                    typeof(S4dDescription), typeof(S5Description), typeof(MambaDescription), typeof(SsdDescription),
                    typeof(AttentionDescription), typeof(GluDescription),
                }));
            Assert.That(model.Parameters.Find("layers.2.mixer.in_proj.weight"), Has.Property("Rows").EqualTo(32).And.Property("Columns").EqualTo(8));
            Assert.That(model.Parameters.Find("layers.4.mixer.prenorm.weight"), Is.Not.Null);
        });
    }

    [Test]
    public void Unknown_letters_are_refused_all_at_once() => Assert.That(
        () => new StackPattern { Width = 8 }.Layers("M", "S6", "*", "x"),
        Throws.TypeOf<ModelException>().With.Message.Contains("pattern[1]: unknown layer 'S6'").And.Message.Contains("pattern[3]"));
}
