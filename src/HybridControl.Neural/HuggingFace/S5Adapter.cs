using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>One S5 layer with its norm and residual. Source of names and options: lindermanlab/S5 <c>s5/ssm.py</c>, <c>s5/layers.py</c>.</summary>
/// <remarks>Kernels of flax map inputs to outputs, so they are turned. The norm stands before the layer.</remarks>
internal sealed class S5Adapter : IModelAdapter
{
    public string ModelType => "s5";

    public AdaptedModel Adapt(ModelConfig config)
    {
        int width = config.Size("H");
        int modes = config.Size("P");
        bool bidirectional = config.Flag("bidirectional", false);
        if (config.Flag("batchnorm", false) || !config.Flag("prenorm", true))
        {
            config.Refuse("prenorm", "batch norm, and a norm after the layer, are not known", "Layer norm before the layer is.");
        }

        var mixer = new S5Description
        {
            Modes = modes,
            Rule = RuleOf(config),
            ConjugatePairs = config.Flag("conj_sym", true),
            ClipEigenvalues = config.Flag("clip_eigs", false),
            Bidirectional = bidirectional,
            StepScale = config.Number("step_rescale", 1.0),
            Tail = TailOf(config),
        };
        var names = new TensorNames();
        const string place = "layers.0.mixer";
        names.Map($"{place}.prenorm.weight", "norm.scale");
        names.Map($"{place}.prenorm.bias", "norm.bias");
        names.Map(place, "seq", "Lambda_re", "Lambda_im", "B", "C", "C2", "D");
        names.Map($"{place}.log_step", new TensorRule("seq.log_step") { Transposed = true });
        foreach (string map in (ReadOnlySpan<string>)["out1", "out2"])
        {
            names.Map($"{place}.{map}.weight", new TensorRule($"{map}.kernel") { Transposed = true });
            names.Map($"{place}.{map}.bias", $"{map}.bias");
        }

        if (!bidirectional)
        {
            names.Leave("seq.C2"); // training code may keep it beside a causal layer
        }

        var block = new BlockDescription
        {
            Name = "mixer",
            Norm = new(NormKind.Layer, config.Number("layernorm_eps", 1e-6)),
            Mixer = mixer,
        };
        return new(new() { Width = width, Layers = [new([block])] }, names);
    }

    private static LinearRule RuleOf(ModelConfig config)
    {
        switch (config.Text("discretization", "zoh"))
        {
            case "zoh":
                return LinearRule.ZeroOrderHold;
            case "bilinear":
                return LinearRule.Bilinear;
            case var other:
                config.Refuse("discretization", $"unknown rule '{other}'", "Known are zoh and bilinear.");
                return LinearRule.ZeroOrderHold;
        }
    }

    private static S5Tail TailOf(ModelConfig config)
    {
        switch (config.Text("activation", "half_glu1"))
        {
            case "full_glu":
                return S5Tail.FullGlu;
            case "half_glu1":
                return S5Tail.HalfGlu1;
            case "half_glu2":
                return S5Tail.HalfGlu2;
            case "gelu":
                return S5Tail.Gelu;
            case var other:
                config.Refuse("activation", $"unknown activation '{other}'", "Known are full_glu, half_glu1, half_glu2 and gelu.");
                return S5Tail.Gelu;
        }
    }
}
