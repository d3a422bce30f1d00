using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Training;

/// <summary>A loss over samples, to be made small by changing parameters.</summary>
public interface ITrainingTask
{
    /// <summary>Number of samples.</summary>
    int Samples { get; }

    /// <summary>What a sample is called in messages, such as a trajectory's name.</summary>
    string SampleName(int sample);

    /// <summary>Adds the gradient that some samples contribute. Called from several threads, each with a tape of its own.</summary>
    /// <param name="tape">A tape, to be reset as often as needed.</param>
    /// <param name="first">First sample.</param>
    /// <param name="count">Number of samples.</param>
    /// <param name="iteration">Number of the iteration; with a seed, the address of what is drawn anew in each.</param>
    /// <param name="gradient">Receives the contribution, zero at entry.</param>
    TrainingSum Accumulate(Tape tape, int first, int count, int iteration, Span<double> gradient);

    /// <summary>The loss on data kept apart, or null where there is none.</summary>
    double? Validate();
}
