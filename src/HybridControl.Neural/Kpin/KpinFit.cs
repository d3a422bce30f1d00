using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Kpin;

/// <summary>A network that was trained and calibrated, and how that went.</summary>
/// <param name="Network">The network, with the factors of noise and the envelope of its training in its design.</param>
/// <param name="Training">How its own training went, on all measurements.</param>
/// <param name="Parts">How those trainings went that left a part of the measurements out.</param>
/// <param name="HeldOut">
/// The score on measurements by networks that were not trained on them, after calibration; null if that was not possible, and
/// then the network is not calibrated.
/// </param>
/// <param name="Foresight">
/// Mean of -log p per measurement held out, foretold 1, 2, ... steps ahead, in nats; NaN where it is not known. Choose between
/// nominal models, levels and weights by it: the lower the better.
/// </param>
/// <param name="Finding">What made a training diverge or a trained filter fail on measurements held out, or null.</param>
public sealed record KpinFit(
    KpinNetwork Network, TrainingResult Training, ImmutableArray<TrainingResult> Parts, KpinScore? HeldOut, double Foresight, Finding? Finding)
{
    /// <summary>Whether a training was cancelled.</summary>
    public bool IsCancelled => Parts.Add(Training).Any(part => part.Status == TrainingStatus.Cancelled);
}
