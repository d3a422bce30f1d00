using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>A belief as weighted particles: states and modes with weights that add up to one.</summary>
/// <remarks>A live view of a filter: it changes with the filter. Not thread-safe.</remarks>
public sealed class ParticleBelief
{
    private readonly ParticleWeights _weights;
    private readonly double[] _keys;
    private readonly int[] _order;

    internal ParticleBelief(StateEnsemble members, ParticleWeights weights)
    {
        Members = members;
        _weights = weights;
        _keys = new double[members.Count];
        _order = new int[members.Count];
    }

    /// <summary>States and modes.</summary>
    public StateEnsemble Members { get; internal set; }

    /// <summary>The number N of particles.</summary>
    public int Count => _weights.Count;

    /// <summary>The weight of each particle; they add up to one.</summary>
    public ReadOnlySpan<double> Weights => _weights.Values;

    /// <summary>How many particles of equal weight would be worth as much: 1 over the sum of squared weights, from 1 to N.</summary>
    public double EffectiveCount => _weights.EffectiveCount;

    /// <summary>The probability of a mode.</summary>
    public double ModeProbability(int mode)
    {
        double sum = 0.0;
        ReadOnlySpan<int> modes = Members.Modes;
        for (int i = 0; i < modes.Length; i++)
        {
            sum += modes[i] == mode ? Weights[i] : 0.0;
        }

        return sum;
    }

    /// <summary>The mean of a state, over all modes.</summary>
    public double Mean(int state) => Numerics.Dense.Dot(Weights, Members.Component(state));

    /// <summary>The variance of a state, over all modes.</summary>
    public double Variance(int state)
    {
        double mean = Mean(state);
        double sum = 0.0;
        ReadOnlySpan<double> values = Members.Component(state);
        for (int i = 0; i < values.Length; i++)
        {
            double difference = values[i] - mean;
            sum += Weights[i] * difference * difference;
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
            if (Weights[_order[i]] > 0.0)
            {
                value = _keys[i];
                sum += Weights[_order[i]];
            }

            if (sum > 0.0 && sum >= probability)
            {
                return value;
            }
        }

        return value;
    }
}
