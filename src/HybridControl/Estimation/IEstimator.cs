namespace HybridControl.Estimation;

/// <summary>Estimates states from measurements: predict to a time, update with what was measured there, as often as wanted.</summary>
/// <remarks>
/// Prediction and update are apart, so that sensors may be asynchronous, of several rates, or silent. NaN in a measurement
/// is a missing component. A status tells what happened; the belief stays the last good one. Not thread-safe.
/// </remarks>
public interface IEstimator
{
    /// <summary>The number n of states.</summary>
    int StateCount { get; }

    /// <summary>Time of the belief, in seconds.</summary>
    double Time { get; }

    /// <summary>The belief now; of a mixture, its mean and covariance. A live view: copy it to keep it.</summary>
    GaussianBelief Belief { get; }

    /// <summary>The last update: innovation, its covariance, its likelihood.</summary>
    Innovation Innovation { get; }

    /// <summary>Logarithm of the likelihood of all measurements used so far.</summary>
    double LogLikelihood { get; }

    /// <summary>Moves the belief to a later time.</summary>
    /// <param name="time">Time in seconds, not before <see cref="Time"/>.</param>
    /// <param name="input">The inputs, constant over the interval; none if the model has none.</param>
    EstimationStatus Predict(double time, ReadOnlySpan<double> input = default);

    /// <summary>Learns from a measurement made at <see cref="Time"/>.</summary>
    /// <param name="measurement">One number for each component; NaN where it is missing.</param>
    /// <param name="sensor">What was measured; null for the sensor that the estimator was made with.</param>
    EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null);
}
