namespace HybridControl.Estimation;

/// <summary>A belief and its time.</summary>
/// <param name="Time">Time in seconds.</param>
/// <param name="Belief">The belief at that time.</param>
public readonly record struct TimedBelief(double Time, GaussianBelief Belief);
