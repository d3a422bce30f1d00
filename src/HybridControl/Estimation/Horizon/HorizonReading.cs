namespace HybridControl.Estimation;

/// <summary>A measurement in the window.</summary>
internal sealed class HorizonReading
{
    private double[] _values = [];
    private int _count;

    /// <summary>The sensor.</summary>
    public MeasurementModel Sensor { get; private set; } = null!;

    /// <summary>The measurement.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, _count);

    /// <summary>The components in use, and room for their innovation.</summary>
    public Innovation Innovation { get; } = new();

    /// <summary>Takes a measurement.</summary>
    public EstimationStatus Set(MeasurementModel sensor, ReadOnlySpan<double> values)
    {
        Sensor = sensor;
        if (_values.Length < values.Length)
        {
            _values = new double[values.Length];
        }

        values.CopyTo(_values);
        _count = values.Length;
        return Innovation.Begin(values);
    }

    /// <summary>Takes over another measurement.</summary>
    public void CopyFrom(HorizonReading other) => Set(other.Sensor, other.Values);
}
