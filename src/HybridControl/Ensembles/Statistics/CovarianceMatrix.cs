using System.Collections.Immutable;

namespace HybridControl.Ensembles.Statistics;

/// <summary>Covariances of some columns. Immutable and thread-safe.</summary>
/// <remarks>Over the trajectories that have a finite entry in every accumulated column; divisor n - 1.</remarks>
public sealed class CovarianceMatrix
{
    private readonly ImmutableArray<double> _values;

    internal CovarianceMatrix(ImmutableArray<string> names, long count, ImmutableArray<double> values) =>
        (Names, Count, _values) = (names, count, values);

    /// <summary>Names of the columns.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>The number of trajectories, n.</summary>
    public long Count { get; }

    /// <summary>The covariance of columns i and j; NaN with fewer than two trajectories.</summary>
    public double this[int i, int j] => _values[(i * Names.Length) + j];

    /// <summary>The correlation of columns i and j; NaN if one of them is constant.</summary>
    public double Correlation(int i, int j) => this[i, j] / Math.Sqrt(this[i, i] * this[j, j]);
}
