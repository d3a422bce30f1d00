using HybridControl.Diagnostics;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Stacks.Sizing;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.Stacks;

public class StackFileTests
{
    public static IEnumerable<string> Kinds => RandomStacks.Kinds.Keys;

    public static IEnumerable<string> Models => GoldenStack.Names;

    [TestCaseSource(nameof(Kinds))]
    public void A_description_survives_json(string kind) => CheckRoundTrip(RandomStacks.Kinds[kind](new(3)));

    [TestCaseSource(nameof(Models))]
    public void Every_published_architecture_survives_json(string name) =>
        CheckRoundTrip(GoldenConfig.Describe(name, _ => { }).Stack);

    [TestCaseSource(nameof(Kinds))]
    public void A_saved_stack_computes_the_very_same(string kind)
    {
        StackDescription description = RandomStacks.Kinds[kind](new(4));
        using var folder = new TemporaryFolder();
        StackFile.Save(folder.Path, description, new RandomParameters(4), TensorType.F64);
        using var backend = new ScalarBackend<float>();
        using LayerStack original = StackBuilder.Build(description, new RandomParameters(4), backend);
        using LayerStack loaded = StackFile.Load(folder.Path, backend);
        Assert.That(Run(loaded), Is.EqualTo(Run(original)));
    }

    [Test]
    public void All_that_is_wrong_with_a_description_comes_at_once()
    {
        StackDescription sound = RandomStacks.Kinds["attention"](new(1));
        BlockDescription block = sound.Layers[0].Blocks[0];
        var attention = new AttentionDescription { Heads = 5, KeyHeads = 2, HeadWidth = 0, Window = -1, Rotary = new(double.NaN) };
        StackDescription bad = sound with { HeadScale = 0.0, Outputs = -1, Layers = [new([block with { Mixer = attention }, block with { Scale = double.PositiveInfinity }])] };
        string[] places = [.. bad.Check().Select(finding => finding.Where)];
        Assert.That(places, Is.SupersetOf(new[]
        {
            "outputs", "layers.0.blocks", "layers.0.mixer.heads", "layers.0.mixer.headWidth", "layers.0.mixer.window",
            "layers.0.mixer.rotary.theta", "layers.0.mixer.scale",
        }));
        Assert.That(() => StackBuilder.Build(bad, new RandomParameters(1), new ScalarBackend<float>()), Throws.TypeOf<ModelException>());
    }

    [TestCase("{", "stack.json")]
    [TestCase("null", "format")]
    [TestCase("[]", "stack.json")]
    [TestCase("""{ "format": "other", "stack": { "width": 2, "layers": [] } }""", "format")]
    [TestCase("""{ "format": "hybridcontrol.stack.1", "stack": { "layers": [] } }""", "width")]
    [TestCase("""{ "format": "hybridcontrol.stack.1", "stack": { "width": "2", "layers": [] } }""", "width")]
    [TestCase("""{ "format": "hybridcontrol.stack.1", "stack": { "width": 2, "layers": null } }""", "layers")]
    [TestCase("""{ "format": "hybridcontrol.stack.1", "stack": { "width": 2, "layers": [{}] } }""", "layers[0]")]
    [TestCase("""{ "format": "hybridcontrol.stack.1", "stack": { "width": 2, "depth": 1, "layers": [] } }""", "depth")]
    [TestCase("""{ "format": "hybridcontrol.stack.1", "stack": { "width": -2, "layers": [] } }""", "width")]
    [TestCase("""{ "format": "hybridcontrol.stack.1", "stack": { "width": 2, "layers": [{ "blocks": [{ "name": "a", "mixer": { "kind": "mistake" } }] }] } }""", "mistake")]
    [TestCase("""{ "format": "hybridcontrol.stack.1", "stack": { "width": 2, "layers": [{ "blocks": [{ "name": "a", "mixer": { "hidden": 2 } }] }] } }""", "mixer")]
    [TestCase("""{ "format": "hybridcontrol.stack.1", "stack": { "width": 2, "layers": [{ "blocks": [{ "name": "a", "mixer": { "kind": "glu", "hidden": 0 } }] }] } }""", "layers.0.a.hidden")]
    [TestCase("""{ "format": "hybridcontrol.stack.1", "stack": { "width": 2, "layers": [{ "blocks": [{ "name": "a", "mixer": { "kind": "glu", "hidden": 1, "activation": 77 } }] }] } }""", "activation")]
    public void Bad_json_is_refused_with_its_place(string json, string told)
    {
        ModelException fault = Assert.Throws<ModelException>(() => StackFile.Read(json, "stack.json"))!;
        Assert.That(fault.Message, Does.Contain(told).And.Contain("stack.json"));
    }

    [Test]
    public void A_folder_without_description_is_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.That(() => StackFile.LoadDescription(folder.Path), Throws.TypeOf<ModelException>().With.Message.Contains("stack.json"));
    }

    [Test]
    public void A_saved_stack_with_other_tensors_is_refused_by_name()
    {
        StackDescription description = RandomStacks.Kinds["glu"](new(2));
        using var folder = new TemporaryFolder();
        StackFile.Save(folder.Path, description, new RandomParameters(2));
        new SafetensorsWriter().Add("layers.0.mixer.gate_proj.weight", [1, 2], (ReadOnlySpan<float>)[1.0f, 2.0f]).Add("stray", [1], (ReadOnlySpan<float>)[0.0f])
            .Save(folder.File("model.safetensors"));
        ModelException fault = Assert.Throws<ModelException>(() => StackFile.Load(folder.Path, new ScalarBackend<float>()))!;
        string[] places = [.. fault.Findings.Select(finding => finding.Where.Split(", ")[^1])];
        Assert.That(places, Is.SupersetOf(new[] { "layers.0.mixer.gate_proj.weight", "layers.0.mixer.up_proj.weight", "norm.weight", "stray" }));
    }

    [Test]
    public void Every_parameter_is_listed_once()
    {
        foreach (string name in GoldenStack.Names)
        {
            StackDescription description = GoldenConfig.Describe(name, _ => { }).Stack;
            IReadOnlyList<ParameterShape> shapes = ParameterShape.AllOf(description);
            Assert.That(shapes.Select(shape => shape.Name), Is.Unique, name);
            Assert.That(shapes.Sum(shape => (long)shape.Rows * shape.Columns), Is.GreaterThanOrEqualTo(StackSizes.Of(description).Parameters), name);
        }
    }

    private static void CheckRoundTrip(StackDescription description)
    {
        string json = StackFile.Write(description);
        StackDescription back = StackFile.Read(json, "stack.json");
        Assert.That(StackFile.Write(back), Is.EqualTo(json));
        Assert.That(ParameterShape.AllOf(back), Is.EqualTo(ParameterShape.AllOf(description)));
        Assert.That(StackSizes.Of(back), Is.EqualTo(StackSizes.Of(description)));
    }

    private static double[] Run(LayerStack stack)
    {
        using SequenceState state = stack.NewState();
        double[] samples = RandomLayers.Reals(6 * stack.Description.Width, 1, 2, -1.0, 1.0);
        var outputs = new double[samples.Length];
        stack.Scan(samples, 1, state, outputs);
        return outputs;
    }
}
