using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>Draws parents from weights.</summary>
internal static class Resampler
{
    /// <summary>Writes the parent of each new particle, in ascending order.</summary>
    /// <param name="scheme">How they are drawn.</param>
    /// <param name="weights">Weights, adding up to one up to rounding.</param>
    /// <param name="noise">Addresses of the random numbers.</param>
    /// <param name="cumulative">Work space as long as the weights.</param>
    /// <param name="parents">Receives as many numbers as there are weights.</param>
    public static void Draw(
        ResamplingScheme scheme, ReadOnlySpan<double> weights, EnsembleNoise noise, Span<double> cumulative, Span<int> parents)
    {
        double sum = 0.0;
        int last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            last = weights[i] > 0.0 ? i : last;
            sum += weights[i];
            cumulative[i] = sum;
        }

        double scale = sum / parents.Length;
        double offset = noise.Uniform(0);
        int parent = 0;
        for (int i = 0; i < parents.Length; i++)
        {
            if (scheme == ResamplingScheme.Multinomial)
            {
                int at = cumulative.BinarySearch(sum * noise.Uniform(i));
                parent = Math.Min(at >= 0 ? at : ~at, last);
                parents[i] = parent;
                continue;
            }

            double place = scale * (i + (scheme == ResamplingScheme.Systematic ? offset : noise.Uniform(i)));
            while (parent < last && cumulative[parent] < place)
            {
                parent++;
            }

            parents[i] = parent;
        }

        if (scheme == ResamplingScheme.Multinomial)
        {
            parents.Sort();
        }
    }
}
