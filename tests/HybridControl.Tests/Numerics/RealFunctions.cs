using HybridControl.Symbolics;

namespace HybridControl.Tests.Numerics;

/// <summary>The operations with one and with two operands.</summary>
internal static class RealFunctions
{
    public static IEnumerable<RealFunction> Unary =>
        from op in Enum.GetValues<OpCode>()
        where new GraphNode(op).OperandCount == 1 && op is not (OpCode.Lookup or OpCode.LookupSlope)
        select new RealFunction(op);

    public static IEnumerable<RealFunction> Binary =>
        from op in Enum.GetValues<OpCode>()
        where new GraphNode(op).OperandCount == 2 && op != OpCode.Surface
        select new RealFunction(op);
}
