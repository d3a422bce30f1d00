using HybridControl.Neural.Training;

namespace HybridControl.Neural.Identification;

/// <summary>What a nonlinear identification found.</summary>
/// <param name="System">The system, with the best numbers met.</param>
/// <param name="Training">How the training went.</param>
/// <param name="Trained">Score, from inputs alone, on the rows that were learned from.</param>
/// <param name="HeldOut">Score on the rows at the end of each run that were held out, or null if there are none.</param>
public sealed record SequenceFit(SequenceSystem System, TrainingResult Training, OutputScore Trained, OutputScore? HeldOut);
