using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Estimation;

/// <summary>Means, covariances and lag-one covariances of all states given all measurements: the expectation step.</summary>
/// <remarks>
/// From a Kalman filter and <see cref="RauchTungStriebelSmoother"/>; cov(x+, x) = P_s+ G' with the smoother's gain G.
/// R. H. Shumway and D. S. Stoffer, J. Time Series Analysis 3 (1982), 253-264.
/// </remarks>
internal sealed class SmoothedMoments
{
    private SmoothedMoments(ForwardRecord record, IReadOnlyList<TimedBelief> smoothed, double logLikelihood)
    {
        int n = record.Filter.StateCount;
        Means = [.. smoothed.Select(item => Vector<double>.Build.DenseOfArray(item.Belief.Mean.ToArray()))];
        Covariances = [.. smoothed.Select(item => Matrix<double>.Build.DenseOfRowMajor(n, n, item.Belief.Covariance()))];
        Lagged = [.. Enumerable.Range(0, record.Count).Select(k =>
            Covariances[k + 1].TransposeAndMultiply(Matrix<double>.Build.DenseOfRowMajor(n, n, record[k].Gain.ToArray())))];
        LogLikelihood = logLikelihood;
    }

    /// <summary>E[x_k], one for each measurement.</summary>
    public Vector<double>[] Means { get; }

    /// <summary>Cov(x_k).</summary>
    public Matrix<double>[] Covariances { get; }

    /// <summary>Cov(x_(k+1), x_k) for all but the last.</summary>
    public Matrix<double>[] Lagged { get; }

    /// <summary>The log-likelihood of the series.</summary>
    public double LogLikelihood { get; }

    /// <summary>Runs both passes.</summary>
    /// <returns>Null if an update failed, or if all measurements together leave directions of a state unknown.</returns>
    public static SmoothedMoments? Of(EmModel model, GaussianBelief initial, double startTime, MeasurementSeries series)
    {
        var filter = new KalmanFilter(model.Transition(), model.Sensor(), initial, startTime);
        ForwardRecord? record = null;
        foreach (TimedMeasurement item in series.Measurements)
        {
            if (filter.Predict(item.Time, item.Input) != EstimationStatus.Done ||
                filter.Update(item.Values) is not (EstimationStatus.Done or EstimationStatus.Missing))
            {
                return null;
            }

            record ??= new ForwardRecord(filter); // steps count from the first measurement on
        }

        if (record is null)
        {
            return null;
        }

        IReadOnlyList<TimedBelief> smoothed = RauchTungStriebelSmoother.Smooth(record);
        return smoothed.Any(moment => moment.Belief.DiffuseRank > 0) ? null : new SmoothedMoments(record, smoothed, filter.LogLikelihood);
    }
}
