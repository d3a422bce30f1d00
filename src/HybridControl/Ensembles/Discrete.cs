using System.Collections.Immutable;

namespace HybridControl.Ensembles;

/// <summary>One of a few values, each with its probability.</summary>
public sealed record Discrete : Distribution
{
    // Values in ascending order, and for each the probability of it and all before it.
    private readonly double[] _sorted;
    private readonly double[] _cumulative;

    /// <summary>Creates the distribution.</summary>
    /// <param name="values">The values, in any order.</param>
    /// <param name="weights">A weight for each, not negative; they need not add up to one. Empty for equal weights.</param>
    public Discrete(ImmutableArray<double> values, ImmutableArray<double> weights = default)
    {
        Values = values.IsDefault ? [] : values;
        Weights = weights.IsDefault ? [] : weights;
        _sorted = [.. Values];
        _cumulative = [];
        if (Problem is not null)
        {
            return;
        }

        _cumulative = Weights.IsEmpty ? [.. Values.Select(_ => 1.0)] : [.. Weights];
        Array.Sort(_sorted, _cumulative);
        double total = _cumulative.Sum();
        double sum = 0.0;
        for (int i = 0; i < _cumulative.Length; i++)
        {
            sum += _cumulative[i];
            _cumulative[i] = sum / total;
        }
    }

    /// <summary>The values, as given.</summary>
    public ImmutableArray<double> Values { get; }

    /// <summary>Their weights, as given; empty for equal weights.</summary>
    public ImmutableArray<double> Weights { get; }

    /// <inheritdoc/>
    public override string? Problem =>
        DistributionChecks.Values(Values) ??
        (Weights.IsEmpty ? null :
            Weights.Length != Values.Length
                ? FormattableString.Invariant($"{Weights.Length} weights for {Values.Length} values") :
            Weights.FirstOrDefault(weight => !(weight >= 0.0 && double.IsFinite(weight)), 0.0) is var bad and not 0.0
                ? FormattableString.Invariant($"the weight {bad} is not a number of at least zero") :
            double.IsFinite(Weights.Sum()) && Weights.Sum() > 0.0 ? null : "the weights have no sum that is positive and finite");

    /// <inheritdoc/>
    public override double Quantile(double p)
    {
        int low = 0;
        int high = _cumulative.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _cumulative[middle] < p ? (middle + 1, high) : (low, middle);
        }

        return _sorted[low];
    }

    /// <inheritdoc/>
    public bool Equals(Discrete? other) =>
        other is not null && Values.AsSpan().SequenceEqual(other.Values.AsSpan()) && Weights.AsSpan().SequenceEqual(other.Weights.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Values.Length, Weights.Length);
}
