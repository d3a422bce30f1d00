namespace HybridControl.Symbolics;

/// <summary>One node of an <see cref="ExprGraph"/>.</summary>
/// <param name="Op">What it computes.</param>
/// <param name="A">First operand node, or the slot of a leaf.</param>
/// <param name="B">Second operand node, or the table number of a curve.</param>
/// <param name="C">Third operand node, or the table number of a surface.</param>
/// <param name="Bits">Bit pattern of a constant; compared as bits, so that NaN and -0 are values like any other.</param>
public readonly record struct GraphNode(OpCode Op, int A = -1, int B = -1, int C = -1, long Bits = 0)
{
    /// <summary>The number of a constant.</summary>
    public double Value => BitConverter.Int64BitsToDouble(Bits);

    /// <summary>How many of A, B, C are operand nodes.</summary>
    public int OperandCount => Op switch
    {
        OpCode.Constant or OpCode.Time or OpCode.State or OpCode.Data => 0,
        OpCode.Add or OpCode.Subtract or OpCode.Multiply or OpCode.Divide or OpCode.Power or OpCode.Atan2 or
            OpCode.Hypot or OpCode.Min or OpCode.Max or OpCode.Surface => 2,
        OpCode.Select => 3,
        _ => 1,
    };
}
