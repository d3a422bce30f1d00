using HybridControl.Ensembles.Statistics;

namespace HybridControl.Ensembles.Sensitivity;

/// <summary>What share of the variance of a result one varied quantity has.</summary>
/// <param name="Name">Name of the quantity.</param>
/// <param name="First">First-order index: the share that would vanish on average if this quantity alone were known.</param>
/// <param name="FirstBand">Its bootstrap interval.</param>
/// <param name="Total">Total index: the share that would remain on average if all other quantities were known.</param>
/// <param name="TotalBand">Its bootstrap interval.</param>
public sealed record SensitivityIndex(
    string Name, double First, ConfidenceInterval FirstBand, double Total, ConfidenceInterval TotalBand);
