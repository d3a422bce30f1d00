using HybridControl.Dynamics;
using HybridControl.Symbolics;

namespace HybridControl.Solvers;

/// <summary>A right-hand side for a method that remembers: it tells which data a change of would make the past useless.</summary>
internal class MultistepCode : MethodCode
{
    private readonly int[]? _slots;

    public MultistepCode(OdeFunction function, AdaptiveSolver starter)
        : base(function)
    {
        Starter = starter;
        Start = starter.Compile(function);
        if (function.Program is not null)
        {
            _slots = [.. ReadBy(function.Program)];
        }
    }

    /// <summary>The one-step method that begins a past.</summary>
    public AdaptiveSolver Starter { get; }

    /// <summary>The right-hand side for it.</summary>
    public MethodCode Start { get; }

    /// <summary>Whether the flow reads the same from both blocks of data.</summary>
    public bool ReadsTheSame(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        if (_slots is null)
        {
            return System.Runtime.InteropServices.MemoryMarshal.AsBytes(left).SequenceEqual(
                System.Runtime.InteropServices.MemoryMarshal.AsBytes(right));
        }

        foreach (int slot in _slots)
        {
            if (BitConverter.DoubleToInt64Bits(left[slot]) != BitConverter.DoubleToInt64Bits(right[slot]))
            {
                return false;
            }
        }

        return true;
    }

    private static SortedSet<int> ReadBy(ExprProgram program)
    {
        var slots = new SortedSet<int>();
        foreach (GraphNode node in program.Instructions)
        {
            if (node.Op == OpCode.Data)
            {
                slots.Add(node.A);
            }
        }

        return slots;
    }
}
