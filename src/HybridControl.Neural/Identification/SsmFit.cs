using System.Collections.Immutable;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Identification;

/// <summary>What an identification found.</summary>
/// <param name="Model">The system, with the best numbers met.</param>
/// <param name="Training">How the training went.</param>
/// <param name="SingularValues">Singular values of the subspace method, the largest first: a fall tells the order. Empty if the poles came from elsewhere.</param>
/// <param name="Trained">Score on the rows that were learned from.</param>
/// <param name="HeldOut">Score on the rows at the end of each run that were held out, or null if there are none.</param>
public sealed record SsmFit(
    SsmModel Model, TrainingResult Training, ImmutableArray<double> SingularValues, SsmScore Trained, SsmScore? HeldOut);
