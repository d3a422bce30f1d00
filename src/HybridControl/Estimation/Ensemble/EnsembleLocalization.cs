using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Which states a component of a measurement may correct: correlations over a distance are taken for chance.</summary>
/// <remarks>
/// Weights by the compact fifth-order function of G. Gaspari and S. E. Cohn, Q. J. R. Meteorol. Soc. 125 (1999), 723-757,
/// eq. 4.10: one at no distance, zero from twice the half-width on. Immutable and thread-safe.
/// </remarks>
public sealed class EnsembleLocalization
{
    private readonly double[] _stateToSensor;
    private readonly double[] _sensorToSensor;

    private EnsembleLocalization(int stateCount, int sensorCount, double[] stateToSensor, double[] sensorToSensor)
    {
        (StateCount, SensorCount) = (stateCount, sensorCount);
        (_stateToSensor, _sensorToSensor) = (stateToSensor, sensorToSensor);
    }

    /// <summary>The number n of states.</summary>
    public int StateCount { get; }

    /// <summary>The number m of components of a measurement.</summary>
    public int SensorCount { get; }

    /// <summary>The weight of a component for a state.</summary>
    public double StateToSensor(int state, int component) => _stateToSensor[(state * SensorCount) + component];

    /// <summary>The weight of a component for another.</summary>
    public double SensorToSensor(int component, int other) => _sensorToSensor[(component * SensorCount) + other];

    /// <summary>Weights from places in space.</summary>
    /// <param name="states">Place of each state: as many coordinates as the space has dimensions.</param>
    /// <param name="sensors">Place of each component of the measurement.</param>
    /// <param name="halfWidth">Half the distance from which on nothing is corrected, in units of the places, positive.</param>
    /// <param name="period">What coordinates wrap around at, as on a ring; zero for none.</param>
    /// <exception cref="ModelException">A place has another number of coordinates, the half-width is not positive, or a number is not finite.</exception>
    public static EnsembleLocalization FromPlaces(
        IReadOnlyList<double[]> states, IReadOnlyList<double[]> sensors, double halfWidth, double period = 0.0)
    {
        ArgumentNullException.ThrowIfNull(states);
        ArgumentNullException.ThrowIfNull(sensors);
        if (!(halfWidth > 0.0 && double.IsFinite(halfWidth)))
        {
            throw new ModelException(
                "localization.halfWidth", FormattableString.Invariant($"{halfWidth}"), "Give a positive distance.");
        }

        if (!(period >= 0.0 && double.IsFinite(period)) || states.Concat(sensors).Any(place => !Dense.IsFinite(place)))
        {
            throw new ModelException("localization", "a coordinate or the period is no finite number", "Give finite places, and zero for no period.");
        }

        double[] Table(IReadOnlyList<double[]> rows)
        {
            double[] table = new double[rows.Count * sensors.Count];
            for (int i = 0; i < rows.Count; i++)
            {
                for (int j = 0; j < sensors.Count; j++)
                {
                    CovarianceFactor.CheckCount("localization: coordinates", rows[i].Length, sensors[j].Length);
                    table[(i * sensors.Count) + j] = Weight(Distance(rows[i], sensors[j], period) / halfWidth);
                }
            }

            return table;
        }

        return new EnsembleLocalization(states.Count, sensors.Count, Table(states), Table(sensors));
    }

    /// <summary>The function of Gaspari and Cohn.</summary>
    /// <param name="ratio">Distance over half-width, not negative.</param>
    public static double Weight(double ratio)
    {
        double r = ratio;
        return r switch
        {
            <= 1.0 => 1.0 + (r * r * ((-5.0 / 3.0) + (r * ((5.0 / 8.0) + (r * ((1.0 / 2.0) - (r / 4.0))))))),
            < 2.0 => 4.0 - (5.0 * r) + (r * r * ((5.0 / 3.0) + (r * ((5.0 / 8.0) + (r * ((-1.0 / 2.0) + (r / 12.0))))))) - (2.0 / (3.0 * r)),
            _ => 0.0,
        };
    }

    private static double Distance(double[] a, double[] b, double period)
    {
        double sum = 0.0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = period > 0.0 ? Math.IEEERemainder(a[i] - b[i], period) : a[i] - b[i];
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }
}
