using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Mean and covariance of the innovations of many particles that each have a Gaussian one. Work space of one filter.</summary>
internal sealed class ParticleInnovation(int capacity)
{
    private readonly double[] _weights = new double[capacity];
    private double[] _values = [];
    private double[] _full = [];
    private double[] _covariance = [];
    private double[] _part = [];
    private double[] _mean = [];
    private double[] _work = [];
    private int _count;

    /// <summary>Begins an update with k components in use.</summary>
    public void Begin(int k)
    {
        _count = k;
        if (_values.Length < k * capacity)
        {
            _values = new double[k * capacity];
            _covariance = new double[k * k];
            _part = new double[k * k];
        }

        _covariance.AsSpan(0, k * k).Clear();
    }

    /// <summary>Takes the innovation of a particle.</summary>
    public void Add(int particle, double weight, Innovation innovation)
    {
        int k = _count;
        _weights[particle] = weight;
        innovation.Value.CopyTo(_values.AsSpan(particle * k, k));
        if (weight > 0.0)
        {
            Dense.LowerSquare(innovation.Factor, _part, k);
            Dense.Axpy(weight, _part.AsSpan(0, k * k), _covariance);
        }
    }

    /// <summary>Writes value, factor and what follows from them.</summary>
    /// <returns>False if there is no weight, or a number is not finite.</returns>
    public bool TryWrite(StateGeometry geometry, Innovation result)
    {
        (int k, int m) = (_count, geometry.Dimension);
        double sum = 0.0;
        foreach (double weight in _weights)
        {
            sum += weight;
        }

        if (!(sum > 0.0))
        {
            return false;
        }

        if (_full.Length < m * capacity)
        {
            _full = new double[m * capacity];
            _mean = new double[m];
            _work = new double[2 * m];
        }

        _full.AsSpan().Clear(); // components that are missing stay zero
        for (int particle = 0; particle < capacity; particle++)
        {
            for (int i = 0; i < k && _weights[particle] > 0.0; i++)
            {
                _full[(particle * m) + result.Component(i)] = _values[(particle * k) + i];
            }

            _weights[particle] /= sum;
        }

        geometry.Mean(_full.AsSpan(0, m * capacity), _weights, _mean.AsSpan(0, m), _work);
        for (int particle = 0; particle < capacity; particle++)
        {
            if (_weights[particle] > 0.0)
            {
                geometry.Subtract(_full.AsSpan(particle * m, m), _mean.AsSpan(0, m), _work.AsSpan(0, m));
                Spread(_weights[particle] * sum, result);
            }
        }

        for (int i = 0; i < k; i++)
        {
            result.MutableValue[i] = _mean[result.Component(i)];
        }

        return Cholesky.Factor(_covariance.AsSpan(0, k * k), result.MutableFactor, k, 1e-12) < 0 && result.Weigh();
    }

    private void Spread(double weight, Innovation result)
    {
        int k = _count;
        for (int i = 0; i < k; i++)
        {
            for (int j = 0; j < k; j++)
            {
                _covariance[(i * k) + j] += weight * _work[result.Component(i)] * _work[result.Component(j)];
            }
        }
    }
}
