using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>One S4D layer without norm and residual. Source: state-spaces/s4 <c>models/s4/s4d.py</c>.</summary>
internal sealed class S4dAdapter : IModelAdapter
{
    public string ModelType => "s4d";

    public AdaptedModel Adapt(ModelConfig config)
    {
        int width = config.Size("d_model");
        int size = config.Size("d_state");
        if (size % 2 != 0)
        {
            config.Refuse("d_state", FormattableString.Invariant($"{size} states are no conjugate pairs"), "Give an even number.");
        }

        var names = new TensorNames();
        const string place = "layers.0.mixer";
        names.Map(place, "kernel", "log_dt", "log_A_real", "A_imag", "C");
        names.Map($"{place}.D", "D");
        names.Map($"{place}.output_linear.weight", "output_linear.0.weight");
        names.Map($"{place}.output_linear.bias", "output_linear.0.bias");
        var block = new BlockDescription { Name = "mixer", Mixer = new S4dDescription { Modes = size / 2 } };
        return new(new() { Width = width, Layers = [new([block])] }, names);
    }
}
