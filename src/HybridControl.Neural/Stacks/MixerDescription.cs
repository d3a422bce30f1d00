using System.Text.Json.Serialization;
using HybridControl.Neural.Sequences;

namespace HybridControl.Neural.Stacks;

/// <summary>A kind of layer and its sizes, as data. Kinds are told apart by <c>kind</c> in JSON.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(MambaDescription), "mamba")]
[JsonDerivedType(typeof(SsdDescription), "ssd")]
[JsonDerivedType(typeof(S4dDescription), "s4d")]
[JsonDerivedType(typeof(S5Description), "s5")]
[JsonDerivedType(typeof(AttentionDescription), "attention")]
[JsonDerivedType(typeof(GluDescription), "glu")]
[JsonDerivedType(typeof(MlpDescription), "mlp")]
[JsonDerivedType(typeof(MoeDescription), "moe")]
[JsonDerivedType(typeof(ParallelHeadsDescription), "parallelHeads")]
[JsonDerivedType(typeof(ParallelDescription), "parallel")]
[JsonDerivedType(typeof(StateAttentionDescription), "stateAttention")]
[JsonDerivedType(typeof(SharedTransformerDescription), "sharedTransformer")]
public abstract record MixerDescription
{
    /// <summary>Builds the layer.</summary>
    /// <param name="context">Its place, parameters and state.</param>
    public abstract ISequenceLayer Build(LayerContext context);

    /// <summary>Notes what cannot be, before anything is built.</summary>
    internal virtual void Check(DescriptionCheck check)
    {
    }
}
