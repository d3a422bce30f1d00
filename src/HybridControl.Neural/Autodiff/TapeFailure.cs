namespace HybridControl.Neural.Autodiff;

/// <summary>The first operation of a recording that had no value for a sample.</summary>
/// <param name="Operation">Name of the operation, such as <c>Cholesky</c>.</param>
/// <param name="Sample">Index of the sample in the batch of the operation.</param>
public sealed record TapeFailure(string Operation, int Sample);
