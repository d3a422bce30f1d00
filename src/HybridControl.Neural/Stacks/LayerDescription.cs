using System.Collections.Immutable;

namespace HybridControl.Neural.Stacks;

/// <summary>One layer of a stack: its residual blocks in order.</summary>
/// <param name="Blocks">The blocks.</param>
public sealed record LayerDescription(ImmutableArray<BlockDescription> Blocks);
