using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>Mean and covariance of weighted states. Work space of one filter.</summary>
internal sealed class WeightedMoments
{
    private readonly StateGeometry _geometry;
    private readonly double[] _covariance;
    private readonly double[] _point;
    private readonly double[] _difference;
    private readonly double[] _work;
    private double[] _anomalies = [];
    private double[] _points = [];

    /// <summary>Makes room for one state.</summary>
    public WeightedMoments(StateGeometry geometry)
    {
        _geometry = geometry;
        int n = geometry.Dimension;
        _covariance = new double[n * n];
        _point = new double[n];
        _difference = new double[n];
        _work = new double[2 * n];
    }

    /// <summary>Writes mean and factor of the covariance.</summary>
    /// <param name="members">The states.</param>
    /// <param name="weights">A weight for each of them, adding up to one.</param>
    /// <param name="unbias">Factor of the covariance: one for the distribution itself, 1 / (1 - sum of w^2) for what it is a sample of.</param>
    /// <param name="belief">Receives the moments.</param>
    public void Write(StateEnsemble members, ReadOnlySpan<double> weights, double unbias, GaussianBelief belief)
    {
        int n = members.StateCount;
        int count = members.Count;
        if (_anomalies.Length < n * count)
        {
            _anomalies = new double[n * count];
        }

        WriteMean(members, weights, belief.MutableMean);
        WriteAnomalies(members, weights, belief.Mean);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double value = unbias * Dense.Dot(_anomalies.AsSpan(i * count, count), _anomalies.AsSpan(j * count, count));
                _covariance[(i * n) + j] = value;
                _covariance[(j * n) + i] = value;
            }
        }

        // Rounding can leave a sample covariance of low rank a little outside the cone: by this much it may.
        if (Cholesky.Factor(_covariance, belief.MutableFactor, n, 1e-12) >= 0)
        {
            WriteFactorByRotation(n, count, Math.Sqrt(unbias), belief.MutableFactor);
        }
    }

    private void WriteMean(StateEnsemble members, ReadOnlySpan<double> weights, Span<double> mean)
    {
        int n = members.StateCount;
        if (_geometry.IsFlat)
        {
            for (int i = 0; i < n; i++)
            {
                mean[i] = Dense.Dot(weights, members.Component(i));
            }

            return;
        }

        if (_points.Length < n * members.Count)
        {
            _points = new double[n * members.Count];
        }

        for (int member = 0; member < members.Count; member++)
        {
            members.Read(member, _points.AsSpan(member * n, n));
        }

        _geometry.Mean(_points.AsSpan(0, n * members.Count), weights, mean, _work);
    }

    // sqrt(w) (x - mean), by component, then member.
    private void WriteAnomalies(StateEnsemble members, ReadOnlySpan<double> weights, ReadOnlySpan<double> mean)
    {
        int n = members.StateCount;
        int count = members.Count;
        for (int member = 0; member < count && !_geometry.IsFlat; member++)
        {
            members.Read(member, _point);
            _geometry.Subtract(_point, mean, _difference);
            double root = Math.Sqrt(weights[member]);
            for (int i = 0; i < n; i++)
            {
                _anomalies[(i * count) + member] = root * _difference[i];
            }
        }

        for (int i = 0; i < n && _geometry.IsFlat; i++)
        {
            ReadOnlySpan<double> values = members.Component(i);
            Span<double> row = _anomalies.AsSpan(i * count, count);
            for (int member = 0; member < count; member++)
            {
                row[member] = Math.Sqrt(weights[member]) * (values[member] - mean[i]);
            }
        }
    }

    private void WriteFactorByRotation(int n, int count, double scale, Span<double> factor)
    {
        LowerTriangularization.Apply(_anomalies.AsSpan(0, n * count), n, count);
        LowerTriangularization.CopyTriangle(_anomalies, count, 0, factor, n);
        for (int i = 0; i < factor.Length; i++)
        {
            factor[i] *= scale;
        }
    }
}
