using HybridControl.Ensembles.Statistics;

namespace HybridControl.Ensembles.Sensitivity;

/// <summary>What changing one varied quantity alone does to a result.</summary>
/// <param name="Name">Name of the quantity.</param>
/// <param name="Mean">mu: the mean effect.</param>
/// <param name="MeanMagnitude">mu*: the mean magnitude of the effect, by which quantities are ranked.</param>
/// <param name="MagnitudeBand">Student's interval for mu*.</param>
/// <param name="Deviation">sigma: the deviation of the effect; large where it depends on the other quantities or is not linear.</param>
/// <param name="Count">The number of effects.</param>
public sealed record ElementaryEffect(
    string Name, double Mean, double MeanMagnitude, ConfidenceInterval MagnitudeBand, double Deviation, long Count);
