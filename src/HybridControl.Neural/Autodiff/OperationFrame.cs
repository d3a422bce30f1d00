namespace HybridControl.Neural.Autodiff;

/// <summary>What an operation sees of one node of the tape.</summary>
internal readonly ref struct OperationFrame
{
    private readonly Tape _tape;
    private readonly int _node;

    public OperationFrame(Tape tape, int node)
    {
        _tape = tape;
        _node = node;
    }

    /// <summary>Extent of the value.</summary>
    public Shape Shape => _tape.NodeAt(_node).Shape;

    /// <summary>Constants of this use.</summary>
    public ref readonly OperationSettings Settings => ref _tape.NodeAt(_node).Settings;

    /// <summary>The value: written by the forward pass, read by the backward pass.</summary>
    public Span<double> Value => _tape.ValueAt(_node);

    /// <summary>Derivative of the loss by the value.</summary>
    public ReadOnlySpan<double> Adjoint => _tape.AdjointAt(_node);

    /// <summary>Number of inputs.</summary>
    public int Inputs => _tape.InputCount(_node);

    /// <summary>Value of an input.</summary>
    public ReadOnlySpan<double> Input(int index) => _tape.ValueAt(_tape.InputOf(_node, index));

    /// <summary>Extent of an input.</summary>
    public Shape InputShape(int index) => _tape.NodeAt(_tape.InputOf(_node, index)).Shape;

    /// <summary>Whether the adjoint of an input matters.</summary>
    public bool Wants(int index) => _tape.NodeAt(_tape.InputOf(_node, index)).WantsGradient;

    /// <summary>Derivative of the loss by an input, to be added to.</summary>
    public Span<double> InputAdjoint(int index) => _tape.AdjointAt(_tape.InputOf(_node, index));

    /// <summary>Memory for intermediate results, unset, until the next request.</summary>
    public Span<double> Scratch(int length) => _tape.Scratch(length);

    /// <summary>Memory for packed lanes.</summary>
    public Lanes.LaneArena Arena => _tape.Arena;

    /// <summary>Notes that a sample has no value.</summary>
    public void Fail(int sample) => _tape.Fail(_tape.NodeAt(_node).Operation!.Name, sample);
}
