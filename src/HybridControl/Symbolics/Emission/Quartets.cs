using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using OpCode = HybridControl.Symbolics.OpCode;

namespace HybridControl.Symbolics.Emission;

/// <summary>Square roots and quotients of a program that can be computed four at a time.</summary>
internal static class Quartets
{
    /// <summary>Fewer of one kind are as fast alone: gathering and scattering takes time too.</summary>
    private const int Fewest = 8;

    private static readonly bool CanCompute = Vector256.IsHardwareAccelerated; // asked once: code compiled ahead of time leaves out what asks

    /// <summary>Chooses quartets, in an order in which none needs a later one.</summary>
    /// <param name="nodes">The program.</param>
    /// <param name="isOpen">Whether a node is still to be computed.</param>
    /// <remarks>
    /// The depth of a node counts the roots and quotients on the longest way below it, itself included: two of one depth
    /// cannot depend on each other.
    /// </remarks>
    public static IEnumerable<int[]> Of(GraphNode[] nodes, Func<int, bool> isOpen)
    {
        int[] depth = new int[nodes.Length];
        var costly = new List<int>();
        for (int i = 0; i < nodes.Length; i++)
        {
            foreach (int operand in GraphWriter.OperandsOf(nodes[i]))
            {
                depth[i] = Math.Max(depth[i], depth[operand]);
            }

            if (nodes[i].Op is OpCode.Sqrt or OpCode.Divide)
            {
                depth[i]++;
                costly.Add(i);
            }
        }

        if (costly.Count < Fewest || !CanCompute)
        {
            return [];
        }

        return costly.Where(isOpen)
            .GroupBy(node => (depth[node], nodes[node].Op))
            .Where(group => group.Count() >= Fewest)
            .OrderBy(group => group.Key)
            .SelectMany(group => group.Chunk(4))
            .Where(quartet => quartet.Length == 4);
    }

    /// <summary>Emits the operation on four nodes.</summary>
    /// <param name="il">Where the code goes.</param>
    /// <param name="nodes">The program.</param>
    /// <param name="quartet">Four nodes of one operation.</param>
    /// <param name="push">Pushes the value of an operand.</param>
    /// <returns>The four results.</returns>
    public static LocalBuilder Emit(ILGenerator il, GraphNode[] nodes, int[] quartet, Action<int> push)
    {
        Type vector = typeof(Vector256<double>);
        foreach (int node in quartet)
        {
            push(nodes[node].A);
        }

        Type[] four = [typeof(double), typeof(double), typeof(double), typeof(double)];
        il.Emit(OpCodes.Call, typeof(Vector256).GetMethod(nameof(Vector256.Create), four)!);
        if (nodes[quartet[0]].Op == OpCode.Divide)
        {
            foreach (int node in quartet)
            {
                push(nodes[node].B);
            }

            il.Emit(OpCodes.Call, typeof(Vector256).GetMethod(nameof(Vector256.Create), four)!);
            il.Emit(OpCodes.Call, vector.GetMethod("op_Division", [vector, vector])!);
        }
        else
        {
            il.Emit(OpCodes.Call, typeof(Vector256).GetMethod(nameof(Vector256.Sqrt))!.MakeGenericMethod(typeof(double)));
        }

        LocalBuilder results = il.DeclareLocal(vector);
        il.Emit(OpCodes.Stloc, results);
        return results;
    }

    /// <summary>Pushes one of four results.</summary>
    public static void PushLane(ILGenerator il, LocalBuilder four, int lane)
    {
        il.Emit(OpCodes.Ldloc, four);
        il.Emit(OpCodes.Ldc_I4, lane);
        il.Emit(OpCodes.Call, typeof(Vector256).GetMethod(nameof(Vector256.GetElement))!.MakeGenericMethod(typeof(double)));
    }
}
