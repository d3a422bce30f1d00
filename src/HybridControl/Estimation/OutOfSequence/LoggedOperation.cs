namespace HybridControl.Estimation;

/// <summary>A prediction or an update that was made, and the state of the estimator before it.</summary>
/// <remarks>Used again and again: arrays grow to what they must hold.</remarks>
internal sealed class LoggedOperation
{
    private double[] _values = [];
    private int _count;

    /// <summary>Creates a place for an operation of an estimator.</summary>
    public LoggedOperation(IRewindable estimator) => Before = estimator.Snapshot();

    /// <summary>The state before the operation.</summary>
    public EstimatorSnapshot Before { get; }

    /// <summary>Time before it, in seconds.</summary>
    public double From { get; private set; }

    /// <summary>Time after it, in seconds.</summary>
    public double To { get; private set; }

    /// <summary>Whether it is a prediction.</summary>
    public bool IsPrediction { get; private set; }

    /// <summary>The inputs of a prediction or the measurement of an update.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, _count);

    /// <summary>The sensor of an update; null for the estimator's own.</summary>
    public MeasurementModel? Sensor { get; private set; }

    /// <summary>Describes a prediction.</summary>
    public void Predict(double from, double to, ReadOnlySpan<double> input) => Set(true, from, to, input, null);

    /// <summary>Describes an update.</summary>
    public void Update(double time, ReadOnlySpan<double> measurement, MeasurementModel? sensor) => Set(false, time, time, measurement, sensor);

    /// <summary>Moves the end of a prediction.</summary>
    public void EndAt(double time) => To = time;

    /// <summary>Keeps the state of the estimator and carries the operation out.</summary>
    public EstimationStatus Run(IRewindable estimator)
    {
        Before.Take();
        return IsPrediction ? estimator.Predict(To, Values) : estimator.Update(Values, Sensor);
    }

    private void Set(bool isPrediction, double from, double to, ReadOnlySpan<double> values, MeasurementModel? sensor)
    {
        (IsPrediction, From, To, Sensor) = (isPrediction, from, to, sensor);
        if (_values.Length < values.Length)
        {
            _values = new double[values.Length];
        }

        values.CopyTo(_values);
        _count = values.Length;
    }
}
