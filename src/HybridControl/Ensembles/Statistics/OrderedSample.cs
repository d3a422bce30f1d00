namespace HybridControl.Ensembles.Statistics;

/// <summary>Numbers in ascending order: all of them, or those that a sketch kept. Immutable.</summary>
internal sealed class OrderedSample
{
    private readonly double[] _values;
    private readonly long[]? _ranks;

    /// <summary>Takes all numbers of a sample and sorts them in place.</summary>
    public OrderedSample(double[] values)
    {
        Array.Sort(values);
        (_values, Count) = (values, values.Length);
    }

    /// <summary>Reads a sketch.</summary>
    public OrderedSample(QuantileSketch? sketch)
    {
        (_values, _ranks) = sketch?.Sorted() ?? ([], []);
        Count = _ranks.Length == 0 ? 0 : _ranks[^1];
        RankError = sketch?.RankError ?? 0;
    }

    /// <summary>How many numbers the sample has.</summary>
    public long Count { get; }

    /// <summary>The largest error that a rank can have; zero if all numbers are there.</summary>
    public long RankError { get; }

    /// <summary>The number of a rank that counts from zero.</summary>
    public double At(long rank)
    {
        if (_ranks is null)
        {
            return _values[rank];
        }

        // Entry i stands for the ranks from Ranks[i - 1] to Ranks[i] - 1.
        int place = Array.BinarySearch(_ranks, rank + 1);
        return _values[Math.Min(place < 0 ? ~place : place, _values.Length - 1)];
    }

    /// <summary>How many numbers are below a limit.</summary>
    public long CountBelow(double limit)
    {
        int low = 0, high = _values.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_values[middle] < limit)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return _ranks is null ? low : low == 0 ? 0 : _ranks[low - 1];
    }
}
