namespace HybridControl.Estimation;

/// <summary>What a learned correction says about one step, before bounds. All zero means: leave the filter as it is.</summary>
public sealed class KpinOutput
{
    private readonly double[] _residual;
    private readonly double[] _jacobian;
    private readonly double[] _processScales;
    private readonly double[] _measurementScales;
    private readonly double[] _gain;

    /// <summary>Makes room.</summary>
    /// <param name="residuals">The number p of residuals.</param>
    /// <param name="states">The number n of states.</param>
    /// <param name="noises">The number q of columns of the process noise factor.</param>
    /// <param name="measurements">The number m of components of the sensor.</param>
    public KpinOutput(int residuals, int states, int noises, int measurements)
    {
        _residual = new double[residuals];
        _jacobian = new double[residuals * states];
        _processScales = new double[noises];
        _measurementScales = new double[measurements];
        _gain = new double[states * measurements];
    }

    /// <summary>Residuals, p numbers; the filter uses bound times tanh of them.</summary>
    public Span<double> Residual => _residual;

    /// <summary>Derivative of <see cref="Residual"/> by the first n features, p by n, row-major.</summary>
    public Span<double> ResidualJacobian => _jacobian;

    /// <summary>Logarithms of the factors of process noise, q numbers; the filter clips them.</summary>
    public Span<double> ProcessScales => _processScales;

    /// <summary>Logarithms of the factors of measurement noise, m numbers; the filter clips them.</summary>
    public Span<double> MeasurementScales => _measurementScales;

    /// <summary>Correction of the gain, n by m, row-major; the filter uses tanh of it.</summary>
    public Span<double> Gain => _gain;

    /// <summary>How far the gate of the gain is open; the filter uses the logistic function of it.</summary>
    public double Gate { get; set; }

    /// <summary>Another output of the same sizes and numbers.</summary>
    internal KpinOutput Copy()
    {
        int measurements = _measurementScales.Length;
        var copy = new KpinOutput(_residual.Length, _gain.Length / measurements, _processScales.Length, measurements);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Takes over the numbers of another output of the same sizes.</summary>
    internal void CopyFrom(KpinOutput other)
    {
        other._residual.CopyTo(_residual, 0);
        other._jacobian.CopyTo(_jacobian, 0);
        other._processScales.CopyTo(_processScales, 0);
        other._measurementScales.CopyTo(_measurementScales, 0);
        other._gain.CopyTo(_gain, 0);
        Gate = other.Gate;
    }
}
