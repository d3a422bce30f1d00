namespace HybridControl.Neural.Training;

/// <summary>What some samples add to a loss.</summary>
/// <param name="Loss">Their share of the loss.</param>
/// <param name="FailedSample">The first sample whose loss is not a finite number, or -1.</param>
/// <param name="Reason">What had no value there, or empty.</param>
public readonly record struct TrainingSum(double Loss, int FailedSample = -1, string Reason = "");
