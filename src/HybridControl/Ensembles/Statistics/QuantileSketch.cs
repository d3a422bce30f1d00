namespace HybridControl.Ensembles.Statistics;

/// <summary>A summary of many numbers from which quantiles are read with a known error in rank.</summary>
/// <remarks>
/// Numbers lie in levels; one of level k stands for 2^k of the data. When there are more than the capacity, the level where
/// most room is gained for the least error is sorted and every second number of it moves up. That changes the rank of any number by at
/// most 2^k; the sum of these is the bound <see cref="RankError"/>. With capacity c and n data it is near n log2(n / c) / (2 c),
/// 0.3 % for ten million and 2048; the actual error is far smaller, because which half moves is drawn from the salt, which is a function of the
/// merge and not of time: the same merges give the same sketch. Immutable.
/// Sources: G. S. Manku, S. Rajagopalan and B. G. Lindsay, SIGMOD 1998 (collapse); P. K. Agarwal et al., ACM Trans. Database
/// Syst. 38 (2013), section 3 (merging).
/// </remarks>
internal sealed class QuantileSketch
{
    private readonly double[][] _levels;

    private QuantileSketch(double[][] levels, long rankError) => (_levels, RankError) = (levels, rankError);

    /// <summary>The largest error that the rank of any number can have.</summary>
    public long RankError { get; }

    /// <summary>The sketch of some numbers.</summary>
    public static QuantileSketch Of(ReadOnlySpan<double> values, int capacity, ulong salt) =>
        Compact([[.. values]], 0, capacity, salt);

    /// <summary>The sketch of the data of both.</summary>
    public static QuantileSketch Merge(QuantileSketch a, QuantileSketch b, int capacity, ulong salt)
    {
        var levels = new List<double[]>();
        for (int k = 0; k < Math.Max(a._levels.Length, b._levels.Length); k++)
        {
            levels.Add(
            [
                .. k < a._levels.Length ? a._levels[k] : [],
                .. k < b._levels.Length ? b._levels[k] : [],
            ]);
        }

        return Compact(levels, a.RankError + b.RankError, capacity, salt);
    }

    /// <summary>The numbers in ascending order, each with how many data it and those before it stand for.</summary>
    public (double[] Values, long[] Ranks) Sorted()
    {
        int count = _levels.Sum(level => level.Length);
        double[] values = new double[count];
        long[] ranks = new long[count];
        int next = 0;
        for (int k = 0; k < _levels.Length; k++)
        {
            foreach (double value in _levels[k])
            {
                values[next] = value;
                ranks[next++] = 1L << k;
            }
        }

        Array.Sort(values, ranks);
        for (int i = 1; i < count; i++)
        {
            ranks[i] += ranks[i - 1];
        }

        return (values, ranks);
    }

    private static QuantileSketch Compact(List<double[]> levels, long rankError, int capacity, ulong salt)
    {
        int total = levels.Sum(level => level.Length);
        while (total > capacity)
        {
            int best = 0;
            double gain = -1.0;
            for (int k = 0; k < levels.Count; k++)
            {
                double here = Math.ScaleB(levels[k].Length / 2, -k);
                if (here > gain)
                {
                    (best, gain) = (k, here);
                }
            }

            salt = Mix(salt);
            double[] level = levels[best];
            Array.Sort(level);
            int pairs = level.Length / 2;
            int offset = (int)(salt >> 63);
            double[] promoted = new double[pairs];
            for (int i = 0; i < pairs; i++)
            {
                promoted[i] = level[(2 * i) + offset];
            }

            if (best + 1 == levels.Count)
            {
                levels.Add([]);
            }

            // Without a partner the last, largest number stays behind.
            levels[best] = level.Length % 2 == 0 ? [] : [level[^1]];
            levels[best + 1] = [.. levels[best + 1], .. promoted];
            rankError += 1L << best;
            total -= pairs;
        }

        return new([.. levels], rankError);
    }

    // One step of SplitMix64: G. L. Steele, D. Lea and C. H. Flood, OOPSLA 2014, figure 17.
    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
