using System.Collections.Immutable;

namespace HybridControl.Neural.Kpin;

/// <summary>Mean and standard deviation of vectors seen one after another.</summary>
/// <remarks>B. P. Welford, Technometrics 4 (1962), 419-420.</remarks>
internal sealed class RunningScale(int length)
{
    private readonly double[] _mean = new double[length];
    private readonly double[] _squares = new double[length];
    private int _count;

    /// <summary>The mean.</summary>
    public ImmutableArray<double> Center => [.. _mean];

    /// <summary>The standard deviation; 1 for what does not vary.</summary>
    public ImmutableArray<double> Scale =>
        [.. _squares.Select((sum, i) => Math.Sqrt(sum / _count) is var scale && scale > 1e-12 * (1.0 + Math.Abs(_mean[i])) ? scale : 1.0)];

    public void Add(ReadOnlySpan<double> values)
    {
        _count++;
        for (int i = 0; i < length; i++)
        {
            double difference = values[i] - _mean[i];
            _mean[i] += difference / _count;
            _squares[i] += difference * (values[i] - _mean[i]);
        }
    }
}
