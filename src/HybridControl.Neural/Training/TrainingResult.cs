using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Neural.Training;

/// <summary>How a training went. The parameters are those of the best iteration, whatever the status.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="BestIteration">Iteration of the lowest loss; its parameters are kept.</param>
/// <param name="BestLoss">Lowest loss: on data kept apart where there is such, else on the samples.</param>
/// <param name="Losses">Loss on the samples before each step.</param>
/// <param name="Finding">Which iteration and which sample made it diverge, or null.</param>
public sealed record TrainingResult(
    TrainingStatus Status, int BestIteration, double BestLoss, ImmutableArray<double> Losses, Finding? Finding);
