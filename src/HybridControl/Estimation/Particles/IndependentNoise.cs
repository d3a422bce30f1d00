using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>Refuses sensors whose noise is correlated with that of the transition, for estimators that draw both apart.</summary>
internal static class IndependentNoise
{
    /// <summary>Refuses such a sensor.</summary>
    /// <exception cref="ModelException">The noise is correlated.</exception>
    public static void Require(MeasurementModel sensor, Type estimator)
    {
        if (sensor is CorrelatedMeasurement)
        {
            throw new ModelException(
                $"sensor of {string.Join(", ", sensor.Names)}",
                $"its noise is correlated with that of the transition, which {estimator.Name} does not account for",
                "Use KalmanFilter or ExtendedKalmanFilter.");
        }
    }
}
