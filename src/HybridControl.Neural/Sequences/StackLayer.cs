using System.Collections.Immutable;

namespace HybridControl.Neural.Sequences;

/// <summary>One layer of a stack: blocks that change the residual stream in turn.</summary>
/// <param name="Name">Its name, such as <c>layers.0</c>.</param>
/// <param name="Blocks">The blocks.</param>
public sealed record StackLayer(string Name, ImmutableArray<ResidualBlock> Blocks);
