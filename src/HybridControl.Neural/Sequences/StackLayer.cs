using System.Collections.Immutable;

namespace HybridControl.Neural.Sequences;

/// <summary>One layer of a stack: blocks that change the residual stream in turn.</summary>
/// <param name="Name">Its name, such as <c>layers.0</c>.</param>
/// <param name="Blocks">The blocks.</param>
/// <param name="ParameterCount">Numbers that are learned and that no earlier layer has.</param>
/// <param name="ParameterBytes">Bytes that they take.</param>
public sealed record StackLayer(string Name, ImmutableArray<ResidualBlock> Blocks, long ParameterCount, long ParameterBytes);
