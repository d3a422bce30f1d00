using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Follows the noise of a sensor while it is used: a wrapper around any estimator.</summary>
/// <remarks>
/// After each update R becomes (1 - d) R + d (e e' + H P H') with e = z - h(m) the residual and P the covariance after the update,
/// whose expectations add up to R, and d = 1 / <see cref="Memory"/>. In factor form, by triangularising
/// [sqrt(1 - d) A, sqrt(d) e, sqrt(d) H L]: R stays positive semidefinite whatever happens. Measurements with missing components and those
/// that were not used (gated) do not count. R and Q cannot both be told from innovations alone: Q is taken as given; <see cref="AdaptiveProcessNoise"/> follows that.
/// A step allocates nothing more than the estimator's. Not thread-safe.
/// A. P. Sage and G. W. Husa, Proc. Joint Automatic Control Conf. (1969), 760-769; residual form: A. H. Mohamed and
/// K. P. Schwarz, J. Geodesy 73 (1999), 193-203.
/// </remarks>
public sealed class AdaptiveNoise : IEstimator
{
    private readonly IEstimator _estimator;
    private readonly MeasurementModel _sensor;
    private readonly MeasurementWithNoise _adapted;
    private readonly double[] _factor;
    private readonly double[] _predicted;
    private readonly double[] _residual;
    private readonly double[] _jacobian;
    private readonly double[] _array;

    /// <summary>Wraps an estimator, which is then predicted and updated through the wrapper only.</summary>
    /// <param name="estimator">The estimator.</param>
    /// <param name="sensor">The sensor whose noise is followed, with the noise to start from; updates that name none use it.</param>
    /// <exception cref="ModelException">The sensor sees another number of states.</exception>
    public AdaptiveNoise(IEstimator estimator, MeasurementModel sensor)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        ArgumentNullException.ThrowIfNull(sensor);
        CovarianceFactor.CheckCount("adaptive.sensor: states", sensor.StateCount, estimator.StateCount);
        (_estimator, _sensor) = (estimator, sensor);
        (int n, int m) = (sensor.StateCount, sensor.Count);
        _factor = new double[m * m];
        sensor.Noise(estimator.Time, estimator.Belief.Mean, _factor);
        _adapted = new MeasurementWithNoise(sensor, _factor);
        _predicted = new double[m];
        _residual = new double[m];
        _jacobian = new double[m * n];
        _array = new double[m * (m + 1 + n)];
    }

    /// <summary>Over how many measurements R is averaged; 50 by default. The newest counts by one part in so many.</summary>
    /// <exception cref="ModelException">Not at least 1.</exception>
    public double Memory
    {
        get;
        init => field = value >= 1.0 ? value : throw new ModelException(
            "adaptive.memory", FormattableString.Invariant($"a memory of {value} measurements"), "Give a number of at least 1, such as 50.");
    } = 50.0;

    /// <inheritdoc/>
    public int StateCount => _estimator.StateCount;

    /// <inheritdoc/>
    public double Time => _estimator.Time;

    /// <inheritdoc/>
    public GaussianBelief Belief => _estimator.Belief;

    /// <inheritdoc/>
    public Innovation Innovation => _estimator.Innovation;

    /// <inheritdoc/>
    public double LogLikelihood => _estimator.LogLikelihood;

    /// <summary>The noise R as it is believed now, m by m, row-major; a new array.</summary>
    public double[] NoiseCovariance()
    {
        int m = _sensor.Count;
        double[] covariance = new double[m * m];
        Dense.MultiplyTransposed(_factor, _factor, covariance, m, m, m);
        return covariance;
    }

    /// <inheritdoc/>
    public EstimationStatus Predict(double time, ReadOnlySpan<double> input = default) => _estimator.Predict(time, input);

    /// <inheritdoc/>
    /// <remarks>A sensor other than the followed one goes through unchanged.</remarks>
    public EstimationStatus Update(ReadOnlySpan<double> measurement, MeasurementModel? sensor = null)
    {
        if (sensor is not null && sensor != _sensor)
        {
            return _estimator.Update(measurement, sensor);
        }

        EstimationStatus status = _estimator.Update(measurement, _adapted);
        if (status == EstimationStatus.Done && _estimator.Innovation.Count == _sensor.Count && Belief.DiffuseRank == 0)
        {
            Learn(measurement);
        }

        return status;
    }

    private void Learn(ReadOnlySpan<double> measurement)
    {
        (int n, int m) = (_sensor.StateCount, _sensor.Count);
        int columns = m + 1 + n;
        double kept = Math.Sqrt(1.0 - (1.0 / Memory));
        double added = Math.Sqrt(1.0 / Memory);
        _sensor.Linearize(Time, Belief.Mean, _predicted, _jacobian);
        _sensor.Geometry.Subtract(measurement, _predicted, _residual);
        Dense.MultiplyLower(_jacobian, Belief.Factor, _array.AsSpan(m + 1), m, n, columns);
        for (int i = 0; i < m; i++)
        {
            Span<double> row = _array.AsSpan(i * columns, columns);
            for (int j = m + 1; j < columns; j++)
            {
                row[j] *= added;
            }

            row[m] = added * _residual[i];
            for (int j = 0; j < m; j++)
            {
                row[j] = kept * _factor[(i * m) + j];
            }
        }

        if (!Dense.IsFinite(_array))
        {
            return;
        }

        LowerTriangularization.Apply(_array, m, columns);
        if (Dense.IsFinite(_array)) // squares may leave the range
        {
            LowerTriangularization.CopyTriangle(_array, columns, 0, _factor, m);
        }
    }
}
