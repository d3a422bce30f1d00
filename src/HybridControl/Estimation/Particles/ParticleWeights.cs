namespace HybridControl.Estimation;

/// <summary>Weights that add up to one, with their logarithms, so that none of them underflows.</summary>
internal sealed class ParticleWeights
{
    private readonly double[] _values;
    private readonly double[] _logarithms;

    /// <summary>Equal weights.</summary>
    public ParticleWeights(int count)
    {
        _values = new double[count];
        _logarithms = new double[count];
        SetEqual();
    }

    /// <summary>The number N of weights.</summary>
    public int Count => _values.Length;

    /// <summary>The weights.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>1 over the sum of squared weights, from 1 to N.</summary>
    public double EffectiveCount { get; private set; }

    /// <summary>Whether the effective count is below a part of N; with a part of one, whether weights differ at all.</summary>
    public bool AreUneven(double part) => part > 0.0 && EffectiveCount < (part < 1.0 ? part * Count : Count * (1.0 - 1e-12));

    /// <summary>Gives all the same weight.</summary>
    public void SetEqual()
    {
        Array.Fill(_values, 1.0 / Count);
        Array.Fill(_logarithms, -Math.Log(Count));
        EffectiveCount = Count;
    }

    /// <summary>Multiplies the weights by densities and normalises them.</summary>
    /// <param name="logDensities">Logarithms; NaN counts as no density at all. Overwritten.</param>
    /// <param name="logSum">Receives the logarithm of the sum of weight times density.</param>
    /// <returns>False, and nothing changes, if every product is zero or one is infinite.</returns>
    public bool TryMultiply(Span<double> logDensities, out double logSum)
    {
        double largest = double.NegativeInfinity;
        for (int i = 0; i < logDensities.Length; i++)
        {
            double value = logDensities[i] + _logarithms[i];
            logDensities[i] = double.IsNaN(value) ? double.NegativeInfinity : value;
            largest = Math.Max(largest, logDensities[i]);
        }

        logSum = largest;
        if (!double.IsFinite(largest))
        {
            return false;
        }

        double sum = 0.0;
        for (int i = 0; i < logDensities.Length; i++)
        {
            _values[i] = Math.Exp(logDensities[i] - largest);
            sum += _values[i];
        }

        logSum = largest + Math.Log(sum);
        double squares = 0.0;
        for (int i = 0; i < logDensities.Length; i++)
        {
            _logarithms[i] = logDensities[i] - logSum;
            _values[i] /= sum;
            squares += _values[i] * _values[i];
        }

        EffectiveCount = 1.0 / squares;
        return true;
    }
}
