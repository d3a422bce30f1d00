using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Divides by the factor A of a sensor's noise, R = A A', so that measurements have noise of variance one.</summary>
/// <remarks>Work space of one filter; grows when a sensor needs more.</remarks>
internal sealed class NoiseWhitening
{
    private double[] _root = [];
    private int _count;

    /// <summary>log det A.</summary>
    public double LogDeterminant { get; private set; }

    /// <summary>Takes the noise of the components in use.</summary>
    /// <param name="noise">A, k by m.</param>
    /// <param name="k">The number of components in use.</param>
    /// <param name="sensor">The sensor, for messages.</param>
    /// <exception cref="ModelException">A component has no noise: that is infinite information.</exception>
    public void Load(ReadOnlySpan<double> noise, int k, MeasurementModel sensor)
    {
        int m = sensor.Count;
        if (_root.Length < k * m)
        {
            _root = new double[k * m];
        }

        Span<double> root = _root.AsSpan(0, k * m);
        noise.CopyTo(root);
        LowerTriangularization.Apply(root, k, m);
        _count = k;
        LogDeterminant = 0.0;
        for (int i = 0; i < k; i++)
        {
            root.Slice(i * m, k).CopyTo(_root.AsSpan(i * k)); // packs k by k in place: rows only move to the front
            double pivot = _root[i * (k + 1)];
            if (pivot <= 0.0) // NaN goes on, to be told as such
            {
                throw new ModelException(
                    $"sensor of {string.Join(", ", sensor.Names)}",
                    "a measurement without noise is infinite information",
                    "Give it some noise, or use KalmanFilter, which takes exact measurements.");
            }

            LogDeterminant += Math.Log(pivot);
        }
    }

    /// <summary>x = A^-1 x, k numbers.</summary>
    public void Apply(Span<double> x) => LowerTriangular.Solve(_root.AsSpan(0, _count * _count), x);
}
