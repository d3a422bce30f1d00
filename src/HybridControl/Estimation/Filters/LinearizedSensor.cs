using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>A sensor linearised at a state, reduced to the components that were measured.</summary>
/// <remarks>Work space of one filter; grows when a sensor needs more.</remarks>
internal sealed class LinearizedSensor
{
    private readonly int _n;
    private double[] _predicted = [];
    private double[] _difference = [];
    private double[] _jacobian = [];
    private double[] _noise = [];
    private int _count;
    private int _columns;
    private MeasurementModel? _known;

    /// <summary>Makes room for n states.</summary>
    public LinearizedSensor(int n) => _n = n;

    /// <summary>H, k by n: rows of the components in use.</summary>
    public ReadOnlySpan<double> Jacobian => _jacobian.AsSpan(0, _count * _n);

    /// <summary>A with R = A A', k by m: rows of the components in use.</summary>
    public ReadOnlySpan<double> Noise => _noise.AsSpan(0, _count * _columns);

    /// <summary>Another number whenever H or A may be other ones.</summary>
    public int Version { get; private set; }

    /// <summary>Linearises at <paramref name="x"/> and writes the innovation z - h(x) of the components in use.</summary>
    public void Linearize(MeasurementModel sensor, double time, ReadOnlySpan<double> x, ReadOnlySpan<double> measurement, Innovation innovation)
    {
        int m = sensor.Count;
        ReadOnlySpan<int> components = innovation.Components;
        Reserve(m);
        Span<double> predicted = _predicted.AsSpan(0, m);
        Span<double> difference = _difference.AsSpan(0, m);
        if (sensor == _known && components.Length == m)
        {
            sensor.Predict(time, x, predicted);
        }
        else
        {
            Version++;
            _known = sensor.HasConstantLinearization && components.Length == m ? sensor : null;
            sensor.Linearize(time, x, predicted, _jacobian.AsSpan(0, m * _n));
            sensor.Noise(time, x, _noise.AsSpan(0, m * m));
        }

        sensor.Geometry.Subtract(measurement, predicted, difference);
        (_count, _columns) = (components.Length, m);
        Span<double> value = innovation.MutableValue;
        for (int i = 0; i < components.Length; i++)
        {
            int row = components[i];
            value[i] = difference[row];
            if (row != i)
            {
                _jacobian.AsSpan(row * _n, _n).CopyTo(_jacobian.AsSpan(i * _n));
                _noise.AsSpan(row * m, m).CopyTo(_noise.AsSpan(i * m));
            }
        }
    }

    private void Reserve(int m)
    {
        if (_predicted.Length < m)
        {
            _predicted = new double[m];
            _difference = new double[m];
            _jacobian = new double[m * _n];
            _noise = new double[m * m];
        }
    }
}
