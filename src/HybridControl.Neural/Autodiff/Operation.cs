namespace HybridControl.Neural.Autodiff;

/// <summary>One rule of the tape: a value from inputs, and how a change of the value's adjoint reaches theirs.</summary>
/// <remarks>Operations are stateless and shared between tapes; all that belongs to one use lies in the frame.</remarks>
internal abstract class Operation
{
    /// <summary>What messages call it.</summary>
    public abstract string Name { get; }

    /// <summary>Writes every element of the value.</summary>
    public abstract void Forward(in OperationFrame frame);

    /// <summary>Adds to the adjoint of each input that wants one.</summary>
    public abstract void Backward(in OperationFrame frame);
}
