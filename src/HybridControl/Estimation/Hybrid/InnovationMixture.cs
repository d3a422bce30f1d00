using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The innovation of a mixture: mean and covariance of what the measurement was expected to be, over all modes.</summary>
/// <remarks>
/// nu = sum of w_i nu_i and S = sum of w_i (S_i + (nu_i - nu)(nu_i - nu)'), with the weights before the update, in factor
/// form. Work space of one user; grows with the first measurement of a size.
/// </remarks>
internal sealed class InnovationMixture(int capacity)
{
    private readonly double[] _weights = new double[capacity];
    private double[] _points = [];
    private double[] _mean = [];
    private double[] _work = [];
    private double[] _array = [];

    /// <summary>Matches the moments of a mixture of innovations.</summary>
    /// <param name="weights">Weights that add up to one; modes of weight zero are not looked at.</param>
    /// <param name="innovations">The innovations of the modes, of the same components.</param>
    /// <param name="geometry">How measurements are subtracted and averaged.</param>
    /// <param name="result">Has its components listed; receives all but the likelihood of the mixture.</param>
    public void Match(ReadOnlySpan<double> weights, ReadOnlySpan<Innovation> innovations, StateGeometry geometry, Innovation result)
    {
        int m = geometry.Dimension;
        int k = result.Count;
        Reserve(m);
        int count = 0;
        Span<double> points = _points.AsSpan(0, weights.Length * m);
        points.Clear(); // components that are missing stay zero
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0.0)
            {
                for (int entry = 0; entry < k; entry++)
                {
                    points[(count * m) + result.Component(entry)] = innovations[i].Value[entry];
                }

                _weights[count++] = weights[i];
            }
        }

        Span<double> mean = _mean.AsSpan(0, m);
        geometry.Mean(points[..(count * m)], _weights.AsSpan(0, count), mean, _work);
        int columns = count * (k + 1);
        Span<double> array = _array.AsSpan(0, k * columns);
        int block = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0.0)
            {
                geometry.Subtract(points.Slice(block * m, m), mean, _work.AsSpan(0, m));
                Place(Math.Sqrt(weights[i]), innovations[i], result, array, columns, block++);
            }
        }

        LowerTriangularization.ApplyScaled(array, k, columns);
        LowerTriangularization.CopyTriangle(array, columns, 0, result.MutableFactor, k);
        for (int entry = 0; entry < k; entry++)
        {
            result.MutableValue[entry] = mean[result.Component(entry)];
        }

        result.Weigh();
    }

    private void Place(double root, Innovation source, Innovation result, Span<double> array, int columns, int block)
    {
        int k = result.Count;
        for (int row = 0; row < k; row++)
        {
            Span<double> target = array.Slice((row * columns) + (block * (k + 1)), k + 1);
            for (int column = 0; column < k; column++)
            {
                target[column] = root * source.Factor[(row * k) + column];
            }

            target[k] = root * _work[result.Component(row)];
        }
    }

    private void Reserve(int m)
    {
        if (_mean.Length < m)
        {
            _mean = new double[m];
            _work = new double[2 * m];
            _points = new double[capacity * m];
            _array = new double[capacity * m * (m + 1)];
        }
    }
}
