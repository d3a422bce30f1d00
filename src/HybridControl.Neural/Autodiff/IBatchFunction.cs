namespace HybridControl.Neural.Autodiff;

/// <summary>A function of column vectors that brings its own derivative to a <see cref="Tape"/>.</summary>
/// <remarks>
/// For what no tape operation expresses, such as the flow of a mode over a sample period. Spans are laid out as
/// <see cref="Shape"/> says. Several tapes may call one function at once from several threads.
/// </remarks>
public interface IBatchFunction
{
    /// <summary>Rows of the input.</summary>
    int InputRows { get; }

    /// <summary>Rows of the output.</summary>
    int OutputRows { get; }

    /// <summary>Writes f(x) for every sample.</summary>
    /// <param name="batch">Number of samples.</param>
    /// <param name="x">Inputs, <see cref="InputRows"/> by batch.</param>
    /// <param name="y">Outputs, <see cref="OutputRows"/> by batch; every element is written.</param>
    void Evaluate(int batch, ReadOnlySpan<double> x, Span<double> y);

    /// <summary>Adds the transposed Jacobian times the adjoint of the output to the adjoint of the input.</summary>
    /// <param name="batch">Number of samples.</param>
    /// <param name="x">Inputs of the forward pass.</param>
    /// <param name="y">Outputs of the forward pass.</param>
    /// <param name="outputAdjoint">Derivative of the loss by the outputs.</param>
    /// <param name="inputAdjoint">Derivative of the loss by the inputs, to be added to.</param>
    void AddAdjoint(
        int batch, ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> outputAdjoint, Span<double> inputAdjoint);
}
