using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>A belief as weighted particles: states and modes with weights that add up to one.</summary>
/// <remarks>A live view of a filter: it changes with the filter. Not thread-safe.</remarks>
public sealed class ParticleBelief
{
    private readonly double[] _weights;
    private readonly double[] _logWeights;
    private readonly double[] _keys;
    private readonly int[] _order;

    internal ParticleBelief(StateEnsemble members)
    {
        Members = members;
        _weights = new double[members.Count];
        _logWeights = new double[members.Count];
        _keys = new double[members.Count];
        _order = new int[members.Count];
        SetEqual();
    }

    /// <summary>States and modes.</summary>
    public StateEnsemble Members { get; internal set; }

    /// <summary>The number N of particles.</summary>
    public int Count => _weights.Length;

    /// <summary>The weight of each particle; they add up to one.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <summary>How many particles of equal weight would be worth as much: 1 over the sum of squared weights, from 1 to N.</summary>
    public double EffectiveCount { get; private set; }

    /// <summary>Logarithms of the weights; minus infinity for none.</summary>
    internal ReadOnlySpan<double> LogWeights => _logWeights;

    /// <summary>The probability of a mode.</summary>
    public double ModeProbability(int mode)
    {
        double sum = 0.0;
        ReadOnlySpan<int> modes = Members.Modes;
        for (int i = 0; i < modes.Length; i++)
        {
            sum += modes[i] == mode ? _weights[i] : 0.0;
        }

        return sum;
    }

    /// <summary>The mean of a state, over all modes.</summary>
    public double Mean(int state) => Numerics.Dense.Dot(_weights, Members.Component(state));

    /// <summary>The variance of a state, over all modes.</summary>
    public double Variance(int state)
    {
        double mean = Mean(state);
        double sum = 0.0;
        ReadOnlySpan<double> values = Members.Component(state);
        for (int i = 0; i < values.Length; i++)
        {
            double difference = values[i] - mean;
            sum += _weights[i] * difference * difference;
        }

        return sum;
    }

    /// <summary>The value below which a state lies with a probability: the smallest particle whose cumulative weight reaches it.</summary>
    /// <param name="state">Number of the state.</param>
    /// <param name="probability">Between 0 and 1.</param>
    /// <remarks>Sorts: N log N.</remarks>
    public double Quantile(int state, double probability)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probability, 1.0);
        Members.Component(state).CopyTo(_keys);
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }

        Array.Sort(_keys, _order);
        double sum = 0.0;
        double value = _keys[0];
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_weights[_order[i]] > 0.0)
            {
                value = _keys[i];
                sum += _weights[_order[i]];
            }

            if (sum > 0.0 && sum >= probability)
            {
                return value;
            }
        }

        return value;
    }

    /// <summary>Gives every particle the same weight.</summary>
    internal void SetEqual()
    {
        Array.Fill(_weights, 1.0 / Count);
        Array.Fill(_logWeights, -Math.Log(Count));
        EffectiveCount = Count;
    }

    /// <summary>Multiplies the weights by densities and normalises them.</summary>
    /// <param name="logDensities">Logarithms; NaN counts as no density at all. Overwritten.</param>
    /// <param name="logSum">Receives the logarithm of the sum of weight times density.</param>
    /// <returns>False, and nothing changes, if every product is zero or one is infinite.</returns>
    internal bool TryMultiply(Span<double> logDensities, out double logSum)
    {
        double largest = double.NegativeInfinity;
        for (int i = 0; i < logDensities.Length; i++)
        {
            double value = logDensities[i] + _logWeights[i];
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
            _weights[i] = Math.Exp(logDensities[i] - largest);
            sum += _weights[i];
        }

        logSum = largest + Math.Log(sum);
        double squares = 0.0;
        for (int i = 0; i < logDensities.Length; i++)
        {
            _logWeights[i] = logDensities[i] - logSum;
            _weights[i] /= sum;
            squares += _weights[i] * _weights[i];
        }

        EffectiveCount = 1.0 / squares;
        return true;
    }
}
