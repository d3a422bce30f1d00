using HybridControl.Dynamics;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <summary>A sampled block wired to a model.</summary>
/// <param name="Block">The block.</param>
/// <param name="Name">Name for the log.</param>
/// <param name="Inputs">The variables it reads, one output each.</param>
/// <param name="OutputSlots">Data slots of the inputs or discrete variables it writes.</param>
internal sealed record BoundBlock(ISampledBlock Block, string Name, ExprProgram Inputs, int[] OutputSlots);
