using System.Collections.Immutable;

namespace HybridControl.Estimation;

/// <summary>What is believed of one instant given all measurements, those after it too.</summary>
/// <param name="Time">Time in seconds.</param>
/// <param name="Belief">Mean and covariance of the mixture of all modes.</param>
/// <param name="ModeProbabilities">The probability of each mode.</param>
/// <param name="ModeBeliefs">The belief of each mode; of a mode of probability zero, that of the filter.</param>
public sealed record SmoothedModes(
    double Time, GaussianBelief Belief, ImmutableArray<double> ModeProbabilities, ImmutableArray<GaussianBelief> ModeBeliefs);
