namespace HybridControl.Estimation;

/// <summary>A sensor with other noise than its own.</summary>
/// <remarks>The factor may change between updates.</remarks>
internal sealed class MeasurementWithNoise : MeasurementModel
{
    private readonly MeasurementModel _sensor;
    private readonly double[] _factor;

    /// <summary>Creates a sensor.</summary>
    /// <param name="sensor">What is seen.</param>
    /// <param name="factor">A with R = A A', m by m; kept, not copied.</param>
    public MeasurementWithNoise(MeasurementModel sensor, double[] factor)
        : base(sensor.Names, sensor.StateCount)
    {
        (_sensor, _factor) = (sensor, factor);
        Geometry = sensor.Geometry;
    }

    /// <inheritdoc/>
    public override bool IsLinear => _sensor.IsLinear;

    /// <inheritdoc/>
    public override void Predict(double time, ReadOnlySpan<double> x, Span<double> z) => _sensor.Predict(time, x, z);

    /// <inheritdoc/>
    public override void Linearize(double time, ReadOnlySpan<double> x, Span<double> z, Span<double> jacobian) =>
        _sensor.Linearize(time, x, z, jacobian);

    /// <inheritdoc/>
    public override void Noise(double time, ReadOnlySpan<double> x, Span<double> factor) => _factor.CopyTo(factor);

    /// <inheritdoc/>
    public override MeasurementModel Fork() => new MeasurementWithNoise(_sensor.Fork(), _factor);
}
