using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.HuggingFace;

/// <summary>What an adapter makes of a configuration.</summary>
/// <param name="Stack">The layers.</param>
/// <param name="Names">Where their parameters are in the checkpoint.</param>
public sealed record AdaptedModel(StackDescription Stack, TensorNames Names);
