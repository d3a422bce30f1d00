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
    /// <param name="m">The number of columns of A.</param>
    /// <returns>False if a component has no noise, be it in a combination with others: that is infinite information.</returns>
    public bool TryLoad(ReadOnlySpan<double> noise, int k, int m)
    {
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
            ReadOnlySpan<double> row = _root.AsSpan(i * k, i + 1);
            if (row[i] <= 1e-14 * Math.Sqrt(Dense.Dot(row, row))) // what rounding leaves of none; NaN goes on, to be told as such
            {
                return false;
            }

            LogDeterminant += Math.Log(row[i]);
        }

        return true;
    }

    /// <summary>Refuses a sensor that always has a component without noise.</summary>
    /// <exception cref="ModelException">It has; an estimator that divides by the noise cannot be made for it.</exception>
    public static void Require(MeasurementModel sensor)
    {
        if (!sensor.HasConstantNoise)
        {
            return;
        }

        int m = sensor.Count;
        double[] noise = new double[m * m];
        sensor.Noise(0.0, new double[sensor.StateCount], noise);
        if (!new NoiseWhitening().TryLoad(noise, m, m))
        {
            throw new ModelException(
                SensorCheck.NameOf(sensor),
                "a measurement without noise is infinite information",
                "Give it some noise, or use KalmanFilter, which takes exact measurements.");
        }
    }

    /// <summary>x = A^-1 x, k numbers.</summary>
    public void Apply(Span<double> x) => LowerTriangular.Solve(_root.AsSpan(0, _count * _count), x);
}
