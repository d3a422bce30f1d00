using HybridControl.Estimation;

namespace HeartSurface;

/// <summary>Filters run over beats: means, deviations and likelihood.</summary>
/// <param name="Means">Potentials, for each beat one row for each sample.</param>
/// <param name="Deviations">Their standard deviations.</param>
/// <param name="LogLikelihood">Logarithm of the likelihood of the electrodes of all beats.</param>
public sealed record Estimates(double[][][] Means, double[][][] Deviations, double LogLikelihood)
{
    /// <summary>Runs a fresh filter over each beat.</summary>
    /// <param name="beats">The beats.</param>
    /// <param name="start">Makes a filter at time 0.</param>
    /// <param name="step">Time between samples.</param>
    /// <param name="inputs">What drives the model in each sample of a beat; nothing if null.</param>
    public static Estimates Run(Beat[] beats, Func<IEstimator> start, double step, Func<Beat, int, double[]>? inputs = null)
    {
        var means = new double[beats.Length][][];
        var deviations = new double[beats.Length][][];
        double[] likelihoods = new double[beats.Length];
        Parallel.For(0, beats.Length, b =>
        {
            IEstimator filter = start();
            int samples = beats[b].Electrodes.Length;
            (means[b], deviations[b]) = (new double[samples][], new double[samples][]);
            for (int k = 0; k < samples; k++)
            {
                filter.Predict((k + 1) * step, inputs?.Invoke(beats[b], k));
                filter.Update(beats[b].Electrodes[k]);
                means[b][k] = filter.Belief.Mean.ToArray();
                deviations[b][k] = [.. Enumerable.Range(0, filter.StateCount).Select(filter.Belief.Deviation)];
            }

            likelihoods[b] = filter.LogLikelihood;
        });
        return new Estimates(means, deviations, likelihoods.Sum());
    }
}
