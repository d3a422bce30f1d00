using System.Collections.Immutable;

namespace HybridControl.Neural.Identification;

/// <summary>How well a system foretells outputs.</summary>
/// <param name="OneStep">For each output the root mean square error of one-step predictions, which know all that was measured before.</param>
/// <param name="FreeRun">For each output the root mean square error of what the system makes of the inputs alone.</param>
/// <param name="OneStepFit">For each output 100 (1 - error / deviation of the output), in percent: 100 is perfect, 0 no better than its mean.</param>
/// <param name="FreeRunFit">The same for what the system makes of the inputs alone.</param>
/// <param name="Rows">Rows that were scored.</param>
public sealed record SsmScore(
    ImmutableArray<double> OneStep, ImmutableArray<double> FreeRun, ImmutableArray<double> OneStepFit, ImmutableArray<double> FreeRunFit, int Rows);
