namespace HybridControl.Neural.Identification;

/// <summary>How well a system foretells outputs.</summary>
/// <param name="OneStep">One-step predictions, which know all that was measured before.</param>
/// <param name="FreeRun">What the system makes of the inputs alone.</param>
public sealed record SsmScore(OutputScore OneStep, OutputScore FreeRun);
