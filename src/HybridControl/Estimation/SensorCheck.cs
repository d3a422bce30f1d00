using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>What estimators ask of a sensor before anything changes.</summary>
internal static class SensorCheck
{
    /// <summary>The sensor of an update: the one that is given, else the estimator's own.</summary>
    /// <param name="given">The sensor that came with the measurement, or null.</param>
    /// <param name="own">The sensor of the estimator, or null.</param>
    /// <param name="states">The number of states.</param>
    /// <param name="count">How many numbers were measured.</param>
    /// <exception cref="ModelException">There is none, or it fits neither the states nor the measurement.</exception>
    public static MeasurementModel Choose(MeasurementModel? given, MeasurementModel? own, int states, int count)
    {
        MeasurementModel used = given ?? own ?? throw new ModelException(
            "update", "the estimator has no sensor and none is given", "Name the sensor, here or when the estimator is made.");
        RequireStates(used, states);
        CovarianceFactor.CheckCount("measurement", count, used.Count);
        return used;
    }

    /// <summary>Refuses a sensor of another number of states.</summary>
    /// <exception cref="ModelException">It has another number.</exception>
    public static void RequireStates(MeasurementModel sensor, int states)
    {
        if (sensor.StateCount != states)
        {
            CovarianceFactor.CheckCount($"{NameOf(sensor)}: states", sensor.StateCount, states);
        }
    }

    /// <summary>Refuses a sensor whose noise is correlated with that of the transition, for estimators that take both as independent.</summary>
    /// <exception cref="ModelException">The noise is correlated.</exception>
    public static void RequireIndependent(MeasurementModel sensor, Type estimator)
    {
        if (sensor is CorrelatedMeasurement)
        {
            throw new ModelException(
                NameOf(sensor),
                $"its noise is correlated with that of the transition, which {estimator.Name} does not account for",
                "Use KalmanFilter or ExtendedKalmanFilter.");
        }
    }

    /// <summary>How findings call a sensor.</summary>
    public static string NameOf(MeasurementModel sensor) => $"sensor of {string.Join(", ", sensor.Names)}";
}
