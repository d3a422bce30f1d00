namespace HybridControl.Neural.Identification;

/// <summary>An identified system as real matrices, for deviations of inputs and outputs from their centres.</summary>
/// <param name="A">n by n: a block [re, -im; im, re] for each pair of poles, one number for each real pole.</param>
/// <param name="B">n by p.</param>
/// <param name="C">m by n.</param>
/// <param name="D">m by p.</param>
public sealed record SsmMatrices(double[,] A, double[,] B, double[,] C, double[,] D);
