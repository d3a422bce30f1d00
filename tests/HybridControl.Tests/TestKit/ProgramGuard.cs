using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.TestKit;

/// <summary>A guard run by the interpreter: the oracle for emitted guards.</summary>
internal sealed class ProgramGuard : GuardFunction
{
    private const int StackRegisters = 64;

    private readonly ExprProgram _program;
    private readonly int _stateCount;
    private readonly int _dataCount;

    /// <summary>Creates a guard from a program with one output.</summary>
    public ProgramGuard(string name, ExprProgram program, GuardParts parts)
        : base(name, StatesIn(program), parts)
    {
        _program = program;
        foreach (GraphNode node in program.Instructions)
        {
            _stateCount = node.Op == OpCode.State ? Math.Max(_stateCount, node.A + 1) : _stateCount;
            _dataCount = node.Op == OpCode.Data ? Math.Max(_dataCount, node.A + 1) : _dataCount;
        }
    }

    /// <summary>The guard at a node of a graph, with the affine forms that it has.</summary>
    public static ProgramGuard Create(string name, ExprGraph graph, int node)
    {
        GuardParts parts = GuardParts.Extract(graph, node);
        return new(name, new ExprProgram(graph, [node]), parts);
    }

    /// <summary>The states that a program reads, ascending.</summary>
    public static int[] StatesIn(ExprProgram program)
    {
        var states = new SortedSet<int>();
        foreach (GraphNode node in program.Instructions)
        {
            if (node.Op == OpCode.State)
            {
                states.Add(node.A);
            }
        }

        return [.. states];
    }

    /// <inheritdoc/>
    public override double Evaluate(double time, ref double states, ref double data) =>
        Run(new Real64(time), ref Unsafe.As<double, Real64>(ref states), ref data).Value;

    /// <inheritdoc/>
    public override Ball Evaluate(Ball time, ref Ball states, ref double data) => Run(time, ref states, ref data);

    /// <inheritdoc/>
    public override Jet Evaluate(Jet time, ref Jet states, ref double data) => Run(time, ref states, ref data);

    [SkipLocalsInit]
    private T Run<T>(T time, ref T states, ref double data) where T : unmanaged, IReal<T>
    {
        int count = _program.RegisterCount;
        T[]? rented = count > StackRegisters ? ArrayPool<T>.Shared.Rent(count) : null;
        Span<T> registers = rented ?? stackalloc T[StackRegisters];
        T result = default;
        _program.Evaluate(
            time,
            MemoryMarshal.CreateReadOnlySpan(ref states, _stateCount),
            MemoryMarshal.CreateReadOnlySpan(ref data, _dataCount),
            registers,
            MemoryMarshal.CreateSpan(ref result, 1));
        if (rented is not null)
        {
            ArrayPool<T>.Shared.Return(rented);
        }

        return result;
    }
}
