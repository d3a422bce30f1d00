using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Training;

namespace HeartSurface;

/// <summary>Learns the dynamics from potentials, as if they could be measured on the heart: what supervision would be worth.</summary>
/// <remarks>The loss is the squared error of one step from the true potentials.</remarks>
public sealed class PotentialTraining(Beat[] beats, LocalNetwork network) : ITrainingTask
{
    private readonly double[] _laplacian = LocalNetwork.Laplacian(beats[0].Potentials[0].Length);

    /// <inheritdoc/>
    public int Samples => beats.Length;

    /// <inheritdoc/>
    public string SampleName(int sample) => $"beat {sample}";

    /// <inheritdoc/>
    public double? Validate() => null;

    /// <inheritdoc/>
    public TrainingSum Accumulate(Tape tape, int first, int count, int iteration, Span<double> gradient)
    {
        int n = beats[0].Potentials[0].Length;
        tape.Reset();
        BoundParameters bound = network.Parameters.Bind(tape);
        Variable laplacian = tape.Constant(_laplacian, 1, n, n);
        Variable sum = tape.Constant([0.0], 1, 1, 1);
        foreach (Beat beat in beats.AsSpan(first, count))
        {
            for (int k = 1; k < beat.Potentials.Length; k++)
            {
                Variable before = tape.Constant(beat.Potentials[k - 1], 1, 1, n);
                Variable after = tape.Constant(beat.Potentials[k], 1, 1, n);
                Variable error = tape.Subtract(after, network.Next(tape, bound, before, laplacian));
                sum = tape.Add(sum, tape.Sum(tape.Square(error)));
            }
        }

        Variable mean = tape.Scale(sum, 1.0 / (beats.Length * n));
        tape.Backward(mean);
        tape.Gradient(bound.All).CopyTo(gradient);
        return new TrainingSum(tape.Value(mean)[0]);
    }
}
