using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Operands of a state-space-duality scan as kernels see them.</summary>
internal unsafe struct SsdInputs<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public SequenceShape Shape;
    public Block<T> X;
    public Block<T> Delta;
    public Block<T> DeltaBias;
    public Block<T> A;
    public Block<T> B;
    public Block<T> C;
    public Block<T> D;
    public Block<T> State;
    public Block<T> Y;
    public bool Softplus;
    public T LeastDelta;
    public T GreatestDelta;
    public int Heads;
    public int Groups;

    /// <summary>Channels of a head.</summary>
    public readonly int Width => X.Columns / Heads;

    /// <summary>States of a channel.</summary>
    public readonly int Size => B.Columns / Groups;

    /// <summary>Heads that share B and C.</summary>
    public readonly int HeadsOfGroup => Heads / Groups;

    /// <summary>Step sizes from what stands in <see cref="Delta"/>, bias already in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V StepSize<V>(V delta)
        where V : struct, IPack<V, T>
    {
        delta = V.Max(V.All(LeastDelta), Softplus ? PackMath<V, T>.Softplus(delta) : delta);
        return GreatestDelta > T.Zero ? V.Min(V.All(GreatestDelta), delta) : delta;
    }

    /// <summary>A row's entry of <see cref="Delta"/> with its bias.</summary>
    public readonly T RawDelta(nint row, int head) => Delta.Row(row)[head] + (DeltaBias.IsEmpty ? T.Zero : DeltaBias.Start[head]);
}
