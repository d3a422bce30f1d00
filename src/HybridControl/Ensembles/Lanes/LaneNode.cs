using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Lanes;

/// <summary>One node of a <see cref="LaneGraph"/>.</summary>
/// <param name="Op">What it computes, unless it is contracted.</param>
/// <param name="A">First operand node, or the register of a leaf.</param>
/// <param name="B">Second operand node, or a table number.</param>
/// <param name="C">Third operand node.</param>
/// <param name="Value">The number of a constant.</param>
/// <param name="Contraction">Whether it is a product and a sum in one.</param>
internal readonly record struct LaneNode(OpCode Op, int A, int B, int C, double Value, Contraction Contraction)
{
    /// <summary>How many of A, B, C are operand nodes.</summary>
    public int OperandCount => Contraction == Contraction.None ? new GraphNode(Op).OperandCount : 3;

    /// <summary>The operand node number <paramref name="index"/>.</summary>
    public int Operand(int index) => index switch { 0 => A, 1 => B, _ => C };
}
