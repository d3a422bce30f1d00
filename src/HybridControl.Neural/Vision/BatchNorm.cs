using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Vision;

/// <summary>A batch norm with the statistics of training: <c>y = (x - mean) weight / sqrt(variance + epsilon) + bias</c> for each channel.</summary>
/// <remarks>Parameters below its name: <c>weight</c>, <c>bias</c>, <c>running_mean</c>, <c>running_var</c>. Ioffe and Szegedy, arXiv 1502.03167.</remarks>
/// <param name="Name">Its full name.</param>
/// <param name="Epsilon">Added to the variance.</param>
internal sealed record BatchNorm(string Name, double Epsilon)
{
    /// <summary>The norm as <c>y = factor x + offset</c>.</summary>
    /// <param name="parameters">Hands out its parameters.</param>
    /// <param name="channels">Channels.</param>
    public (double[] Factor, double[] Offset) Read(ParameterLoader parameters, int channels)
    {
        double[] mean = Vectors.Read(parameters, $"{Name}.running_mean", channels);
        double[] variance = Vectors.Read(parameters, $"{Name}.running_var", channels);
        double[] factor = Vectors.Read(parameters, $"{Name}.weight", channels);
        double[] offset = Vectors.Read(parameters, $"{Name}.bias", channels);
        for (int c = 0; c < channels; c++)
        {
            if (!(variance[c] >= 0.0))
            {
                parameters.Refuse($"{Name}.running_var[{c}]", FormattableString.Invariant($"{variance[c]} is not a variance"), "Variances are 0 or more.");
            }

            factor[c] /= Math.Sqrt(variance[c] + Epsilon);
            offset[c] -= factor[c] * mean[c];
        }

        return (factor, offset);
    }
}
