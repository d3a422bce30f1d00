using System.Numerics;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Operands of attention as kernels see them.</summary>
internal struct AttendInputs<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public SequenceShape Shape;
    public AttentionOperands Operands;
    public KeySpan[] Spans;
    public Block<T> Queries;
    public Block<T> Keys;
    public Block<T> Values;
    public Block<T> Y;
    public Block<T> Map;

    /// <summary>Query heads that share a key head.</summary>
    public readonly int HeadsOfKey => Operands.Heads / Operands.KeyHeads;

    /// <summary>Numbers of a key.</summary>
    public readonly int KeyWidth => Keys.Columns / Operands.KeyHeads;

    /// <summary>Numbers of a value.</summary>
    public readonly int ValueWidth => Values.Columns / Operands.KeyHeads;

    /// <summary>Keys that a token sees.</summary>
    public readonly VisibleKeys Visible(int stream, int token) => VisibleKeys.Of(Operands, Spans[stream], Spans[stream].FirstQuery + token);
}
